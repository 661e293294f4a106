"""`zusage mail`: what came back."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import click

from zusage.cli.output import json_option, print_json, workspace_option
from zusage.mail.bounces import mark_bounce, read_bounce
from zusage.workspace import open_workspace


@click.group("mail")
def mail() -> None:
    """Mails that Zusage sent: what came back."""


@mail.command("bounce")
@workspace_option
@json_option
@click.argument("messages", nargs=-1, required=True, type=click.File("rb"))
def bounce(folder: Path, as_json: bool, messages: tuple[BinaryIO, ...]) -> int:
    """Read returned MESSAGES (raw; `-` for standard input, as a mail server pipes them) and mark the mails they are about.

    A mail that came back counts as not sent: a step that waits for it goes on waiting, and its promise shows it. What is
    no final failure of one of our mails changes nothing.
    """
    state, read, marked = open_workspace(folder).state, 0, 0
    for one in messages:
        found = read_bounce(one.read())
        read += found is not None
        if found is not None:
            with state.begin() as connection:
                marked += mark_bounce(connection, found)
    if as_json:
        print_json({"messages": len(messages), "bounces": read, "marked": marked})
    else:
        click.echo(
            f"{len(messages)} messages read, {read} of them bounces, {marked} of our mails marked as come back"
        )
    return 0
