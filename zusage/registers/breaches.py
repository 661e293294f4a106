"""Breaches of personal data (Art. 33, 34): when one was noticed, what is known, who was told when. No name of a data subject."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, String, Table, Text, insert, select, update

from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime

BREACHES = Table(
    "breach",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("noticed_at", UtcDateTime, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("facts", Text, nullable=False),
    Column("categories", Text, nullable=False),
    Column("people", Integer),
    Column("measures", Text, nullable=False),
    Column("risk", String(10), nullable=False),
    Column("assessment", Text),
    Column("due", UtcDateTime, nullable=False),
    Column("authority", String(40)),
    Column("notified_at", UtcDateTime),
    Column("persons_told_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("actor", String(80), nullable=False),
    #: why the persons need not be told one by one (Art. 34(3))
    Column("withheld", String(12)),
    Column("withheld_reasons", Text),
)


@dataclass(frozen=True, slots=True)
class Breach:
    """One breach as it is on file. `risk` is `none`, `normal` or `high`."""

    id: str
    noticed_at: datetime
    opened_at: datetime
    facts: str
    categories: str
    people: int | None
    measures: str
    risk: str
    assessment: str | None
    due: datetime
    authority: str | None
    notified_at: datetime | None
    persons_told_at: datetime | None
    closed_at: datetime | None
    actor: str
    withheld: str | None
    withheld_reasons: str | None


def add_breach(connection: Connection, made: Breach) -> None:
    """Put a breach on file, in the caller's transaction."""
    connection.execute(
        insert(BREACHES).values(**{field.name: getattr(made, field.name) for field in fields(made)})
    )


def breaches(connection: Connection, **wanted: str) -> list[Breach]:
    """Breaches with these values, the newest first."""
    query = select(BREACHES).order_by(BREACHES.c.noticed_at.desc())
    query = query.where(*(BREACHES.c[name] == value for name, value in wanted.items()))
    return [Breach(**row._mapping) for row in connection.execute(query)]


def change_breach(connection: Connection, identifier: str, **changed: Any) -> None:
    """Change fields, in the caller's transaction."""
    connection.execute(update(BREACHES).where(BREACHES.c.id == identifier).values(**changed))
