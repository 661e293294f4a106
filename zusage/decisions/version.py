"""The version of everything that decisions rest on: bumped in the transaction that changes it, compared by each decision.

A withdrawal, objection or restriction that was acknowledged is therefore obeyed by the next decision, wherever it is made.
"""

from __future__ import annotations

from sqlalchemy import Column, Connection, Integer, Table, insert, select, update

from zusage.database.schema import metadata

VERSION = Table(
    "decision_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
)


def bump(connection: Connection) -> None:
    """Something changed that decisions rest on; in the caller's transaction."""
    if (
        connection.execute(
            update(VERSION).where(VERSION.c.id == 1).values(number=VERSION.c.number + 1)
        ).rowcount
        == 0
    ):
        connection.execute(insert(VERSION).values(id=1, number=1))


def version(connection: Connection) -> int:
    """The present version; 0 before anything ever changed."""
    return connection.execute(select(VERSION.c.number).where(VERSION.c.id == 1)).scalar() or 0
