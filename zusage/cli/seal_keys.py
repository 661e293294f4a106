"""`zusage logs keys` and `zusage archive keys`: who holds which key."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zusage import clock
from zusage.cli.output import console, escape, json_option, print_json, table, workspace_option

if TYPE_CHECKING:
    from zusage.sealing.rooms import Room


def keys_group(which: Callable[[Any], Any], room_of: Callable[[Path, str | None], Room]) -> click.Group:
    """The commands for a kind of room; `which` is the option (parameter `which`) that names one where there are several."""

    @click.group("keys")
    def keys() -> None:
        """Who holds the key of which role. Private keys never come here."""

    @keys.command("add")
    @workspace_option
    @which
    @json_option
    @click.option("--role", required=True, help="Role that holds the key.")
    @click.option("--person", required=True, help="Who holds it; one person holds one role.")
    @click.option("--public", required=True, help="age1…")
    @click.option("--customer", help="For the customers' role: whose side.")
    def keys_add(
        folder: Path, which: str | None, as_json: bool, role: str, person: str, public: str, customer: str | None
    ) -> int:  # fmt: skip
        """Register a public key for what is sealed from now on."""
        from zusage.sealing.keyholders import NewHolder, add

        holder = add(room_of(folder, which), NewHolder(role, person, public, customer), clock.now())
        print_json(holder) if as_json else console().print(f"{escape(person)} holds the role {escape(role)}")
        return 0

    @keys.command("revoke")
    @workspace_option
    @which
    @click.argument("public")
    def keys_revoke(folder: Path, which: str | None, public: str) -> int:
        """Take a key out of use: openings refuse it, and nothing more is sealed to it."""
        from zusage.sealing.keyholders import revoke

        revoke(room_of(folder, which), public, clock.now())
        console().print("revoked")
        return 0

    @keys.command("list")
    @workspace_option
    @which
    @json_option
    def keys_list(folder: Path, which: str | None, as_json: bool) -> int:
        """Who holds which role."""
        _list(room_of(folder, which), as_json=as_json)
        return 0

    keys.add_command(keys_new)
    return keys


@click.command("new")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def keys_new(file: Path) -> int:
    """On the holder's own machine: make a key pair; FILE gets the private key, the public one is printed."""
    from zusage.sealing.shares import new_identity

    private, public = new_identity()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.UsageError(f"there is a file {file} already; keys are never overwritten") from None
    with os.fdopen(descriptor, "wb") as out:
        out.write(f"# public key: {public}\n{private}\n".encode())
    click.echo(public)
    return 0


def _list(room: Room, *, as_json: bool) -> None:
    from zusage.sealing.keyholders import listed

    with room.state.connect() as connection:
        found = listed(connection)
    if as_json:
        print_json(found)
        return
    rows = [
        (each.role, each.customer or "", escape(each.person), each.public, "in force" if each.in_force else "revoked")
        for each in found
    ]  # fmt: skip
    console().print(table("", ("role", "customer", "person", "public key", "state"), rows))
