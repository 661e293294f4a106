"""`zusage archive`: what only a retention duty still needs, sealed; opened by one role with the approval of others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zusage import clock
from zusage.cli.output import console, identity_of, json_option, print_json, table, workspace_option
from zusage.cli.seal_keys import keys_group
from zusage.cli.sealed import approve_here, by_option, file_approval, identity_option
from zusage.stores.restriction import REASONS
from zusage.stores.sql.identity import Identity

if TYPE_CHECKING:
    from zusage.keepers.archive.place import Archive

store_option = click.option(
    "--store", "which", help="The database whose archive it is, where there are several."
)


def _archive(folder: Path, which: str | None) -> Archive:
    from zusage.keepers.archive.place import archive_of
    from zusage.workspace import open_workspace

    return archive_of(open_workspace(folder).context, which)


@click.group("archive")
def archive() -> None:
    """Archived records: sealed, opened by the archive's role on a ground, with the approval of others."""


archive.add_command(keys_group(store_option, _archive))


@archive.command("list")
@workspace_option
@store_option
@json_option
@click.argument("identity", required=False)
def archive_list(folder: Path, which: str | None, as_json: bool, identity: str | None) -> int:
    """Which records there are, of everybody or of a person (e-mail address, or KIND:VALUE); not what they say."""
    from zusage.keepers.archive.opening import sealed_of

    known = Identity(*identity_of(identity)) if identity else None
    found = sealed_of(_archive(folder, which), known)
    if as_json:
        print_json(found)
    else:
        rows = [(each.activity, each.table, f"{each.since:%Y-%m-%d}", each.segment) for each in found]
        console().print(table("", ("activity", "table", "since", "record"), rows))
    return int(not found)


@archive.command("request")
@workspace_option
@store_option
@json_option
@by_option
@click.argument("identity")
@click.option(
    "--ground", type=click.Choice(REASONS), required=True, help="What the law allows it for (Art. 18(2))."
)
@click.option("--reason", required=True, help="Why these records are needed, in words.")
@click.option("--opener", required=True, help="Public key (age1…) of the archive's role who will open.")
def archive_request(
    folder: Path, which: str | None, as_json: bool, person: str, identity: str, ground: str, reason: str, opener: str
) -> int:  # fmt: skip
    """Ask for a person's records (e-mail address, or KIND:VALUE). It waits for the approval of each role."""
    from zusage.keepers.archive.opening import NewOpening, request_opening

    new = NewOpening(Identity(*identity_of(identity)), ground, reason, person, opener)
    made = request_opening(_archive(folder, which), new, clock.now())
    print_json(made) if as_json else console().print(
        f"opening {made.id} waits for approval until {made.valid_until:%Y-%m-%d}"
    )
    return 0


@archive.command("bundle")
@workspace_option
@store_option
@click.argument("opening_id")
def archive_bundle(folder: Path, which: str | None, opening_id: str) -> int:
    """What an approver needs on a machine of their own, as JSON: ground and reason, and the wrapped shares."""
    from zusage.keepers.archive.opening import bundle

    print_json(bundle(_archive(folder, which), opening_id))
    return 0


@archive.command("approve")
@click.option("--bundle", "file", type=click.File("r"), required=True, help="From `zusage archive bundle`.")
@click.option("--role", required=True, help="Role that approves.")
@identity_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def archive_approve(file: Any, role: str, identity: Any, yes: bool) -> int:
    """On the approver's machine, without a workspace: reads the request out, asks, prints the approval as JSON."""
    content = json.load(file)
    asked = {name: content[name] for name in ("ground", "reason", "valid_until")}
    return approve_here(content, asked | {"records": len(content["segments"])}, 14, role, identity, yes=yes)


@archive.command("accept")
@workspace_option
@store_option
@click.argument("approval", type=click.File("r"))
def archive_accept(folder: Path, which: str | None, approval: Any) -> int:
    """File an approval."""
    return file_approval(_archive(folder, which), approval)


@archive.command("open")
@workspace_option
@store_option
@identity_option
@click.argument("opening_id")
def archive_open(folder: Path, which: str | None, identity: Any, opening_id: str) -> int:
    """Open what was approved, in this process, once: the records as JSON. Nothing of it is kept."""
    from zusage.keepers.archive.opening import open_records

    print_json(open_records(_archive(folder, which), opening_id, identity.read(), clock.now()))
    return 0
