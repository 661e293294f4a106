"""`zusage announce` and `zusage breach`: telling people and customers, with proof; the 72-hour clock."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import (
    console,
    json_option,
    language_option,
    person_option,
    print_json,
    workspace_option,
)
from zusage.documents import render
from zusage.errors import ZusageError
from zusage.keepers.announcing import Announcing, announce
from zusage.keepers.announcing.affected import affected
from zusage.keepers.announcing.breaches import Facts, addressee, notification, open_breach, record_notified
from zusage.keepers.announcing.persons import GROUNDS, Telling, outcomes, tell_persons, withhold
from zusage.keepers.announcing.service import KINDS, record_objection
from zusage.keepers.rights.parties import read_parties
from zusage.registers.announcements import announcements, standing_of
from zusage.registers.breaches import breaches
from zusage.text import Language, Text
from zusage.workspace import Workspace, open_workspace

_by = person_option("Who does this, for the file.", kept="")
_DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.group("announce")
def announcing() -> None:
    """Announcements to account holders and customers: new, show, object."""


@announcing.command("new")
@workspace_option
@json_option
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What it is.")
@click.option("--effective", type=_DAY, help="From when it holds (UTC); by default now.")
@click.option("--text-de", required=True, help="What is said, in German.")
@click.option("--text-en", required=True, help="What is said, in English.")
@click.option("--activity", "activities", multiple=True, help="Whose account holders are told (repeatable).")
@click.option("--customers", is_flag=True, help="Tell every customer of parties.yaml.")
@click.option("--recipient", help="The declared recipient that it is about.")
@_by
def new(
    folder: Path, as_json: bool, kind: str, effective: datetime | None, text_de: str, text_en: str,
    activities: tuple[str, ...], customers: bool, recipient: str | None, person: str,
) -> int:  # fmt: skip
    """Tell everybody concerned once; the next run sends."""
    workspace, now = open_workspace(folder), clock.now()
    when = effective.replace(tzinfo=UTC) if effective else now
    to = _customers(workspace, None) if customers else None
    wanted = Announcing(kind, when, Text(text_de, text_en), activities, to, recipient)
    made = announce(workspace.context, wanted, person, now)
    return _print(workspace, made.id, as_json)


@announcing.command("show")
@workspace_option
@json_option
@click.argument("announcement")
def show(folder: Path, as_json: bool, announcement: str) -> int:
    """Who was told, when, and whose message came back. Exit code 1 where one did not arrive."""
    return _print(open_workspace(folder), announcement, as_json)


@announcing.command("object")
@workspace_option
@click.argument("announcement")
@click.argument("customer")
@_by
def objected(folder: Path, announcement: str, customer: str, person: str) -> int:
    """A CUSTOMER objects to what was announced: it does not happen for this customer."""
    record_objection(open_workspace(folder).context, announcement, customer, person, clock.now())
    click.echo(f"{customer} objected to {announcement}")
    return 0


def _print(workspace: Workspace, identifier: str, as_json: bool) -> int:
    with workspace.state.connect() as connection:
        found = announcements(connection, id=identifier)
        if not found:
            raise ZusageError(f"there is no announcement '{identifier}'")
        content = standing_of(connection, found[0])
    if as_json:
        print_json(content)
    else:
        console().print(
            f"{content['id']} {content['kind']}: {content['arrived']} of {content['told']} arrived"
        )
    failed = {"bounced", "failed", "given-up"}
    return int(any(one["state"] in failed for one in content["parties"]))


def _customers(workspace: Workspace, names: tuple[str, ...] | None) -> dict[str, str]:
    known = read_parties(workspace.folder).customers
    for name in names or ():
        if name not in known:
            raise ZusageError(f"the customer '{name}' is not in parties.yaml")
    return {name: one.email for name, one in known.items() if names is None or name in names}


@click.group("breach")
def breach() -> None:
    """Breaches (Art. 33, 34): open, list, affected, notify, tell, persons, withhold."""


@breach.command("open")
@workspace_option
@json_option
@click.option(
    "--noticed", type=_DAY, required=True, help="When it was noticed (UTC): the 72 hours run from then."
)
@click.option("--facts", required=True, help="What happened, without names.")
@click.option("--measures", required=True, help="What is done about it.")
@click.option("--categories", default="", help="Categories of data concerned.")
@click.option("--people", type=int, help="About how many people.")
@click.option(
    "--risk",
    type=click.Choice(["none", "normal", "high"]),
    default="normal",
    show_default=True,
    help="For them.",
)
@click.option(
    "--customer",
    "customers",
    multiple=True,
    help="Customer whose data were touched (repeatable); told at once.",
)
@_by
def opened(
    folder: Path, as_json: bool, noticed: datetime, facts: str, measures: str, categories: str, people: int | None,
    risk: str, customers: tuple[str, ...], person: str,
) -> int:  # fmt: skip
    """Put a breach on file, start its clock, tell the customers concerned."""
    workspace, now = open_workspace(folder), clock.now()
    known = Facts(noticed.replace(tzinfo=UTC), facts, measures, categories, people, risk)
    made, told = open_breach(workspace.context, known, _customers(workspace, customers), person, now)
    content = {"id": made.id, "due": made.due, "announcement": told.id if told else None}
    if as_json:
        print_json(content)
    else:
        click.echo(f"{made.id}: to be notified by {made.due:%Y-%m-%d %H:%M} UTC")
    return 0


@breach.command("list")
@workspace_option
@json_option
def listed(folder: Path, as_json: bool) -> int:
    """All breaches with their clocks. Exit code 1 where one is late."""
    workspace, now = open_workspace(folder), clock.now()
    with workspace.state.connect() as connection:
        found = breaches(connection)
    rows = [
        {"id": one.id, "noticed_at": one.noticed_at, "due": one.due, "notified_at": one.notified_at, "risk": one.risk,
         "authority": one.authority, "late": one.risk != "none" and (one.notified_at or now) > one.due}
        for one in found
    ]  # fmt: skip
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(f"{row['id']} due {row['due']:%Y-%m-%d %H:%M} UTC{' LATE' if row['late'] else ''}")
    return int(any(row["late"] for row in rows))


@breach.command("affected")
@workspace_option
@json_option
@click.argument("recipient")
@click.option("--since", type=_DAY, required=True, help="Data that it received from then on (UTC).")
@click.option("--until", type=_DAY, help="And until then (UTC); by default now.")
@_by
def concerned(
    folder: Path, as_json: bool, recipient: str, since: datetime, until: datetime | None, person: str
) -> int:
    """Whose data RECIPIENT received, by the register of disclosures: for an incident there. Exit code 1 for nobody."""
    workspace, now = open_workspace(folder), clock.now()
    end = until.replace(tzinfo=UTC) if until else now
    found = affected(workspace.context, recipient, since.replace(tzinfo=UTC), end, person, now)
    if as_json:
        print_json(asdict(found))
    else:
        for one in found.people:
            said = f"{one.kind}:{one.identity} {', '.join(one.categories)}"
            click.echo(f"{said} first {one.first:%Y-%m-%d} last {one.last:%Y-%m-%d}")
        click.echo(f"{found.unknown} more that no store knows; {found.of_many} disclosures of many at once")
    return int(not (found.people or found.unknown or found.of_many))


@breach.command("notify")
@workspace_option
@json_option
@language_option
@click.argument("identifier")
@click.option("--authority", help="Another authority than the competent one (`DE-BY`); warned of.")
@click.option("--sent", is_flag=True, help="The notification went out: record it.")
@_by
def notify(
    folder: Path,
    as_json: bool,
    language: Language,
    identifier: str,
    authority: str | None,
    sent: bool,
    person: str,
) -> int:
    """Prepare the notification of Art. 33(3), addressed to the competent authority; exit code 1 with a warning for another."""
    workspace = open_workspace(folder)
    with workspace.state.connect() as connection:
        found = breaches(connection, id=identifier)
    if not found:
        raise ZusageError(f"there is no breach '{identifier}'", hint="`zusage breach list` shows them")
    to, warnings = addressee(workspace.context, authority)
    text = render(notification(workspace.context, found[0], to, language), "txt").decode()
    if sent:
        record_notified(workspace.context, identifier, to.id, person, clock.now())
    if as_json:
        print_json({"addressee": to.name.says(language), "authority": to.id, "text": text,
                    "warnings": [one.says(language) for one in warnings]})  # fmt: skip
    else:
        click.echo(text)
        for one in warnings:
            console().print(f"[yellow]{one.says(language)}[/]")
    return int(bool(warnings))


@breach.command("tell")
@workspace_option
@json_option
@click.argument("identifier")
@click.option("--happened-de", required=True, help="What happened and what may follow from it, in German.")
@click.option("--happened-en", required=True, help="The same in English.")
@click.option("--measures-de", required=True, help="What is done and what they can do, in German.")
@click.option("--measures-en", required=True, help="The same in English.")
@click.option(
    "--activity", "activities", multiple=True, help="Whose account holders are concerned (repeatable)."
)
@click.option("--recipient", help="The recipient whose data are concerned, by the register of disclosures.")
@click.option("--since", type=_DAY, help="Data that the recipient got from then on (UTC).")
@click.option("--until", type=_DAY, help="And until then (UTC); by default now.")
@_by
def tell(
    folder: Path, as_json: bool, identifier: str, happened_de: str, happened_en: str, measures_de: str, measures_en: str,
    activities: tuple[str, ...], recipient: str | None, since: datetime | None, until: datetime | None, person: str,
) -> int:  # fmt: skip
    """Write to the persons concerned (Art. 34), each once; the next run sends. Exit code 1 where some cannot be written to."""
    from_, to = (each.replace(tzinfo=UTC) if each else None for each in (since, until))
    happened, measures = Text(happened_de, happened_en), Text(measures_de, measures_en)
    telling = Telling(happened, measures, activities, recipient, from_, to)
    sent = tell_persons(open_workspace(folder).context, identifier, telling, person, clock.now())
    if as_json:
        print_json(asdict(sent))
    else:
        click.echo(
            f"{sent.new} written to, {sent.before} before; {sent.unreachable} cannot be written to by e-mail"
        )
    return int(sent.unreachable > 0)


@breach.command("persons")
@workspace_option
@json_option
@click.argument("identifier")
def persons(folder: Path, as_json: bool, identifier: str) -> int:
    """Who was told of a breach and what became of each message. Exit code 1 where one did not arrive."""
    with open_workspace(folder).state.connect() as connection:
        if outcomes(connection, identifier) is None:
            raise ZusageError(f"nobody was told of the breach '{identifier}' from here")
    return _print(open_workspace(folder), f"breach-{identifier}", as_json)


@breach.command("withhold")
@workspace_option
@click.argument("identifier")
@click.option("--ground", type=click.Choice(GROUNDS), required=True, help="Art. 34(3)(a), (b) or (c).")
@click.option("--reasons", required=True, help="Why; where it was made public instead.")
@_by
def withheld(folder: Path, identifier: str, ground: str, reasons: str, person: str) -> int:
    """The persons need not be told one by one (Art. 34(3)): put on file why."""
    withhold(open_workspace(folder).context, identifier, ground, reasons, person, clock.now())
    click.echo(f"{identifier}: the persons are not told one by one ({ground})")
    return 0
