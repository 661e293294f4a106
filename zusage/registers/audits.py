"""Audit requests of customers (Art. 28(3)(h)): who asked when, what is due when, and what evidence was held for them.

A customer stands under its key in `parties.yaml`; what is listed names documents, digests and dates, never a data subject.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Date, Integer, String, Table, delete, insert, select, update

from zusage.database.schema import metadata
from zusage.database.types import JsonText, UtcDateTime

#: as long as claims of the contract may be raised (§ 195 BGB, from the end of the year)
KEEP_AUDITS = timedelta(days=4 * 366)
AUDITS = Table(
    "audit_request",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer", String(80), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("due", UtcDateTime, nullable=False),
    #: the published version of the measures in force on that day
    Column("measures_as_of", Date, nullable=False),
    Column("evidence", JsonText, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("answered_at", UtcDateTime),
)


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit request as it is on file; `evidence` in the order in which it is handed out."""

    id: int
    customer: str
    received_at: datetime
    due: datetime
    measures_as_of: date
    evidence: Sequence[Mapping[str, Any]]
    actor: str
    answered_at: datetime | None = None

    def late(self, now: datetime) -> bool:
        """Whether it was, or still is not, answered after its time."""
        return (self.answered_at or now) >= self.due


def add_audit(connection: Connection, made: Mapping[str, Any]) -> int:
    """Put a request on file, in the caller's transaction; returns its number."""
    return int(connection.execute(insert(AUDITS).values(made).returning(AUDITS.c.id)).scalar_one())


def audits(connection: Connection) -> list[Audit]:
    """All requests, the oldest first."""
    return [
        Audit(**row._mapping)
        for row in connection.execute(select(AUDITS).order_by(AUDITS.c.received_at, AUDITS.c.id))
    ]


def answered(connection: Connection, number: int, at: datetime) -> bool:
    """Record that the evidence was handed over; whether the request was open."""
    waiting = (AUDITS.c.id == number) & AUDITS.c.answered_at.is_(None)
    return connection.execute(update(AUDITS).where(waiting).values(answered_at=at)).rowcount == 1


def expire_audits(connection: Connection, before: datetime) -> int:
    """Erase requests that were answered before an instant; returns how many."""
    return connection.execute(delete(AUDITS).where(AUDITS.c.answered_at < before)).rowcount
