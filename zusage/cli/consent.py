"""`zusage consent`: consents given on paper, by voice or to an application – recorded, withdrawn, looked up."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import (
    console,
    escape,
    identity_of,
    json_option,
    language_option,
    print_json,
    table,
    workspace_option,
)
from zusage.keepers.consent import service
from zusage.registers.consents import Way
from zusage.text import Language
from zusage.workspace import open_workspace

_WAYS = {"form": Way.FORM, "paper": Way.PAPER, "voice": Way.VOICE, "parent": Way.PARENT}


@click.group()
def consent() -> None:
    """Consents of persons: who agreed to what, to which words, when (Art. 7 GDPR)."""


@consent.command("give")
@workspace_option
@language_option
@click.argument("identity")
@click.argument("purposes", nargs=-1, required=True)
@click.option("--way", type=click.Choice(list(_WAYS)), required=True, help="How the person agreed.")
@click.option("--age", type=int, help="The person's age, where the purpose asks for one (Art. 8).")
def give(
    folder: Path, language: Language, identity: str, purposes: tuple[str, ...], way: str, age: int | None
) -> int:
    """Record that IDENTITY (e-mail address, or KIND:VALUE) agreed to PURPOSES, in the words asked in --language."""
    given = service.Given(*identity_of(identity), dict.fromkeys(purposes, True), _WAYS[way], language, age)
    service.give(open_workspace(folder).context, given, clock.now())
    return 0


@consent.command("withdraw")
@workspace_option
@language_option
@click.argument("identity")
@click.argument("purposes", nargs=-1, required=True)
def withdraw(folder: Path, language: Language, identity: str, purposes: tuple[str, ...]) -> int:
    """Record that IDENTITY withdrew PURPOSES; the next decision obeys (Art. 7(3))."""
    context = open_workspace(folder).context
    service.withdraw(context, *identity_of(identity), purposes, language, clock.now())
    return 0


@consent.command("show")
@workspace_option
@json_option
@click.argument("identity")
@click.option(
    "--at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S"]), help="A past instant, local time; now if absent."
)
def show(folder: Path, as_json: bool, identity: str, at: datetime | None) -> int:
    """Where IDENTITY stands, purpose by purpose. Exit code 1 where nothing is on record."""
    context = open_workspace(folder).context
    instant = clock.now() if at is None else at.astimezone()
    stands = service.state_of(context, *identity_of(identity), instant)
    if as_json:
        print_json(
            [
                {
                    "purpose": name,
                    "agreed": one.agreed,
                    "since": one.since.isoformat(),
                    "words": one.text.hex(),
                }
                for name, one in sorted(stands.items())
            ]
        )
    elif stands:
        rows = [
            [escape(name), "yes" if one.agreed else "no", f"{one.since:%Y-%m-%d %H:%M} UTC"]
            for name, one in sorted(stands.items())
        ]
        console().print(table("Consents", ("Purpose", "Agreed", "Since"), rows))
    return int(not stands)
