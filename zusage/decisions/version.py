"""The version of everything that decisions rest on: bumped in the transaction that changes it, compared by each decision.

A withdrawal, objection or restriction that was acknowledged is therefore obeyed by the next decision, wherever it is made.
"""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import Column, Connection, Engine, Integer, Table, insert, select, update
from sqlalchemy.pool import PoolProxiedConnection

from zusage.database.schema import metadata

VERSION = Table(
    "decision_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
)
# written out once: it goes with every group of choices
_BUMP = update(VERSION).where(VERSION.c.id == 1).values(number=VERSION.c.number + 1)


def bump(connection: Connection) -> None:
    """Something changed that decisions rest on; in the caller's transaction."""
    if connection.execute(_BUMP).rowcount == 0:
        connection.execute(insert(VERSION).values(id=1, number=1))


def version(connection: Connection) -> int:
    """The present version; 0 before anything ever changed."""
    return connection.execute(select(VERSION.c.number).where(VERSION.c.id == 1)).scalar() or 0


class VersionReader:
    """Reads the version of one database again and again: on SQLite through one connection that is kept, which takes
    microseconds; elsewhere through the pool. Safe to use from several threads; `close` gives the connection back.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._kept: PoolProxiedConnection | None = None
        self._cursor: Any = None

    def __call__(self) -> int:
        """The present version."""
        if self._engine.dialect.name != "sqlite":
            with self._engine.connect() as connection:
                return version(connection)
        with self._lock:
            if self._kept is None:
                self._kept = self._engine.raw_connection()
                self._cursor = self._kept.cursor()
            self._cursor.execute("SELECT number FROM decision_version WHERE id = 1")
            # to the end: a statement that is not finished would hold on to an old state of the file
            rows = self._cursor.fetchall()
        return int(rows[0][0]) if rows else 0

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            kept, self._kept, self._cursor = self._kept, None, None
        if kept is not None:
            kept.close()
