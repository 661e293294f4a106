"""`zusage request receive`, `ask`, `confirm`, `verify`, `unlawful`, `acknowledge`: what comes in, and who it is from."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import json_option, print_json, workspace_option
from zusage.cli.request_finding import by_option, find_request
from zusage.keepers.rights.identity import ask as ask_one_question
from zusage.keepers.rights.identity import confirm as confirm_link
from zusage.keepers.rights.identity import doubt as raise_doubt
from zusage.keepers.rights.identity import prove_by_hand
from zusage.keepers.rights.inbox import Arrived
from zusage.keepers.rights.inbox import receive as take_in
from zusage.keepers.rights.lifecycle import acknowledge as confirm_receipt
from zusage.keepers.rights.lifecycle import find_unlawful
from zusage.workspace import open_workspace


@click.command("receive")
@workspace_option
@json_option
@click.argument("messages", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--maildir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take in what is new in this maildir, and move it to cur.",
)
def receive(folder: Path, as_json: bool, messages: tuple[Path, ...], maildir: Path | None) -> int:
    """Take in MESSAGES (raw mail, else standard input): requests become cases, returned mail is noticed, the rest is left."""
    context, now = open_workspace(folder).context, clock.now()
    found: list[Arrived] = []
    new = sorted((maildir / "new").iterdir()) if maildir is not None else []
    for path in (*messages, *new):
        found.append(take_in(context, path.read_bytes(), now))
        if path in new and maildir is not None:
            (maildir / "cur").mkdir(exist_ok=True)
            path.rename(maildir / "cur" / f"{path.name}:2,")
    if not messages and maildir is None:
        found.append(take_in(context, sys.stdin.buffer.read(), now))
    if as_json:
        print_json(
            [
                {"what": one.what, "reference": one.opened.request.reference if one.opened else None,
                 "kind": one.opened.request.kind.value if one.opened else None}
                for one in found
            ]
        )  # fmt: skip
    else:
        for one in found:
            click.echo(f"{one.what} {one.opened.request.reference if one.opened else ''}".rstrip())
    return 0


@click.command("ask")
@workspace_option
@click.argument("reference")
@click.option(
    "--question", required=True, help="On something only the person knows; never for a copy of an ID."
)
@by_option
def ask(folder: Path, reference: str, question: str, person: str) -> int:
    """Where it is doubtful who asks: mail one question on known data. `verify --proof knowledge` records a right answer."""
    workspace = open_workspace(folder)
    one = find_request(workspace, reference)
    ask_one_question(workspace.context, one.id, question, person, clock.now())
    click.echo(f"{one.reference}: asked; nothing is disclosed before the answer was looked at")
    return 0


# a token may begin with a hyphen
@click.command("confirm", context_settings={"ignore_unknown_options": True})
@workspace_option
@click.argument("token")
def confirm(folder: Path, token: str) -> int:
    """Confirm with the token of the mailed link."""
    one = confirm_link(open_workspace(folder).context, token, clock.now())
    click.echo(f"{one.reference} is confirmed")
    return 0


@click.command("verify")
@workspace_option
@click.argument("reference")
@click.option(
    "--proof", type=click.Choice(["document", "signature", "knowledge"]), required=True, help="What was seen."
)
@by_option
@click.option("--doubt", help="Instead: record a reasoned doubt (Art. 12(6)).")
def verify(folder: Path, reference: str, proof: str, person: str, doubt: str | None) -> int:
    """Record that a person's identity was checked by hand; the document itself is not kept."""
    workspace = open_workspace(folder)
    one = find_request(workspace, reference)
    if doubt:
        raise_doubt(workspace.context, one.id, doubt, person, clock.now())
    else:
        prove_by_hand(workspace.context, one.id, proof, person, clock.now())
    click.echo(f"{one.reference}: {'doubt recorded' if doubt else 'identity proven by ' + proof}")
    return 0


@click.command("unlawful")
@workspace_option
@click.argument("reference")
@click.option("--reason", required=True, help="Why there is no basis; stays in the request.")
@by_option
def unlawful(folder: Path, reference: str, reason: str, person: str) -> int:
    """Record that the data are processed without a basis: an erasure or restriction cannot be refused any more."""
    workspace = open_workspace(folder)
    one = find_unlawful(workspace.context, find_request(workspace, reference).id, reason, person, clock.now())
    click.echo(f"{one.reference}: no basis on file; it cannot be refused")
    return 0


@click.command("acknowledge")
@workspace_option
@click.argument("reference")
@click.option("--reason", required=True, help="Why the answer takes longer; the person is told.")
@by_option
def acknowledge(folder: Path, reference: str, reason: str, person: str) -> int:
    """Confirm receipt with the reason why more time is needed; stops no clock."""
    workspace = open_workspace(folder)
    one = confirm_receipt(
        workspace.context, find_request(workspace, reference).id, reason, person, clock.now()
    )
    click.echo(f"{one.reference}: receipt confirmed; due {one.due:%Y-%m-%d} as before")
    return 0
