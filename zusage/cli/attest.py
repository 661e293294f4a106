"""`zusage attest`: vouch for an organisational promise, list what is on file, withdraw."""

from __future__ import annotations

from datetime import UTC, date, datetime
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
from zusage.declaration.loading import did_you_mean
from zusage.errors import ZusageError
from zusage.keepers.attestation import AttestationKeeper
from zusage.keepers.attestation.service import Vouching
from zusage.keepers.attestation.service import attest as file
from zusage.keepers.attestation.service import withdraw as take_back
from zusage.promises import Promise
from zusage.text import Language
from zusage.workspace import Workspace, open_workspace


def _promise(workspace: Workspace, wanted: str) -> Promise:
    """The promise called `wanted`, with or without the leading `attestation/`."""
    known = {promise.id: promise for promise in AttestationKeeper().promises(workspace.declaration)}
    promise = known.get(wanted) or known.get(f"attestation/{wanted}")
    if promise is None:
        raise ZusageError(
            f"no promise '{wanted}' can be attested",
            hint=did_you_mean(wanted, known) or "`zusage attest --list` shows them all",
        )
    return promise


@click.command("attest")
@workspace_option
@json_option
@language_option
@click.argument("promise", required=False)
@person_option("Name of the person who vouches.", kept="", required=False)
@click.option("--role", default="dpo", show_default=True, help="Role of that person.")
@click.option(
    "--document", type=click.Path(path_type=Path), help="The document it rests on; its SHA-256 is recorded."
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Valid until (default: as declared).")
@click.option("--withdraw", is_flag=True, help="Withdraw the attestation in force.")
@click.option("--list", "listing", is_flag=True, help="Show every promise that somebody must vouch for.")
def attest(
    folder: Path,
    as_json: bool,
    language: Language,
    promise: str | None,
    person: str | None,
    role: str,
    document: Path | None,
    until: datetime | None,
    withdraw: bool,
    listing: bool,
) -> int:
    """Vouch for PROMISE: file document hash, person and end; a reminder comes 30 days before it runs out."""
    now = clock.now()
    workspace = open_workspace(folder)
    if listing or promise is None:
        return _list(workspace, now, language, as_json)
    wanted = _promise(workspace, promise)
    if not person:
        raise click.UsageError("name the person who vouches: --by 'NAME'")
    if withdraw:
        count = take_back(workspace.context, wanted, person, now)
        click.echo(f"withdrawn: {count} attestation(s) of {wanted.id}")
        return 0
    end = datetime(until.year, until.month, until.day, tzinfo=UTC) if until else None
    made = file(workspace.context, wanted, Vouching(person, role, document, end), now)
    if as_json:
        print_json(
            {
                "promise": made.promise,
                "until": made.valid_until,
                "document_sha256": made.document_sha256,
                "id": made.id,
            }
        )
    else:
        console().print(f"{coloured('done')} {wanted.id} attested until {made.valid_until:%Y-%m-%d}")
    return 0


def _list(workspace: Workspace, now: datetime, language: Language, as_json: bool) -> int:
    keeper = AttestationKeeper()
    found = [
        (one, keeper.prove(workspace.context, one, now)) for one in keeper.promises(workspace.declaration)
    ]
    if as_json:
        print_json(
            [
                {"id": one.id, "text": one.text, "state": proof.state, "until": proof.until}
                for one, proof in found
            ]
        )
        return 0
    rows = [
        (coloured(proof.state.value), escape(one.text.says(language)), _day(proof.until), one.id)
        for one, proof in found
    ]
    console().print(table("", ("state", "promise", "until", "id"), rows))
    return 0


def _day(at: date | None) -> str:
    return f"{at:%Y-%m-%d}" if at else ""
