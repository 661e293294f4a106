"""`zusage ledger verify|seal|export|show`."""

from __future__ import annotations

from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import console, json_option, language_option, print_json, table, workspace_option
from zusage.errors import ZusageError
from zusage.keepers.consent.verifying import Altered, altered
from zusage.keys import load_public_key
from zusage.ledger import Verdict, VerificationReport, Wanted, verify
from zusage.ledger import export as export_ledger
from zusage.ledger.stamps import newest_request, newest_stamped, take_answer, write_stamp
from zusage.mail import Message, enqueue
from zusage.text import Language
from zusage.workspace import open_workspace


@click.group("ledger")
def ledger() -> None:
    """The record of every act: verify it offline, seal it, take it out, read it."""


@ledger.command("verify")
@workspace_option
@json_option
@language_option
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="An exported ledger."
)
@click.option(
    "--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A public key (with --file)."
)
@click.option("--checkpoint", help="A checkpoint kept elsewhere: a file, or 'SIZE sha256:ROOT'.")
def verify_command(
    folder: Path,
    as_json: bool,
    language: Language,
    file: Path | None,
    key: Path | None,
    checkpoint: str | None,
) -> int:
    """Verify stored bytes; names the first bad entry. Exit code 1 where something is bad.

    With a checkpoint from outside, truncation is found too; without one the answer is "consistent, not proven complete".
    In a workspace each consent on record is compared with its commitment in the ledger as well, and named if it was changed.
    """
    changed: list[Altered] = []
    outside = _note(Path(checkpoint)) if checkpoint and Path(checkpoint).is_file() else checkpoint
    if file is not None and key is not None:
        report = verify(file, load_public_key(key), outside)
    elif file is not None:
        raise ZusageError("an exported ledger is verified against a public key", hint="--key FILE")
    else:
        context = open_workspace(folder).context
        report = verify(context.state, context.keys.public_keys().values(), outside)
        with context.state.connect() as connection:
            changed = list(altered(connection))
    if as_json:
        print_json(report.as_json() | {"altered": [one.as_json() for one in changed]})
    else:
        _print(report, language)
        for one in changed:
            click.echo(one.says().says(language))
    return int(bool(changed) or report.verdict is Verdict.BROKEN)


def _note(file: Path) -> str:
    """The checkpoint in a file, without what a mail program put after it."""
    lines = file.read_text("utf-8").splitlines()
    signed = [number for number, line in enumerate(lines) if line.startswith("\N{EM DASH} ")]
    return "\n".join(lines[: signed[-1] + 1] if signed else lines) + "\n"


def _print(report: VerificationReport, language: Language) -> None:
    colour = {Verdict.PROVEN: "green", Verdict.CONSISTENT: "yellow", Verdict.BROKEN: "bold red"}[
        report.verdict
    ]
    console().print(f"[{colour}]{report.verdict.value}[/] {report.says().says(language)}")


@ledger.command("seal")
@workspace_option
@json_option
def seal(folder: Path, as_json: bool) -> int:
    """Seal what is not sealed yet and print the signed checkpoint."""
    context = open_workspace(folder).context
    made = context.ledger.seal(context.state, clock.now())
    if made is None:
        click.echo("{}" if as_json else "the ledger is empty")
    elif as_json:
        print_json({"size": made.size, "root": made.root.hex(), "batch": made.batch, "note": made.note})
    else:
        click.echo(made.note, nl=False)
    return 0


@ledger.command("stamp")
@workspace_option
@json_option
@click.option(
    "--request",
    "asked",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the newest checkpoint's request (DER) to this file; nothing is sent.",
)
@click.option(
    "--answer",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take in the authority's answer to that request.",
)
@click.option(
    "--export",
    "out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write checkpoint and answer to this folder, for `openssl ts -verify`.",
)
@click.option(
    "--batch", type=int, help="Which checkpoint (with --export); by default the newest that is stamped."
)
def stamp(folder: Path, as_json: bool, asked: Path | None, answer: Path | None, out: Path | None,
          batch: int | None) -> int:  # fmt: skip
    """A time stamp (RFC 3161) on the newest checkpoint. Zusage calls nobody: you carry the request to the authority.

    For example: curl -H 'Content-Type: application/timestamp-query' --data-binary @request.tsq URL > answer.tsr
    """
    if sum(one is not None for one in (asked, answer, out)) != 1:
        raise click.UsageError("say one of --request FILE, --answer FILE or --export FOLDER")
    context = open_workspace(folder).context
    if asked is not None:
        context.ledger.seal(context.state, clock.now())
        number, request = newest_request(context.state)
        asked.write_bytes(request)
        said: dict[str, object] = {"batch": number, "written": str(asked)}
    elif answer is not None:
        said = {"batch": take_answer(context.state, answer.read_bytes()), "stamped": True}
    else:
        assert out is not None
        out.mkdir(parents=True, exist_ok=True)
        with context.state.connect() as connection:
            number = batch if batch is not None else newest_stamped(connection)
            said = {"batch": number, "written": [str(one) for one in write_stamp(connection, number, out)]}
    if as_json:
        print_json(said)
    else:
        click.echo(", ".join(f"{name} {value}" for name, value in said.items()))
    return 0


@ledger.command("mail")
@workspace_option
@json_option
@click.option("--to", help="Who keeps it; by default the data protection officer.")
def mail(folder: Path, as_json: bool, to: str | None) -> int:
    """Seal, and mail the newest checkpoint out of the house: against it, truncation is found later."""
    now, workspace = clock.now(), open_workspace(folder)
    context = workspace.context
    made = context.ledger.seal(context.state, now)
    if made is None:
        raise ZusageError("the ledger is empty: there is no checkpoint to mail")
    officer = context.declaration.dpo
    address = to or (officer.email if officer else None)
    if not address:
        raise ZusageError(
            "nobody to mail the checkpoint to", hint="--to ADDRESS, or the officer's e-mail address"
        )
    subject = f"Prüfpunkt / checkpoint {made.size}"
    message = Message(
        address, subject, f"{made.note}\nzusage ledger verify --checkpoint FILE\n", "ledger/checkpoint"
    )
    with context.state.begin() as connection:
        enqueue(
            connection,
            message,
            sender=context.sender(),
            now=now,
            key=f"checkpoint/{made.batch}/{address}"[-160:],
        )
    if as_json:
        print_json({"batch": made.batch, "size": made.size})
    else:
        click.echo(f"the checkpoint of {made.size} entries goes out with the next delivery")
    return 0


@ledger.command("export")
@workspace_option
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(folder: Path, file: Path) -> int:
    """Write the ledger to FILE, for verification elsewhere with the public key alone."""
    context = open_workspace(folder).context
    context.ledger.seal(context.state, clock.now())
    count = export_ledger(context.state, file)
    click.echo(f"{count} entries written to {file}", err=True)
    return 0


@ledger.command("show")
@workspace_option
@json_option
@click.option("--kind", help="Only entries of this kind (`retention/…`).")
@click.option("--last", default=20, show_default=True, help="How many of the newest.")
def show(folder: Path, as_json: bool, kind: str | None, last: int) -> int:
    """The newest entries."""
    context = open_workspace(folder).context
    with context.state.connect() as connection:
        found = list(context.ledger.entries(connection, Wanted(kind=kind) if kind else Wanted()))[-last:]
    if as_json:
        print_json(found)
        return 0
    rows = [(f"{one.at:%Y-%m-%d %H:%M:%S}", one.kind, one.actor or "", str(dict(one.facts))) for one in found]
    console().print(table("", ("at", "kind", "actor", "facts"), rows))
    return 0
