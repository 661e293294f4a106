"""`zusage ledger verify|seal|export|show`."""

from __future__ import annotations

from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import console, json_option, language_option, print_json, table, workspace_option
from zusage.errors import ZusageError
from zusage.keys import load_public_key
from zusage.ledger import Verdict, VerificationReport, Wanted, verify
from zusage.ledger import export as export_ledger
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
    """
    outside = Path(checkpoint).read_text("utf-8") if checkpoint and Path(checkpoint).is_file() else checkpoint
    if file is not None and key is not None:
        report = verify(file, load_public_key(key), outside)
    elif file is not None:
        raise ZusageError("an exported ledger is verified against a public key", hint="--key FILE")
    else:
        context = open_workspace(folder).context
        report = verify(context.state, context.keys.public_keys().values(), outside)
    if as_json:
        print_json(report.as_json())
    else:
        _print(report, language)
    return int(report.verdict is Verdict.BROKEN)


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
