"""Options and steps that every opening of something sealed has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

import click

from zusage import clock
from zusage.cli.output import console, escape, person_option, print_json

if TYPE_CHECKING:
    from zusage.sealing.rooms import Room

by_option = person_option("Who does it")
identity_option = click.option(
    "--identity", type=click.File("r"), required=True, help="File with the private key (AGE-SECRET-KEY-1…)."
)


def approve_here(
    content: Mapping[str, Any],
    asked: Mapping[str, Any],
    width: int,
    role: str,
    identity: IO[str],
    *,
    yes: bool,
) -> int:
    """On the approver's machine: read out what a bundle asks (names in `width` columns), ask, print the approval as JSON."""
    from zusage.sealing.openings import approve

    for name, value in asked.items():
        click.echo(f"{name:<{width}}{value}", err=True)
    if not yes:
        click.confirm(f"Approve as {role}?", abort=True, err=True)
    print_json(approve(content, identity.read(), role).as_json())
    return 0


def file_approval(room: Room, file: IO[str]) -> int:
    """What an approver handed back goes on file."""
    from zusage.sealing.openings import Approval, accept

    content = Approval.read(json.load(file))
    accept(room, content, clock.now())
    console().print(f"approved as {escape(content.role)}")
    return 0
