"""Attestations: a person vouches for an organisational promise, with a document, until a date.

The row holds the person's name and the file's name and is erased when it is no longer needed; the ledger keeps the
digest of the document and a pseudonym of the person.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Column, Connection, Index, String, Table, insert, select

from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime

attestation = Table(
    "attestation",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("promise", String(200), nullable=False),
    #: digest of what was promised when it was attested; an attestation holds for this wording only
    Column("version", String(16), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("valid_until", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("person", String(200), nullable=False),
    Column("role", String(80), nullable=False),
    Column("document_name", String(255)),
    Column("document_sha256", String(64)),
    Index("ix_attestation_promise_made_at", "promise", "made_at"),
)


@dataclass(frozen=True, slots=True)
class Attestation:
    """One attestation as it is on file."""

    id: str
    promise: str
    version: str
    made_at: datetime
    valid_until: datetime
    withdrawn_at: datetime | None
    person: str
    role: str
    document_name: str | None
    document_sha256: str | None


_FIELDS = tuple(field.name for field in fields(Attestation))


def file_attestation(connection: Connection, made: Attestation) -> None:
    """Put an attestation on file, in the caller's transaction."""
    connection.execute(insert(attestation).values(**{name: getattr(made, name) for name in _FIELDS}))


def withdraw_attestation(connection: Connection, promise: str, at: datetime) -> int:
    """Withdraw all attestations of `promise` that are in force; returns how many."""
    statement = (
        attestation.update()
        .where(
            attestation.c.promise == promise,
            attestation.c.withdrawn_at.is_(None),
            attestation.c.valid_until > at,
        )
        .values(withdrawn_at=at)
    )
    return connection.execute(statement).rowcount


def attestations_of(connection: Connection, promise: str) -> list[Attestation]:
    """All attestations of a promise, the newest first."""
    statement = (
        select(attestation).where(attestation.c.promise == promise).order_by(attestation.c.made_at.desc())
    )
    return [Attestation(**row._mapping) for row in connection.execute(statement)]


def newest_attestations(connection: Connection) -> dict[str, Attestation]:
    """The newest attestation of every promise that has one, in one look."""
    rows = connection.execute(select(attestation).order_by(attestation.c.made_at))
    return {row.promise: Attestation(**row._mapping) for row in rows}
