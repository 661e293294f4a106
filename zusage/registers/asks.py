"""Questions for a consent that were sent by mail and wait: entered when, for what, until when; what became of them.

The address stands here only while the question waits. Once it is answered or over, it is erased in the same statement; what
stays is what proves the consent: both times, the words, the way, the id of the event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    insert,
    select,
    update,
)

from zusage.database.dialects import in_parts
from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime

ASKS = Table(
    "consent_ask",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("purpose", String(80), nullable=False),
    #: what a yes agrees to, as `consent_event.answers`
    Column("names", String(400), nullable=False),
    Column("state", String(10), nullable=False),
    Column("language", String(2), nullable=False),
    Column("way", SmallInteger, nullable=False),
    Column("text", LargeBinary(16), nullable=False),
    #: whose consent it is, as a pseudonym; and the address that the question went to
    Column("person", LargeBinary(16)),
    Column("suppression", String(80)),
    Column("asked", String(320)),
    Column("token_hash", String(64)),
    #: what the application calls the case
    Column("reference", String(80)),
    Column("until", UtcDateTime),
    Column("entered_at", UtcDateTime, nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    #: the event that the answer became
    Column("event", LargeBinary(16)),
    Index("ix_consent_ask_token_hash", "token_hash"),
    Index("ix_consent_ask_person", "person"),
    Index("ix_consent_ask_event", "event"),
    Index("ix_consent_ask_state_due", "state", "due"),
)
#: what leads to a person, empty once a question has ended
PERSONAL = ("person", "suppression", "asked", "token_hash")


class Asked(StrEnum):
    """Where a question stands. `lapsed`: nobody answered in time, which is a no."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Ask:
    """One question."""

    id: str
    purpose: str
    names: str
    state: str
    language: str
    way: int
    text: bytes
    person: bytes | None
    suppression: str | None
    asked: str | None
    token_hash: str | None
    reference: str | None
    until: datetime | None
    entered_at: datetime
    due: datetime
    ended_at: datetime | None = None
    event: bytes | None = None


def add_ask(connection: Connection, made: Ask) -> None:
    """Put a question on file, in the caller's transaction."""
    connection.execute(insert(ASKS).values({field.name: getattr(made, field.name) for field in fields(made)}))


def ask_by(connection: Connection, **wanted: Any) -> Ask | None:
    """The newest question with these values (`id`, `token_hash`, `event`, `person` and `names` with `state`)."""
    found = select(ASKS).where(*(ASKS.c[name] == value for name, value in wanted.items()))
    row = connection.execute(found.order_by(ASKS.c.entered_at.desc()).limit(1)).first()
    return None if row is None else Ask(**row._mapping)


def end_ask(connection: Connection, id: str, state: Asked, now: datetime, event: bytes | None = None) -> bool:
    """Answer a pending question and erase who was asked; whether it was still pending."""
    waiting = (ASKS.c.id == id) & (ASKS.c.state == Asked.PENDING)
    values = {"state": state, "ended_at": now, "event": event} | dict.fromkeys(PERSONAL)
    return connection.execute(update(ASKS).where(waiting).values(values)).rowcount == 1


def pending_of(connection: Connection, persons: Iterable[bytes]) -> set[tuple[bytes, str]]:
    """(person, purpose) of the questions that wait for an answer of these persons; one statement for five hundred."""
    wanted, found = list(dict.fromkeys(persons)), set[tuple[bytes, str]]()
    for part in in_parts(wanted):
        pending = ASKS.c.person.in_(part) & (ASKS.c.state == Asked.PENDING)
        statement = select(ASKS.c.person, ASKS.c.purpose).where(pending)
        found.update((bytes(row.person), row.purpose) for row in connection.execute(statement))
    return found
