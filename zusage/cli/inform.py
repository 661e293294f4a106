"""`zusage inform`: what persons are owed at an event, and telling them."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from zusage import clock
from zusage.cli.output import console, json_option, print_json, table, workspace_option
from zusage.keepers.informing import expect, tell
from zusage.registers.informations import owed
from zusage.workspace import open_workspace


@click.group()
def inform() -> None:
    """Informations to persons at an event (Art. 13(3), 14): owed, told, until when."""


@inform.command("expect")
@click.argument("name")
@click.argument("address")
@workspace_option
@click.option("--case", "case", required=True, help="The case's own number; only its pseudonym is kept.")
@json_option
def expecting(name: str, address: str, folder: Path, case: str, as_json: bool) -> int:
    """Put on file that the person at ADDRESS is owed the information NAME; says until when."""
    workspace = open_workspace(folder)
    made = expect(workspace.context, name, ("email", address), case, clock.now())
    day = made.due_at.astimezone(ZoneInfo(workspace.declaration.time_zone)).date()
    print_json({"due": day.isoformat()}) if as_json else click.echo(f"due {day}")
    return 0


@inform.command("tell")
@click.argument("name")
@click.argument("address")
@click.argument("facts", nargs=-1, metavar="KEY=VALUE…")
@workspace_option
@click.option("--case", "case", required=True, help="The case's own number; only its pseudonym is kept.")
@json_option
def telling(name: str, address: str, facts: tuple[str, ...], folder: Path, case: str, as_json: bool) -> int:
    """Write to ADDRESS what the declaration says under NAME, with the FACTS of the case."""
    pairs = dict(one.split("=", 1) for one in facts if "=" in one)
    if len(pairs) != len(facts):
        raise click.BadParameter("expected KEY=VALUE", param_hint="FACTS")
    made = tell(open_workspace(folder).context, name, ("email", address), case, pairs, clock.now())
    print_json({"receipt": made.id, "told_at": made.told_at}) if as_json else click.echo(
        f"told {made.told_at}"
    )
    return 0


@inform.command("owed")
@workspace_option
@json_option
def owing(folder: Path, as_json: bool) -> int:
    """What was not told yet, the first due first; exit code 1 where something is overdue."""
    now = clock.now()
    with open_workspace(folder).state.connect() as connection:
        found = owed(connection)
    late = [one for one in found if one.due_at <= now]
    if as_json:
        print_json([{"name": one.name, "due": one.due_at, "overdue": one in late} for one in found])
    else:
        rows = [(one.name, f"{one.due_at:%Y-%m-%d}", "overdue" if one in late else "") for one in found]
        console().print(table("", ("information", "due", ""), rows))
    return 1 if late else 0
