"""`zusage ground`: on which legal basis a single case, or a step of it, is processed."""

from __future__ import annotations

from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import (
    console,
    json_option,
    language_option,
    person_option,
    print_json,
    table,
    workspace_option,
)
from zusage.keepers.grounds import RELATIONS, Case, file_ground
from zusage.keepers.grounds.filing import key_of
from zusage.law.citations import Citation
from zusage.registers.grounds import grounds_of
from zusage.text import Language
from zusage.workspace import open_workspace


@click.group()
def ground() -> None:
    """The legal basis of single cases: each case, or step of it, bears exactly one that carries it."""


@ground.command("file")
@click.argument("activity")
@click.argument("number")
@workspace_option
@click.option(
    "--basis", "bases", multiple=True, help="The basis claimed, such as 'gdpr:6(1)(b)'; exactly one."
)
@click.option(
    "--relation",
    type=click.Choice(list(RELATIONS)),
    default="other",
    show_default=True,
    help="How the person stands to the controller.",
)
@click.option("--step", default="", help="The step of the case: the id of the activity's purpose, or a name.")
@click.option("--contract", default="", help="The contract that the case is about.")
@click.option(
    "--subject", metavar="KIND:VALUE", help="The person, such as email:ada@example.net; for consents."
)
@person_option("Who files it")
@json_option
@language_option
def file(
    activity: str,
    number: str,
    folder: Path,
    bases: tuple[str, ...],
    relation: str,
    step: str,
    contract: str,
    subject: str | None,
    person: str,
    as_json: bool,
    language: Language,
) -> int:
    """File the basis of case NUMBER of ACTIVITY; exit code 1 where it does not carry the case."""
    kind, _, value = (subject or "").partition(":")
    if subject and not value:
        raise click.BadParameter("expected KIND:VALUE", param_hint="--subject")
    case = Case(activity, number, bases, relation, step, contract, (kind, value) if subject else None)
    workspace = open_workspace(folder)
    against = file_ground(workspace.context, case, person, clock.now())
    if as_json:
        found = [
            {"code": one.code, "text": one.text.as_json(), "instead": list(one.instead)} for one in against
        ]
        print_json({"filed": not against, "refusals": found})
    else:
        for one in against:
            ways = ", ".join(Citation.parse_id(each).text(language) for each in one.instead)
            console().print(f"[red]{one.code}[/] {one.text.says(language)}" + (f" → {ways}" if ways else ""))
        if not against:
            console().print("[green]filed[/]")
    return 1 if against else 0


@ground.command("show")
@click.argument("number")
@workspace_option
@json_option
@language_option
def show(number: str, folder: Path, as_json: bool, language: Language) -> int:
    """The basis of case NUMBER, step by step, with its date."""
    workspace = open_workspace(folder)
    with workspace.state.connect() as connection:
        listed = grounds_of(connection, key_of(workspace.context, number))
    if as_json:
        print_json(listed)
        return 0
    rows = [
        (
            one.activity,
            one.step or "–",
            Citation.parse_id(one.basis).text(language),
            f"{one.consented_at or one.at:%Y-%m-%d}",
        )
        for one in listed
    ]
    console().print(table("", ("activity", "step", "basis", "since"), rows))
    return 0
