"""`zusage migrate`, `backup`, `restore` and `keys`: the workspace's own database and keys."""

from __future__ import annotations

from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import console, json_option, print_json, table, workspace_option
from zusage.database.backup import backup as make_backup
from zusage.database.backup import restore as restore_backup
from zusage.database.migrations import migrate as bring_up_to_date
from zusage.keys import KeyRing
from zusage.workspace import read_settings, state_engine


@click.command("migrate")
@workspace_option
def migrate(folder: Path) -> int:
    """Bring the workspace's database up to date, in one transaction."""
    revision = bring_up_to_date(state_engine(folder, read_settings(folder)))
    click.echo(f"at revision {revision}")
    return 0


@click.command("backup")
@workspace_option
@json_option
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--recipient", "recipients", multiple=True, help="Encrypt with age to this public key (repeatable)."
)
def backup(folder: Path, as_json: bool, file: Path, recipients: tuple[str, ...]) -> int:
    """Write the workspace's database to FILE. Keys are not in it: keep them apart."""
    report = make_backup(
        state_engine(folder, read_settings(folder)), file, clock.now(), recipients=recipients
    )
    if as_json:
        print_json(report)
    else:
        how = "encrypted" if report.encrypted else "not encrypted: it holds personal data"
        click.echo(f"{report.rows} rows of {report.tables} tables written to {report.path} ({how})")
    return 0


@click.command("restore")
@workspace_option
@json_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--identity", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="age identity file."
)
def restore(folder: Path, as_json: bool, file: Path, identity: Path | None) -> int:
    """Restore FILE into the workspace's empty database. Then run `zusage request replay`."""
    report = restore_backup(state_engine(folder, read_settings(folder)), file, identity=identity)
    if as_json:
        print_json(report)
    else:
        click.echo(f"{report.rows} rows of {report.tables} tables restored; now run `zusage request replay`")
    return 0


@click.group("keys")
def keys() -> None:
    """Signing key and the independent keys of each purpose."""


@keys.command("list")
@workspace_option
@json_option
def list_keys(folder: Path, as_json: bool) -> int:
    """What keys there are; never a secret."""
    ring = KeyRing.open(folder / "keys")
    rows = ring.listed()
    if as_json:
        print_json([{"name": name, "state": state} for name, state in rows])
    else:
        console().print(table("", ("key", "state"), rows))
    return 0


@keys.command("rotate")
@workspace_option
def rotate(folder: Path) -> int:
    """A new signing key, endorsed by the old one; old public keys stay for verification."""
    click.echo(f"signing key is now {KeyRing.open(folder / 'keys').rotate(clock.now())}")
    return 0


@keys.command("destroy")
@workspace_option
@click.argument("purpose")
@click.option("--year", type=int, help="For purposes whose key changes with the year (`subjects`).")
@click.option("--yes", is_flag=True, help="Do not ask.")
def destroy(folder: Path, purpose: str, year: int | None, yes: bool) -> int:
    """Destroy a purpose's key for good: what was written under it stays anonymous."""
    if not yes:
        click.confirm(f"destroy the key of '{purpose}'{f' {year}' if year else ''} for good?", abort=True)
    there = KeyRing.open(folder / "keys").destroy(purpose, year, now=clock.now())
    click.echo("destroyed" if there else "there was no such key; it can never be made now")
    return 0


@keys.command("public")
@workspace_option
def public(folder: Path) -> int:
    """Where the public keys lie, for those who verify reports and the ledger."""
    ring = KeyRing.open(folder / "keys")
    for key_id in ring.public_keys():
        click.echo(f"{key_id}{' (current)' if key_id == ring.signing_key_id else ''}")
    return 0
