"""`zusage hold`: place, list and lift holds."""

from __future__ import annotations

import secrets
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from zusage import clock
from zusage.cli.output import console, escape, json_option, person_option, print_json, table, workspace_option
from zusage.keepers.retention.holding import lift as lift_hold
from zusage.keepers.retention.holding import place as place_hold
from zusage.registers.holds import GROUNDS, LAW, Ground, Hold, Scope, holds_in_force
from zusage.workspace import Workspace, open_workspace


@click.group("hold")
def hold() -> None:
    """Place, list and lift holds: why something is not erased yet."""


@hold.command("place")
@workspace_option
@json_option
@click.option("--ground", type=click.Choice(GROUNDS), required=True, help="Why the data must stay.")
@click.option("--matter", default="", help="The dispute, contract, order or document: 'claim 22-17'.")
@click.option("--law", help="Citation id, such as gdpr:17(3)(e) or ao:147(3); by default the ground's own.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the hold.")
@click.option("--subject", help="KIND=VALUE, such as email=person@example.org.")
@click.option("--activity", help="Only this activity, or the whole of it.")
@click.option("--row", help="STORE:TABLE:KEY, or STORE:files:PATH.")
@click.option("--owner", help="E-mail address of who looks after the case: told where a ceiling ends it.")
@person_option("Who places it")
def place(folder: Path, as_json: bool, ground: Ground, matter: str, law: str | None, until: datetime | None,
          subject: str | None, activity: str | None, row: str | None, owner: str | None, person: str) -> int:  # fmt: skip
    """Place a hold. It is acknowledged once it stands in every store it concerns."""
    now = clock.now()
    workspace = open_workspace(folder)
    kind, _, value = (subject or "").partition("=")
    parts = row.split(":", 2) if row else []
    if row and len(parts) != 3:
        raise click.UsageError("--row is written STORE:TABLE:KEY")
    if sum(map(bool, (subject, row))) > 1 or not (subject or row or activity):
        raise click.UsageError("say what the hold is on: --subject, --row or --activity")
    scope: Scope = "subject" if subject else "row" if row else "activity"
    wanted = Hold(
        id=secrets.token_hex(8),
        ground=ground,
        law=law or LAW.get(ground, ""),
        matter=matter,
        scope=scope,
        placed_at=now,
        actor=workspace.context.keys.pseudonym("actors", person),
        activity=activity,
        identity_kind=kind or None,
        identity=value or None,
        store=parts[0] if parts else None,
        target=parts[1] if parts else None,
        row_key=parts[2] if parts else None,
        ends_at=_end(workspace, until),
        owner=owner,
    )
    count = place_hold(workspace.context, wanted, now)
    if as_json:
        print_json({"hold": wanted.id, "rows": count, "until": wanted.ends_at})
    else:
        console().print(f"[green]stands[/] hold {wanted.id} keeps {count} row{'' if count == 1 else 's'}")
    return 0


def _end(workspace: Workspace, until: datetime | None) -> datetime | None:
    """The first instant after the last day, civil time of the controller."""
    if until is None:
        return None
    zone = ZoneInfo(workspace.declaration.time_zone)
    return datetime.combine(until.date().fromordinal(until.date().toordinal() + 1), time(), zone)


@hold.command("list")
@workspace_option
@json_option
def list_(folder: Path, as_json: bool) -> int:
    """Every hold in force, with law, matter and end."""
    now = clock.now()
    workspace = open_workspace(folder)
    with workspace.state.connect() as connection:
        holds = holds_in_force(connection, now)
    if as_json:
        print_json(holds)
        return 0
    rows = [
        (each.id, each.ground, each.law, escape(each.matter), escape(_on(each)),
         f"{each.ends_at:%Y-%m-%d}" if each.ends_at else "open", "yes" if each.standing_since else "[red]no[/]")
        for each in holds
    ]  # fmt: skip
    console().print(table("", ("hold", "ground", "law", "matter", "on", "until", "stands"), rows))
    return 0


def _on(each: Hold) -> str:
    if each.scope == "subject":
        return f"{each.identity_kind}={each.identity}" + (f" in {each.activity}" if each.activity else "")
    if each.scope == "row":
        return f"{each.store}:{each.target}:{each.row_key}"
    return each.activity or ""


@hold.command("lift")
@workspace_option
@json_option
@click.argument("hold_id")
@person_option("Who lifts it")
def lift(folder: Path, as_json: bool, hold_id: str, person: str) -> int:
    """Lift a hold: the next sweep takes what it kept."""
    workspace = open_workspace(folder)
    actor = workspace.context.keys.pseudonym("actors", person)
    count = lift_hold(workspace.context, hold_id, actor, clock.now())
    if as_json:
        print_json({"hold": hold_id, "rows": count})
    else:
        console().print(f"[green]lifted[/] hold {hold_id}, which kept {count} row{'' if count == 1 else 's'}")
    return 0
