"""Informations to persons at an event (Art. 13(3), 14): of which, since when due, told when – before what depends on it.

Persons and cases stand under keyed pseudonyms; what was said lies in the outbox and goes from there some days after sending.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Column, Connection, Index, String, Table, insert, select, update

from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime

INFORMATIONS = Table(
    "information",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(80), nullable=False),
    #: keyed pseudonyms (`informations`) of the person and of the case
    Column("subject", String(80), nullable=False),
    Column("case_key", String(80), nullable=False),
    Column("arisen_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("told_at", UtcDateTime),
    #: digest of the words that were told
    Column("words", String(16)),
    Index("ix_information_subject", "subject"),
)


@dataclass(frozen=True, slots=True)
class Informing:
    """One information that is owed, or was given."""

    id: str
    name: str
    subject: str
    case_key: str
    arisen_at: datetime
    due_at: datetime
    told_at: datetime | None = None
    words: str | None = None


def add_information(connection: Connection, made: Informing) -> None:
    """Put it on file, in the caller's transaction."""
    connection.execute(
        insert(INFORMATIONS).values(**{one.name: getattr(made, one.name) for one in fields(made)})
    )


def informations_of(connection: Connection, subject: str) -> list[Informing]:
    """What a person is owed or was told, the oldest first."""
    statement = select(INFORMATIONS).where(INFORMATIONS.c.subject == subject)
    return [
        Informing(**row._mapping) for row in connection.execute(statement.order_by(INFORMATIONS.c.arisen_at))
    ]


def owed(connection: Connection) -> list[Informing]:
    """What was not told yet, the first due first."""
    statement = select(INFORMATIONS).where(INFORMATIONS.c.told_at.is_(None)).order_by(INFORMATIONS.c.due_at)
    return [Informing(**row._mapping) for row in connection.execute(statement)]


def mark_told(connection: Connection, id: str, words: str, at: datetime) -> None:
    """The person was told, in these words."""
    connection.execute(update(INFORMATIONS).where(INFORMATIONS.c.id == id).values(told_at=at, words=words))
