"""Where SQLite, PostgreSQL and MariaDB differ, in one place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sqlalchemy import Connection, Engine, Insert, Table, func, select, text
from sqlalchemy.dialects import sqlite

from zusage.database.types import mariadb_types
from zusage.errors import StoreUnreachable

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

ValueT = TypeVar("ValueT")
_AT_ONCE = 500
#: how long one waits for another who creates tables, in seconds
_CREATING_SECONDS = 60
Kind = Literal["sqlite", "postgresql", "mariadb"]


def kind(bind: Engine | Connection) -> Kind:
    """Which of the three kinds of database this is; MySQL counts as MariaDB."""
    name = bind.dialect.name
    if name in ("mysql", "mariadb"):
        return "mariadb"
    if name == "postgresql":
        return "postgresql"
    assert name == "sqlite", name
    return "sqlite"


# written out once: every step of the agenda asks
_NOW_SQLITE = text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
_NOW_MARIADB = text("SELECT UTC_TIMESTAMP(6)")
_NOW = select(func.clock_timestamp())


def database_now(connection: Connection) -> datetime:
    """The database's own clock, in UTC: what leases are measured by, for workers on several hosts."""
    which = kind(connection)
    if which == "sqlite":
        seen = connection.execute(_NOW_SQLITE).scalar_one()
        return datetime.fromisoformat(seen).replace(tzinfo=UTC)
    if which == "mariadb":
        instant: datetime = connection.execute(_NOW_MARIADB).scalar_one()
        return instant.replace(tzinfo=UTC)
    instant = connection.execute(_NOW).scalar_one()
    return instant.astimezone(UTC)


def insert_ignoring(connection: Connection, table: Table, *unique: str) -> Insert:
    """An INSERT that leaves an existing row with the same `unique` columns alone; `rowcount` says which it was."""
    which = kind(connection)
    if which == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=unique)
    if which == "postgresql":
        return _postgresql_insert(table).on_conflict_do_nothing(index_elements=unique)
    # IGNORE would also swallow broken foreign keys and too long values; setting a key to itself does not
    statement: Insert = mariadb_types().insert(table).on_duplicate_key_update({unique[0]: table.c[unique[0]]})
    return statement


def upsert(connection: Connection, table: Table, unique: tuple[str, ...], changed: tuple[str, ...]) -> Insert:
    """An INSERT that takes over the `changed` columns where a row with the same `unique` columns exists."""
    which = kind(connection)
    if which == "mariadb":
        other = mariadb_types().insert(table)
        found: Insert = other.on_duplicate_key_update({name: other.inserted[name] for name in changed})
        return found
    statement: Any = sqlite.insert(table) if which == "sqlite" else _postgresql_insert(table)
    result: Insert = statement.on_conflict_do_update(
        index_elements=unique, set_={name: statement.excluded[name] for name in changed}
    )
    return result


def _postgresql_insert(table: Table) -> postgresql.Insert:
    # loaded with its extra only: it brings in asyncio and a dozen drivers' modules, which a command on SQLite waits for
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def in_parts(values: Sequence[ValueT]) -> Iterator[Sequence[ValueT]]:
    """`values` in parts that one statement may name: every database limits how many values it takes at once."""
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def one_at_a_time(connection: Connection, name: str) -> None:
    """Holds the lock `name` until the transaction ends. On SQLite a writing transaction is alone already."""
    if kind(connection) == "postgresql":
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


@contextmanager
def creating_tables(connection: Connection) -> Iterator[None]:
    """Whoever looks for our tables in a bound database and creates what is missing does so alone.

    MariaDB commits with every CREATE TABLE, so its lock belongs to the session and not to the transaction.
    """
    if kind(connection) != "mariadb":
        one_at_a_time(connection, "zusage create tables")
        yield
        return
    name = func.concat("zusage create ", func.md5(func.database()))
    if connection.execute(select(func.get_lock(name, _CREATING_SECONDS))).scalar() != 1:
        raise StoreUnreachable("another process has been creating Zusage's tables there for a minute")
    try:
        yield
    finally:
        connection.execute(select(func.release_lock(name)))
