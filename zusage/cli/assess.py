"""`zusage assess`: impact assessments (Art. 35) and balances of legitimate interests: list, file, sign, show."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import (
    coloured,
    console,
    escape,
    json_option,
    language_option,
    person_option,
    print_json,
    table,
    workspace_option,
)
from zusage.keepers.assessing.judging import standings
from zusage.keepers.assessing.service import BadAssessment, Filing, file_assessment, sign
from zusage.keepers.assessing.subjects import PARTS
from zusage.promises import ProofState
from zusage.registers.assessments import Kind, Result, assessment_by, signatures
from zusage.text import Language
from zusage.workspace import open_workspace

_by = person_option("Who does this; a signature bears the name.", kept="")


@click.group("assess")
def assess() -> None:
    """Impact assessments (Art. 35 GDPR) and assessments of legitimate interests (Art. 6(1)(f)): list, file, sign, show."""


@assess.command("list")
@workspace_option
@json_option
@language_option
def listed(folder: Path, as_json: bool, language: Language) -> int:
    """Every activity with its threshold check, every legitimate interest, what is on file. Exit code 1 where one is broken."""
    workspace, now = open_workspace(folder), clock.now()
    with workspace.state.connect() as connection:
        found = standings(workspace.declaration, connection, now)
    if as_json:
        print_json([one.as_json() for one in found])
    else:
        rows = [
            (one.subject.kind, one.subject.id, coloured(one.state.value) if one.state else "–",
             escape(one.said.says(language)), f"{one.review_at:%Y-%m-%d}" if one.review_at else "")
            for one in found
        ]  # fmt: skip
        console().print(table("", ("kind", "subject", "state", "", "review"), rows))
    return int(any(one.state is ProofState.BROKEN for one in found))


@assess.command("file")
@workspace_option
@json_option
@click.argument("kind", type=click.Choice(list(PARTS)))
@click.argument("subject")
@click.option(
    "--part",
    "parts",
    multiple=True,
    metavar="NAME=TEXT",
    help="A part (repeatable): description, necessity, risks, measures; or interest, necessity, balance.",
)
@click.option(
    "--result",
    type=click.Choice(["acceptable", "consult", "refused"]),
    default="acceptable",
    show_default=True,
    help="`consult`: the authority is asked before (Art. 36); `refused`: it must not happen.",
)
@click.option(
    "--review", type=click.DateTime(["%Y-%m-%d"]), help="Looked at again on (default: as declared)."
)
@click.option(
    "--document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The whole assessment; its SHA-256 is recorded.",
)
@_by
def file(
    folder: Path, as_json: bool, kind: Kind, subject: str, parts: tuple[str, ...], result: Result,
    review: datetime | None, document: Path | None, person: str,
) -> int:  # fmt: skip
    """File an assessment of SUBJECT: an activity, or activity/purpose. It counts once it is signed."""
    content = dict(part.partition("=")[::2] for part in parts)
    if unknown := set(content) - set(PARTS[kind]):
        raise BadAssessment(
            f"an {kind} assessment has no part '{min(unknown)}'",
            hint=f"its parts are {', '.join(PARTS[kind])}",
        )
    written = (document.name, document.read_bytes()) if document else None
    wanted = Filing(kind, subject, result, content, review.replace(tzinfo=UTC) if review else None, written)
    made = file_assessment(open_workspace(folder).context, wanted, person, clock.now())
    if as_json:
        print_json({"id": made.id, "review_at": made.review_at, "document_sha256": made.document_sha256})
    else:
        click.echo(
            f"{made.id}: filed, to be reviewed on {made.review_at:%Y-%m-%d}; now `zusage assess sign {made.id}`"
        )
    return 0


@assess.command("sign")
@workspace_option
@click.argument("assessment")
@click.option("--role", type=click.Choice(["dpo", "management"]), required=True, help="In which role.")
@_by
def signed(folder: Path, assessment: str, role: str, person: str) -> int:
    """Sign an ASSESSMENT by its id."""
    sign(open_workspace(folder).context, assessment, role, person, clock.now())
    click.echo(f"{assessment}: signed ({role})")
    return 0


@assess.command("show")
@workspace_option
@json_option
@click.argument("assessment")
def shown(folder: Path, as_json: bool, assessment: str) -> int:
    """One ASSESSMENT with its parts and signatures."""
    with open_workspace(folder).state.connect() as connection:
        found, given = assessment_by(connection, assessment), signatures(connection).get(assessment, [])
    if found is None:
        raise BadAssessment(
            f"there is no assessment '{assessment}'", hint="`zusage assess list --json` names them"
        )
    if as_json:
        print_json({"assessment": found, "signatures": given})
        return 0
    click.echo(f"{found.kind} {found.subject}, {found.made_at:%Y-%m-%d}: {found.result}")
    for name, said in found.content.items():
        click.echo(f"\n{name}\n{said}")
    for one in given:
        click.echo(f"\n{one.signed_at:%Y-%m-%d} {one.person} ({one.role})")
    return 0
