"""Disclosures: to whom data went, of which activity and categories, when and on whose word (Art. 15(1)(c), 19).

The subject stands under a keyed pseudonym, so that recipients can be told of an erasure and a person can be told of
recipients; who the person is stands nowhere here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime

from sqlalchemy import Column, Connection, Index, String, Table, delete, insert, select

from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime

DISCLOSURES = Table(
    "disclosure",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("recipient", String(80), nullable=False),
    Column("activity", String(80), nullable=False),
    #: data categories, joined by blanks; empty for all of the activity
    Column("categories", String(400), nullable=False),
    Column("purpose", String(80), nullable=False),
    #: keyed pseudonym (`disclosures`) of the subject; none where the data were of many
    Column("subject", String(80)),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    #: who exactly, where the declared recipient is a category, and in which country
    Column("named", String(160)),
    Column("country", String(2)),
    Index("ix_disclosure_subject", "subject"),
    Index("ix_disclosure_recipient_at", "recipient", "at"),
)

#: whole calendar years that a disclosure stays on file after its own: as long as a claim about it lapses regularly
#: (sections 195 and 199 BGB), like the ledger's entries
KEEP_YEARS = 3


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One disclosure as it is on file."""

    id: str
    recipient: str
    activity: str
    categories: str
    purpose: str
    subject: str | None
    at: datetime
    actor: str
    named: str | None = None
    country: str | None = None


def add_disclosure(connection: Connection, made: Disclosure) -> None:
    """Put a disclosure on file, in the caller's transaction."""
    connection.execute(
        insert(DISCLOSURES).values(**{field.name: getattr(made, field.name) for field in fields(made)})
    )


def disclosures_of(connection: Connection, subject: str) -> list[Disclosure]:
    """Everything that was disclosed of a subject, the newest first."""
    statement = select(DISCLOSURES).where(DISCLOSURES.c.subject == subject).order_by(DISCLOSURES.c.at.desc())
    return [Disclosure(**row._mapping) for row in connection.execute(statement)]


def disclosures_to(
    connection: Connection, recipient: str, since: datetime, until: datetime
) -> list[Disclosure]:
    """Everything that went to a recipient from `since` to `until`, both included, the oldest first."""
    statement = select(DISCLOSURES).where(
        DISCLOSURES.c.recipient == recipient, DISCLOSURES.c.at.between(since, until)
    )
    return [Disclosure(**row._mapping) for row in connection.execute(statement.order_by(DISCLOSURES.c.at))]


def any_disclosures(connection: Connection) -> bool:
    """Whether the register holds anything, about anybody."""
    return connection.execute(select(DISCLOSURES.c.subject).limit(1)).first() is not None


def expire_disclosures(connection: Connection, now: datetime) -> int:
    """Erase what was disclosed so long ago that nobody can be asked about it any more; returns how many."""
    oldest = datetime(now.astimezone(UTC).year - KEEP_YEARS, 1, 1, tzinfo=UTC)
    return connection.execute(delete(DISCLOSURES).where(DISCLOSURES.c.at < oldest)).rowcount
