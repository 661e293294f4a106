"""`zusage consent subscribe | ask | asked`: addresses that wait for their confirmation, questions to a person."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import json_option, language_option, print_json, workspace_option
from zusage.keepers.consent import asking
from zusage.law.duration import Duration
from zusage.registers.asks import Ask, ask_by
from zusage.text import Language
from zusage.workspace import open_workspace

_WHEN = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"]


@click.command("subscribe")
@workspace_option
@language_option
@json_option
@click.argument("address")
@click.argument("purpose")
@click.option("--topic", "topics", multiple=True, help="Only this topic; may be given several times.")
@click.option("--tracking", is_flag=True, help="The person also agreed to have openings and clicks followed.")
@click.option("--age", type=int, help="The person's age, where the purpose asks for one (Art. 8).")
@click.option("--parent", help="A parent's address, for a person below the purpose's age.")
@click.option("--until", type=click.DateTime(_WHEN), help="The end that the person chose, local time.")
def subscribe(
    folder: Path,
    language: Language,
    as_json: bool,
    address: str,
    purpose: str,
    topics: tuple[str, ...],
    tracking: bool,
    age: int | None,
    parent: str | None,
    until: datetime | None,
) -> int:
    """ADDRESS was entered for PURPOSE: it gets one mail, and counts once its link is confirmed."""
    ends = None if until is None else until.astimezone()
    entered = asking.Subscription(purpose, address, language, topics, tracking, age, parent, ends)
    made = asking.subscribe(open_workspace(folder).context, entered, clock.now())
    if made is None:
        click.echo("confirmed already" if not as_json else '{"state": "confirmed"}')
        return 0
    return _say(made, as_json)


@click.command("ask")
@workspace_option
@language_option
@json_option
@click.argument("address")
@click.argument("purpose")
@click.option("--scope", default="", help="The single case, as applications call it.")
@click.option("--recipient", default="", help="Who would get the data.")
@click.option("--data", default="", help="Which data.")
@click.option("--reference", help="What the person may read as the case.")
@click.option("--within", metavar="DURATION", help="How long the question waits (P14D).")
@click.option("--until", type=click.DateTime(_WHEN), help="When the consent would end, local time.")
def ask(
    folder: Path,
    language: Language,
    as_json: bool,
    address: str,
    purpose: str,
    scope: str,
    recipient: str,
    data: str,
    reference: str | None,
    within: str | None,
    until: datetime | None,
) -> int:
    """Ask the person at ADDRESS by mail for a consent to PURPOSE; no answer is a no."""
    ends = None if until is None else until.astimezone()
    wait = Duration.parse(within) if within else None
    wanted = asking.CaseRequest(purpose, address, language, scope, recipient, data, reference, wait, ends)
    return _say(asking.ask(open_workspace(folder).context, wanted, clock.now()), as_json)


@click.command("asked")
@workspace_option
@json_option
@click.argument("id")
def asked(folder: Path, as_json: bool, id: str) -> int:
    """Where the question ID stands; never whom it went to. Exit code 1 where there is none."""
    with open_workspace(folder).state.connect() as connection:
        found = ask_by(connection, id=id)
    if found is None:
        click.echo("there is no such question", err=True)
        return 1
    return _say(found, as_json)


def _say(one: Ask, as_json: bool) -> int:
    if as_json:
        print_json(
            {
                "id": one.id,
                "purpose": one.purpose,
                "state": one.state,
                "entered_at": one.entered_at.isoformat(),
                "confirm_until": one.due.isoformat(),
                "ended_at": one.ended_at.isoformat() if one.ended_at else None,
                "consent": one.event.hex() if one.event else None,
            }
        )
    else:
        click.echo(
            f"{one.id}: {one.state}, asked {one.entered_at:%Y-%m-%d %H:%M} UTC, until {one.due:%Y-%m-%d %H:%M} UTC"
        )
    return 0
