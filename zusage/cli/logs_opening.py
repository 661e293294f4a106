"""`zusage logs case` and `open`: suspicion, request, approvals, combining."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from zusage import clock
from zusage.cli.output import (
    CommandT,
    coloured,
    console,
    escape,
    json_option,
    print_json,
    table,
    workspace_option,
)
from zusage.cli.sealed import approve_here, by_option, file_approval, identity_option

if TYPE_CHECKING:
    from zusage.keepers.logs.scopes import Scope
    from zusage.keepers.logs.vault import Vault

activity_option = click.option(
    "-a", "--activity", help="The activity whose logs they are, where there are several."
)


def scope_options(command: CommandT) -> CommandT:
    """What a case or an opening is about."""
    options: list[Callable[[Any], Any]] = [
        click.option(
            "--from", "begin", required=True, help="Beginning, such as 2026-05-02 or 2026-05-02T10:00."
        ),
        click.option(
            "--to", "end", required=True, help="End, not included; a day ends with 00:00 of the next."
        ),
        click.option("--customer", help="Only this customer's lines."),
        click.option("--address", "addresses", multiple=True, help="Only this address or network."),
        click.option(
            "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="Only requests with this."
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def vault_of(folder: Path, activity: str | None) -> Vault:
    """The vault of an activity in a workspace."""
    from zusage.keepers.logs.vault import open_vault
    from zusage.workspace import open_workspace

    return open_vault(open_workspace(folder).context, activity)


def print_bytes(content: bytes) -> None:
    """Log lines as they are; where standard output takes texts only, readable."""
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(content.decode("utf-8", "backslashreplace"))
        return
    stream.write(content)
    stream.flush()


def instant(vault: Vault, text: str) -> datetime:
    """A day or an instant; without a zone it is the declared one's."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(
            f"'{text}' is no day or instant, such as 2026-05-02 or 2026-05-02T10:00"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(vault.zone))


def scope_of(vault: Vault, options: Mapping[str, Any]) -> Scope:
    """The scope that `scope_options` describe."""
    from zusage.keepers.logs.scopes import Scope

    pairs = [each.partition("=") for each in options["parameters"]]
    if any(not mark for _, mark, _ in pairs):
        raise click.UsageError("--parameter takes NAME=VALUE")
    parameters = {name: value for name, _, value in pairs}
    begin, end = instant(vault, options["begin"]), instant(vault, options["end"])
    return Scope(begin, end, options["customer"], tuple(options["addresses"]), parameters)


@click.group("case")
def case() -> None:
    """Cases: a concrete suspicion with its scope; only a case opens or holds lines."""


@case.command("open")
@workspace_option
@activity_option
@json_option
@by_option
@click.argument("case_id")
@click.option("--suspicion", required=True, help="The concrete suspicion, in words.")
@click.option("--hold-until", required=True, help="Lines in scope are held until then at the latest.")
@scope_options
def case_open(
    folder: Path,
    activity: str | None,
    as_json: bool,
    person: str,
    case_id: str,
    suspicion: str,
    hold_until: str,
    **scope: Any,
) -> int:
    """File a case."""
    from zusage.keepers.logs.cases import NewCase, open_case

    vault = vault_of(folder, activity)
    new = NewCase(case_id, suspicion, scope_of(vault, scope), instant(vault, hold_until), person)
    made = open_case(vault, new, clock.now())
    print_json(made) if as_json else console().print(
        f"case {escape(made.id)} is open until {made.hold_until:%Y-%m-%d}"
    )
    return 0


@case.command("close")
@workspace_option
@activity_option
@by_option
@click.argument("case_id")
def case_close(folder: Path, activity: str | None, person: str, case_id: str) -> int:
    """Close a case; what it held goes with the next expiry."""
    from zusage.keepers.logs.cases import close_case

    close_case(vault_of(folder, activity), case_id, person, clock.now())
    console().print(f"case {escape(case_id)} is closed")
    return 0


@case.command("list")
@workspace_option
@activity_option
@json_option
def case_list(folder: Path, activity: str | None, as_json: bool) -> int:
    """All cases."""
    from zusage.keepers.logs.cases import cases

    vault, now = vault_of(folder, activity), clock.now()
    with vault.state.connect() as connection:
        found = cases(connection, vault.name)
    if as_json:
        print_json(found)
        return 0
    rows = [
        (escape(each.id), escape(each.suspicion), f"{each.scope.begin:%Y-%m-%d %H:%M}", f"{each.scope.end:%Y-%m-%d %H:%M}",
         "open" if each.open_at(now) else "closed")
        for each in found
    ]  # fmt: skip
    console().print(table("", ("case", "suspicion", "from", "to", "state"), rows))
    return 0


@click.group("open")
def opening() -> None:
    """Log openings: request, approvals by each role, combining, result."""


@opening.command("request")
@workspace_option
@activity_option
@json_option
@by_option
@click.option("--case", "case_id", required=True, help="The case whose lines are asked for.")
@click.option("--reason", required=True, help="Why these lines are needed.")
@click.option("--opener", required=True, help="Public key (age1…) of who will combine the shares.")
@scope_options
def opening_request(
    folder: Path,
    activity: str | None,
    as_json: bool,
    person: str,
    case_id: str,
    reason: str,
    opener: str,
    **scope: Any,
) -> int:
    """Ask for an opening within the scope of a case."""
    from zusage.keepers.logs.openings import NewOpening, request_opening

    vault = vault_of(folder, activity)
    made = request_opening(
        vault, NewOpening(case_id, scope_of(vault, scope), reason, person, opener), clock.now()
    )
    print_json(made) if as_json else console().print(
        f"opening {made.id} waits for approval until {made.valid_until:%Y-%m-%d}"
    )
    return 0


@opening.command("list")
@workspace_option
@activity_option
@json_option
def opening_list(folder: Path, activity: str | None, as_json: bool) -> int:
    """All openings with their approvals."""
    from zusage.keepers.logs.openings import openings
    from zusage.sealing.openings import approvals

    vault = vault_of(folder, activity)
    with vault.state.connect() as connection:
        found = [
            (each, [holder.role for holder, _ in approvals(connection, each.id)])
            for each in openings(connection, vault)
        ]
    if as_json:
        print_json([{"opening": each, "approved": roles} for each, roles in found])
        return 0
    rows = [
        (each.id, escape(each.case), coloured(each.state), ", ".join(roles), f"{each.valid_until:%Y-%m-%d}")
        for each, roles in found
    ]
    console().print(table("", ("opening", "case", "state", "approved by", "until"), rows))
    return 0


@opening.command("bundle")
@workspace_option
@activity_option
@click.argument("opening_id")
def opening_bundle(folder: Path, activity: str | None, opening_id: str) -> int:
    """What an approver needs on a machine of their own, as JSON: the request in words and the wrapped shares."""
    from zusage.keepers.logs.openings import bundle

    print_json(bundle(vault_of(folder, activity), opening_id))
    return 0


@opening.command("approve")
@click.option("--bundle", "file", type=click.File("r"), required=True, help="From `zusage logs open bundle`.")
@click.option("--role", required=True, help="Role that approves.")
@identity_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def opening_approve(file: Any, role: str, identity: Any, yes: bool) -> int:
    """On the approver's machine, without a workspace: reads the request out, asks, prints the approval as JSON."""
    content = json.load(file)
    scope = content["scope"]
    asked = {
        "case": content["case"], "suspicion": content["suspicion"], "reason": content["reason"], "from": scope["begin"],
        "to": scope["end"], "customer": scope["customer"] or "all", "addresses": ", ".join(scope["addresses"]) or "all",
        "requests with": ", ".join(f"{name}={value}" for name, value in scope["parameters"].items()) or "any",
        "segments (hour and customer)": str(len(content["segments"])),
    }  # fmt: skip
    return approve_here(content, asked, 30, role, identity, yes=yes)


@opening.command("accept")
@workspace_option
@activity_option
@click.argument("approval", type=click.File("r"))
def opening_accept(folder: Path, activity: str | None, approval: Any) -> int:
    """File an approval."""
    return file_approval(vault_of(folder, activity), approval)


@opening.command("run")
@workspace_option
@activity_option
@json_option
@identity_option
@click.argument("opening_id")
def opening_run(folder: Path, activity: str | None, as_json: bool, identity: Any, opening_id: str) -> int:
    """Combine the shares in this process, once; keep what is in scope, sealed, until it expires."""
    from zusage.keepers.logs.combining import combine_and_open

    done = combine_and_open(vault_of(folder, activity), opening_id, identity.read(), clock.now())
    if as_json:
        print_json(done)
    else:
        console().print(
            f"{done.lines:,} lines in scope from {done.segments:,} segments, there until {done.until:%Y-%m-%d}"
        )
        for segment in done.damaged:
            console().print(f"segment {segment} could not be read")
    return int(bool(done.damaged))


@opening.command("show")
@workspace_option
@activity_option
@by_option
@click.argument("opening_id")
def opening_show(folder: Path, activity: str | None, person: str, opening_id: str) -> int:
    """The lines of an opening, as long as they are there."""
    from zusage.keepers.logs.combining import read_result

    print_bytes(read_result(vault_of(folder, activity), opening_id, person, clock.now()))
    return 0


@opening.command("join")
@workspace_option
@activity_option
@by_option
@click.option(
    "--records", type=click.File("r", encoding="utf-8"), required=True, help="Records as CSV with a heading."
)
@click.option("--column", required=True, help="Which of its columns holds the address.")
@click.argument("opening_id")
def opening_join(
    folder: Path, activity: str | None, person: str, records: Any, column: str, opening_id: str
) -> int:
    """Join the lines of an opening with records of the same address; what matches is sealed with the case's result."""
    import csv

    from zusage.keepers.logs.joining import join

    reader = csv.DictReader(records)
    if column not in (reader.fieldnames or ()):
        raise click.UsageError(f"the records have no column '{column}'")
    matches = join(vault_of(folder, activity), opening_id, reader, column, person, clock.now())
    console().print(f"{matches:,} matches, in the case's file only")
    return 0
