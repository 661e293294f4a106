"""`zusage consent`: consents given on paper, by voice or to an application – recorded, withdrawn, looked up, proven."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from zusage import clock
from zusage.cli.consent_asking import ask, asked, subscribe
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
from zusage.keepers.consent.calling import call
from zusage.keepers.consent.evidencing import Evidence, evidence, evidence_of, lawfulness, receipt
from zusage.registers.consents import Way, person_of
from zusage.registers.mailings import Included, decided, mailings
from zusage.text import Language
from zusage.withdrawing import withdraw as withdraw_with_consequences
from zusage.workspace import open_workspace

_WAYS = {
    "form": Way.FORM,
    "paper": Way.PAPER,
    "voice": Way.VOICE,
    "parent": Way.PARENT,
    "service": Way.SERVICE,
}
_WHEN = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"]


@click.group()
def consent() -> None:
    """Consents of persons: who agreed to what, to which words, when (Art. 7 GDPR)."""


for command in (subscribe, ask, asked):
    consent.add_command(command)


@consent.command("give")
@workspace_option
@language_option
@click.argument("identity")
@click.argument("purposes", nargs=-1, required=True)
@click.option("--way", type=click.Choice(list(_WAYS)), required=True, help="How the person agreed.")
@click.option("--age", type=int, help="The person's age, where the purpose asks for one (Art. 8).")
@click.option("--until", type=click.DateTime(_WHEN), help="The end that the person chose, local time.")
def give(
    folder: Path,
    language: Language,
    identity: str,
    purposes: tuple[str, ...],
    way: str,
    age: int | None,
    until: datetime | None,
) -> int:
    """Record that IDENTITY (e-mail address, or KIND:VALUE) agreed to PURPOSES, in the words asked in --language."""
    ends = None if until is None else until.astimezone()
    answers = dict.fromkeys(purposes, True)
    given = service.Given(*identity_of(identity), answers, _WAYS[way], language, age, ends)
    click.echo(service.give(open_workspace(folder).context, given, clock.now()).id.hex())
    return 0


@consent.command("withdraw")
@workspace_option
@language_option
@click.argument("identity")
@click.argument("purposes", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything the person agrees to.")
def withdraw(
    folder: Path, language: Language, identity: str, purposes: tuple[str, ...], everything: bool
) -> int:
    """Record that IDENTITY withdrew PURPOSES; the next decision obeys (Art. 7(3)).

    Recipients who got data under them are told, and where a consent carried the processing as a whole, everything is erased:
    then a request is filed, which `zusage request run` or the worker carries out.
    """
    if everything == bool(purposes):
        raise click.UsageError("name the purposes, or --all")
    context, named = open_workspace(folder).context, None if everything else purposes
    filed = withdraw_with_consequences(context, *identity_of(identity), named, language, clock.now())
    if filed is not None:
        click.echo(f"filed as request {filed.reference}")
    return 0


@consent.command("call")
@workspace_option
@click.argument("identity")
@click.argument("purpose")
def call_(folder: Path, identity: str, purpose: str) -> int:
    """Record that IDENTITY is about to be called under PURPOSE, a consent to advertising calls.

    Refused where the consent does not stand. The proof is kept five years from each call (§ 7a UWG).
    """
    event = call(open_workspace(folder).context, *identity_of(identity), purpose, clock.now())
    click.echo(event.id.hex())
    return 0


@consent.command("show")
@workspace_option
@json_option
@click.argument("identity")
@click.option("--at", type=click.DateTime(_WHEN), help="A past instant, local time; now if absent.")
def show(folder: Path, as_json: bool, identity: str, at: datetime | None) -> int:
    """Where IDENTITY stands – or stood at a past instant –, purpose by purpose, and what processing then rested on.

    Exit code 1 where nothing is on record.
    """
    context, now = open_workspace(folder).context, clock.now()
    instant = now if at is None else at.astimezone()
    stands = lawfulness(
        context.declaration, service.state_of(context, *identity_of(identity), instant), instant, now
    )
    if as_json:
        print_json(stands)
    elif stands:
        rows = [
            [
                escape(one["purpose"]),
                "yes" if one["agreed"] else "no",
                one["since"][:16],
                one["way"],
                one["basis"],
            ]
            for one in stands
        ]
        console().print(table("Consents", ("Purpose", "Agreed", "Since (UTC)", "Way", "Basis"), rows))
    return int(not stands)


@consent.command("proof")
@workspace_option
@json_option
@click.argument("id", required=False)
@click.option("--subject", help="Everything this person (e-mail address, or KIND:VALUE) ever answered.")
def proof(folder: Path, as_json: bool, id: str | None, subject: str | None) -> int:
    """The proof of one consent: time, way, versions, language, the words, and its way into the ledger.

    An unknown ID is no consent: exit code 1.
    """
    found = _found(folder, id, subject)
    if not found:
        _nothing(as_json)
        return 1
    if as_json:
        shown = [one.as_json() for one in found]
        print_json(shown if subject else shown[0])
        return 0
    for one in found:
        for name, value in one.as_json().items():
            click.echo(f"{name}: {value}")
        click.echo("")
    return 0


@consent.command("receipt")
@workspace_option
@language_option
@click.argument("id", required=False)
@click.option("--subject", help="A receipt for each consent of this person.")
def receipt_(folder: Path, language: Language, id: str | None, subject: str | None) -> int:
    """The receipt that a person gets (ISO/IEC TS 27560), as JSON. Exit code 1 where there is no consent."""
    context = open_workspace(folder).context
    found = [one for one in _found(folder, id, subject) if one.type in ("consent", "withdrawal")]
    if not found:
        _nothing(as_json=True)
        return 1
    shown = [receipt(context, one, language) for one in found]
    print_json(shown if subject else shown[0])
    return 0


def _found(folder: Path, id: str | None, subject: str | None) -> list[Evidence]:
    if (id is None) == (subject is None):
        raise click.UsageError("name a consent's id, or --subject")
    context = open_workspace(folder).context
    if subject is not None:
        return evidence_of(context, person_of(context.keys, *identity_of(subject)))
    try:
        found = evidence(context, bytes.fromhex(id or ""))
    except ValueError:
        found = None
    return [] if found is None else [found]


def _nothing(as_json: bool) -> None:
    if as_json:
        print_json({"consent": None, "said": "no consent"})
    else:
        click.echo("no consent")


def basis_of(one: Included) -> str:
    """What including a person rested on when it was done, whatever was said later."""
    known = {"consent": "consent, valid at the time", "existing-customer": "legitimate interest, § 7(3) UWG"}
    return known.get(one.code, "none") if one.allowed else "none"


@consent.command("mailing")
@workspace_option
@json_option
@click.argument("id", required=False)
def mailing(folder: Path, as_json: bool, id: str | None) -> int:
    """What was sent, or – with ID – on which ground each person was included or left out, by pseudonym."""
    with open_workspace(folder).state.connect() as connection:
        listed = mailings(connection, id)
        people = decided(connection, id) if id else []
    if id and not listed:
        raise click.UsageError("there is no such mailing; `zusage consent mailing` lists them")
    if id is None:
        shown = [
            {
                "mailing": one.id,
                "at": one.at.isoformat(),
                "purpose": one.purpose,
                "topic": one.topic or "",
                "sent": one.sent,
            }
            for one in listed
        ]
    else:
        shown = [
            {
                "person": one.person.hex(),
                "allowed": one.allowed,
                "ground": one.code,
                "basis": basis_of(one),
                "at": listed[0].at.isoformat(),
                "consent": one.event.hex() if one.event else "",
            }
            for one in people
        ]
    if as_json:
        print_json(shown)
    elif shown:
        rows = [[escape(str(value)) for value in one.values()] for one in shown]
        console().print(table("", tuple(shown[0]), rows))
    return 0
