"""`zusage status` and `zusage prove`."""

from __future__ import annotations

from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import (
    coloured,
    console,
    escape,
    json_option,
    language_option,
    print_json,
    table,
    workspace_option,
)
from zusage.evidence.looking import Look, look
from zusage.evidence.pulse import Pulse, pulse
from zusage.registers.slips import slip_findings, slips
from zusage.text import Language
from zusage.workspace import open_workspace


@click.command("status")
@workspace_option
@json_option
@language_option
@click.option(
    "--only",
    type=click.Choice(["broken", "due", "unbound", "kept"]),
    multiple=True,
    help="Only these states.",
)
def status(folder: Path, as_json: bool, language: Language, only: tuple[str, ...]) -> int:
    """Every promise and its proof, looked at afresh.

    Exit code 1 where a promise is broken or the worker is dead while work is due, 3 where a store cannot be reached.
    """
    now = clock.now()
    workspace = open_workspace(folder)
    seen = look(workspace, now)
    beat = pulse(workspace, now)
    with workspace.state.connect() as connection:
        slipped = slip_findings(slips(connection))
    if as_json:
        from zusage.evidence.report import as_record

        rows = [as_record(*row) for row in seen.rows()]
        findings = [one.as_json() for one in slipped]
        print_json(
            {"at": now, "counts": seen.counts(), "worker": beat, "promises": rows, "findings": findings}
        )
    else:
        print_look(seen, language, only)
        for one in slipped:
            console().print(f"[yellow]browser[/]: {escape(one.message.says(language))}")
        print_pulse(beat)
    return seen.exit_code or int(beat.dead)


def print_look(seen: Look, language: Language, only: tuple[str, ...] = ()) -> None:
    """The table of promises, worst first, and the counts."""
    rows = []
    for promise, proof in seen.rows():
        state = proof.state.value if proof else "unreachable"
        if only and state not in only:
            continue
        found = proof.text.says(language) if proof else seen.unreachable[promise.id]
        if proof and proof.oldest:
            found += (
                f"; oldest {proof.oldest:%Y-%m-%d}"
                if language == "en"
                else f"; ältester {proof.oldest:%d.%m.%Y}"
            )
        basis = proof.basis.value if proof else ""
        rows.append(
            (
                coloured(state),
                escape(promise.text.says(language)),
                basis,
                escape(found),
                f"[dim]{promise.id}[/]",
            )
        )
    out = console()
    out.print(table("", ("state", "promise", "basis", "seen", "id"), rows))
    out.print(" · ".join(f"{count} {coloured(state)}" for state, count in seen.counts().items() if count))


def print_pulse(beat: Pulse) -> None:
    """Whether the worker is alive, in one line."""
    said = "never" if beat.last_tick is None else f"{beat.last_tick:%Y-%m-%d %H:%M} UTC"
    waiting = f"{beat.overdue} items overdue" if beat.overdue else "nothing overdue"
    word = "[bold red]dead[/] – start `zusage worker`" if beat.dead else "fine"
    console().print(f"worker: last tick {said}, {waiting}: {word}")


@click.command("prove")
@workspace_option
@json_option
@language_option
@click.option(
    "--format",
    "format",
    type=click.Choice(["html", "pdf", "md", "json"]),
    default="html",
    help="Of the report.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to (default: build by date).",
)
def prove(folder: Path, as_json: bool, language: Language, format: str, output: Path | None) -> int:
    """The evidence report about every promise, signed with the workspace's key.

    Beside the report stands FILE.sig (Ed25519 over the report's bytes); the ledger's checkpoint is in its foot.
    """
    from zusage.evidence.signing import write_report

    now = clock.now()
    workspace = open_workspace(folder)
    seen = look(workspace, now)
    written = write_report(workspace, seen, language, format, output)
    if as_json:
        print_json(
            {
                "report": written.report,
                "signature": written.signature,
                "sha256": written.sha256,
                "counts": seen.counts(),
            }
        )
    else:
        out = console()
        out.print(" · ".join(f"{count} {coloured(state)}" for state, count in seen.counts().items() if count))
        out.print(f"report    {written.report}\nsignature {written.signature}\nsha256    {written.sha256}")
    return seen.exit_code
