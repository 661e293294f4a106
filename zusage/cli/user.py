"""`zusage user`: accounts of the console."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select, update

from zusage import clock
from zusage.cli.output import console, json_option, print_json, table, workspace_option
from zusage.server.accounts import BadAccount, Role, account, create_account, new_totp_secret, revoke_sessions
from zusage.workspace import read_settings, state_engine


@click.group("user")
def user() -> None:
    """Accounts of the console: add, list, set up one-time codes, sign out, disable."""


@user.command("add")
@workspace_option
@click.argument("login")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), required=True, help="What it may see and do."
)
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    envvar="ZUSAGE_PASSWORD",
    help="Asked for if not given.",
)
def add(folder: Path, login: str, role: str, password: str) -> int:
    """Add an account. The password is asked for, or taken from ZUSAGE_PASSWORD."""
    with state_engine(folder, read_settings(folder)).begin() as connection:
        create_account(connection, login, password, Role(role), clock.now())
    click.echo(f"added {login} ({role})")
    return 0


@user.command("list")
@workspace_option
@json_option
def list_users(folder: Path, as_json: bool) -> int:
    """All accounts."""
    statement = select(
        account.c.login, account.c.role, account.c.disabled, account.c.totp_secret.is_not(None).label("totp")
    )
    with state_engine(folder, read_settings(folder)).connect() as connection:
        found = [dict(row) for row in connection.execute(statement.order_by(account.c.login)).mappings()]
    if as_json:
        print_json(found)
    else:
        rows = [
            (one["login"], one["role"], "disabled" if one["disabled"] else "", "yes" if one["totp"] else "no")
            for one in found
        ]
        console().print(table("", ("login", "role", "state", "one-time codes"), rows))
    return 0


@user.command("totp")
@workspace_option
@click.argument("login")
def totp(folder: Path, login: str) -> int:
    """Set up one-time codes; prints the secret for an authenticator application once."""
    secret = new_totp_secret()
    _change(folder, login, totp_secret=secret, totp_step=None)
    click.echo(f"otpauth://totp/Zusage:{login}?secret={secret}&issuer=Zusage")
    return 0


@user.command("disable")
@workspace_option
@click.argument("login")
def disable(folder: Path, login: str) -> int:
    """Disable an account and end its sessions at once."""
    _change(folder, login, disabled=True)
    click.echo(f"disabled {login}; its sessions are ended")
    return 0


@user.command("sign-out")
@workspace_option
@click.argument("login")
def sign_out(folder: Path, login: str) -> int:
    """End all sessions of an account at once; it may log in again."""
    _change(folder, login)
    click.echo(f"the sessions of {login} are ended")
    return 0


def _change(folder: Path, login: str, **values: object) -> None:
    with state_engine(folder, read_settings(folder)).begin() as connection:
        found = connection.execute(select(account.c.id).where(account.c.login == login.lower())).scalar()
        if found is None:
            raise BadAccount(f"there is no account '{login}'", hint="`zusage user list` shows them")
        if values:
            connection.execute(update(account).where(account.c.id == found).values(**values))
        revoke_sessions(connection, found)
