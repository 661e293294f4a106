"""Accounts of the console: Argon2id passwords, TOTP, roles, sessions that can be revoked.

A session is a random token in a cookie; only its hash is stored. A role says what its holder may see and do.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime
from zusage.errors import ZusageError

SESSION_FOR = timedelta(hours=8)
#: what stands in place of a password where an identity provider vouches
_PROVIDED = "provider:"
_STEP = 30  # seconds, RFC 6238

account = Table(
    "account",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("login", String(120), nullable=False, unique=True),
    Column("password", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("totp_secret", String(64)),
    #: the newest TOTP step that was accepted: a code counts once
    Column("totp_step", String(20)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled", Boolean, nullable=False, default=False),
)
session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account", String(32), ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_session_account", "account"),
    Index("ix_session_expires_at", "expires_at"),
)


class Role(StrEnum):
    """Who works in the console. An auditor reads and changes nothing; a clerk sees assigned requests only."""

    DPO = "dpo"
    MANAGEMENT = "management"
    CLERK = "clerk"
    AUDITOR = "auditor"


class BadAccount(ZusageError):
    """An account that cannot be made or changed as asked; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who is logged in: the account, its role, and the session's CSRF token."""

    account: str
    login: str
    role: Role
    csrf: str


def hash_password(password: str) -> str:
    """Argon2id in PHC form (RFC 9106, second recommendation: 64 MiB, 3 passes)."""
    kdf = Argon2id(salt=secrets.token_bytes(16), length=32, iterations=3, lanes=4, memory_cost=64 * 1024)
    return kdf.derive_phc_encoded(password.encode())


def password_matches(password: str, stored: str) -> bool:
    """Whether `password` is the one that was hashed."""
    try:
        Argon2id.verify_phc_encoded(password.encode(), stored)
    except (InvalidKey, ValueError):
        return False
    return True


def create_account(connection: Connection, login: str, password: str, role: Role, now: datetime) -> str:
    """Make an account; returns its id. Raises `BadAccount` for a short password or a login that is taken."""
    login = login.strip().lower()
    if len(password) < 12:
        raise BadAccount("a password needs at least 12 characters", hint="three or four words do well")
    if connection.execute(select(account.c.id).where(account.c.login == login)).first():
        raise BadAccount(f"the login '{login}' is taken")
    made = secrets.token_hex(8)
    values = {
        "id": made,
        "login": login,
        "password": hash_password(password),
        "role": role.value,
        "created_at": now,
    }
    connection.execute(insert(account).values(disabled=False, **values))
    return made


def provided_account(
    connection: Connection, provider: str, subject: str, login: str, role: Role, now: datetime
) -> str:
    """The account of somebody whom an identity provider knows as `subject`; made at the first login, its role as said now.

    It has no password. A login that a local account bears is never taken over. Raises `BadAccount` for that, and for an
    account that was disabled.
    """
    marker = f"{_PROVIDED}{hashlib.sha256(f'{provider} {subject}'.encode()).hexdigest()}"
    found = connection.execute(
        select(account.c.id, account.c.disabled).where(account.c.password == marker)
    ).first()
    if found is not None:
        if found.disabled:
            raise BadAccount("this account is disabled")
        connection.execute(update(account).where(account.c.id == found.id).values(role=role.value))
        return str(found.id)
    name = login.strip().lower()[:120]
    if not name or connection.execute(select(account.c.id).where(account.c.login == name)).first():
        raise BadAccount("another account bears this login", hint="`zusage user list` shows them")
    made = secrets.token_hex(8)
    values = {"id": made, "login": name, "password": marker, "role": role.value, "created_at": now}
    connection.execute(insert(account).values(disabled=False, **values))
    return made


#: what a wrong login costs must not tell whether the account exists
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$bm9ib2R5LCBubyBzYWx0Lg$dGhlIGRpZ2VzdCBvZiBubyBwYXNzd29yZCBhdCBhbGw"


def log_in(engine: Engine, login: str, password: str, code: str, now: datetime) -> str | None:
    """A session token if login, password and – where set up – TOTP code are right, else None, in the same time."""
    with engine.begin() as connection:
        row = (
            connection.execute(select(account).where(account.c.login == login.strip().lower()))
            .mappings()
            .first()
        )
        local = row is not None and not row["password"].startswith(_PROVIDED)
        right = password_matches(password, row["password"] if row is not None and local else _NOBODY)
        if row is None or not local or not right or row["disabled"]:
            return None
        if row["totp_secret"]:
            step = matching_step(row["totp_secret"], code, now)
            if step is None or (row["totp_step"] and step <= int(row["totp_step"])):
                return None
            connection.execute(update(account).where(account.c.id == row["id"]).values(totp_step=str(step)))
        return open_session(connection, row["id"], now)


def open_session(connection: Connection, account_id: str, now: datetime) -> str:
    """A fresh session of an account, in the caller's transaction; returns its token. Sessions that ended go."""
    token = secrets.token_urlsafe(32)
    values = {"token_hash": token_hash(token), "account": account_id, "csrf": secrets.token_urlsafe(32)}
    connection.execute(insert(session).values(created_at=now, expires_at=now + SESSION_FOR, **values))
    connection.execute(delete(session).where(session.c.expires_at <= now))
    return token


def who(engine: Engine, token: str | None, now: datetime) -> Login | None:
    """Who holds this session token now."""
    if not token:
        return None
    statement = (
        select(account.c.id, account.c.login, account.c.role, session.c.csrf)
        .join(session, session.c.account == account.c.id)
        .where(
            session.c.token_hash == token_hash(token),
            session.c.expires_at > now,
            account.c.disabled.is_(False),
        )
    )
    with engine.connect() as connection:
        row = connection.execute(statement).first()
    return Login(row.id, row.login, Role(row.role), row.csrf) if row else None


def clerks(connection: Connection) -> list[tuple[str, str]]:
    """Accounts that requests may be assigned to: (id, login)."""
    statement = select(account.c.id, account.c.login).where(
        account.c.role == Role.CLERK.value, account.c.disabled.is_(False)
    )
    return [(row.id, row.login) for row in connection.execute(statement.order_by(account.c.login))]


def log_out(engine: Engine, token: str) -> None:
    """End one session."""
    with engine.begin() as connection:
        connection.execute(delete(session).where(session.c.token_hash == token_hash(token)))


def revoke_sessions(connection: Connection, account_id: str) -> int:
    """End every session of an account; returns how many there were."""
    return connection.execute(delete(session).where(session.c.account == account_id)).rowcount


def token_hash(token: str) -> str:
    """What is stored of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_totp_secret() -> str:
    """A secret for an authenticator application (RFC 6238, base32)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def totp(secret: str, step: int) -> str:
    """The six digits of one 30-second step (RFC 6238 over RFC 4226)."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The step for which `code` is right: the present one or a neighbour, for clocks that differ a little."""
    present = int(now.timestamp()) // _STEP
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(totp(secret, step), code.strip()):
            return step
    return None
