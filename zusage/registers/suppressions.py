"""Whom must not be written to (again): objections by keyed hash, so that they survive the erasure of everything else.

A key tells nothing about the person without the key of the purpose `suppression`; with it, the same address is known again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Column, Connection, String, Table, delete, select

from zusage.database.dialects import insert_ignoring
from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime
from zusage.keys import KeyRing

#: what an objection is about; a purpose of the declaration, or all direct marketing
MARKETING = "direct-marketing"

#: scope of a key that stands beside a request, before the request's id
WAITS = "waits/"

SUPPRESSIONS = Table(
    "suppression",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("scope", String(80), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("request", String(24)),
)


def suppression_key(keys: KeyRing, identity_kind: str, identity: str) -> str:
    """The keyed hash under which an identity stands."""
    return keys.pseudonym("suppression", f"{identity_kind}:{identity}")


def suppress(
    connection: Connection, key: str, scope: str, since: datetime, request: str | None = None
) -> None:
    """Put a key on the list; one that stands there already keeps its date."""
    statement = insert_ignoring(connection, SUPPRESSIONS, "key", "scope")
    connection.execute(statement.values(key=key, scope=scope, since=since, request=request))


def suppressed(connection: Connection, key: str) -> dict[str, datetime]:
    """Scope → since when, for everything that stands against a key."""
    rows = connection.execute(
        select(SUPPRESSIONS.c.scope, SUPPRESSIONS.c.since).where(SUPPRESSIONS.c.key == key)
    )
    return {row.scope: row.since for row in rows}


def wait_for(connection: Connection, key: str, request: str, since: datetime) -> None:
    """Put a key beside a request that stops the use of data while it waits: another identity of the same person."""
    suppress(connection, key, f"{WAITS}{request}", since, request)


def waiting(stands: Mapping[str, datetime]) -> list[str]:
    """The ids of requests that stand beside a key, from what `suppressed` found."""
    return [scope.removeprefix(WAITS) for scope in stands if scope.startswith(WAITS)]


def end_waiting(connection: Connection, request: str) -> int:
    """The request is closed: its keys go; returns how many."""
    mine = (SUPPRESSIONS.c.request == request) & (SUPPRESSIONS.c.scope == f"{WAITS}{request}")
    return connection.execute(delete(SUPPRESSIONS).where(mine)).rowcount


def release(connection: Connection, key: str, scope: str) -> int:
    """Take an objection back, on the person's own wish; returns whether there was one (0 or 1)."""
    statement = delete(SUPPRESSIONS).where(SUPPRESSIONS.c.key == key, SUPPRESSIONS.c.scope == scope)
    return connection.execute(statement).rowcount
