"""Announcements: what was told to whom before it happened – changes, security, a sale, a new sub-processor, a breach.

A person stands here under a keyed pseudonym; a customer under its key in `parties.yaml`. Whether the message arrived is what
the outbox knows of its key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, String, Table, insert, select, update
from sqlalchemy import Text as LongText

from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime
from zusage.mail import MailState
from zusage.mail.outbox import OUTBOX
from zusage.text import Text

ANNOUNCEMENTS = Table(
    "announcement",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("kind", String(20), nullable=False),
    #: the declared recipient that it is about
    Column("recipient", String(80)),
    Column("effective_at", UtcDateTime, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("text_de", LongText, nullable=False),
    Column("text_en", LongText, nullable=False),
    Index("ix_announcement_recipient", "recipient"),
)
ANNOUNCED = Table(
    "announced",
    metadata,
    Column("announcement", String(24), ForeignKey("announcement.id", ondelete="CASCADE"), primary_key=True),
    Column("party", String(80), primary_key=True),
    Column("mail", String(160), nullable=False),
    Column("objected_at", UtcDateTime),
)


@dataclass(frozen=True, slots=True)
class Announcement:
    """One announcement as it is on file."""

    id: str
    kind: str
    recipient: str | None
    effective_at: datetime
    made_at: datetime
    actor: str
    text_de: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Told:
    """One party of an announcement: the key of its message, and when it objected."""

    announcement: str
    party: str
    mail: str
    objected_at: datetime | None = None


def add_announcement(connection: Connection, made: Announcement, told: list[Told]) -> None:
    """Put an announcement and everybody who is told on file, in the caller's transaction."""
    connection.execute(insert(ANNOUNCEMENTS).values(**_values(made)))
    add_told(connection, told)


def add_told(connection: Connection, told: Sequence[Told]) -> None:
    """More parties of an announcement that is on file, in the caller's transaction."""
    if told:
        connection.execute(insert(ANNOUNCED), [_values(one) for one in told])


def _values(made: Any) -> dict[str, Any]:
    return {field.name: getattr(made, field.name) for field in fields(made)}


def announcements(connection: Connection, **wanted: str) -> list[Announcement]:
    """Announcements with these values (`id`, `kind`, `recipient`), the newest first."""
    query = select(ANNOUNCEMENTS).order_by(ANNOUNCEMENTS.c.made_at.desc())
    query = query.where(*(ANNOUNCEMENTS.c[name] == value for name, value in wanted.items()))
    return [Announcement(**row._mapping) for row in connection.execute(query)]


def told_of(connection: Connection, identifier: str) -> list[Told]:
    """Everybody who was told."""
    query = select(ANNOUNCED).where(ANNOUNCED.c.announcement == identifier).order_by(ANNOUNCED.c.party)
    return [Told(**row._mapping) for row in connection.execute(query)]


def object_to(connection: Connection, identifier: str, party: str, now: datetime) -> bool:
    """A party objects; whether it had been told."""
    mine = (ANNOUNCED.c.announcement == identifier) & (ANNOUNCED.c.party == party)
    return connection.execute(update(ANNOUNCED).where(mine).values(objected_at=now)).rowcount == 1


def standing_of(connection: Connection, made: Announcement) -> dict[str, Any]:
    """Who was told: counts by what became of the message, and party by party with the instant of sending."""
    query = (
        select(ANNOUNCED.c.party, ANNOUNCED.c.objected_at, OUTBOX.c.state, OUTBOX.c.ended_at)
        .select_from(ANNOUNCED.outerjoin(OUTBOX, OUTBOX.c.key == ANNOUNCED.c.mail))
        .where(ANNOUNCED.c.announcement == made.id)
        .order_by(ANNOUNCED.c.party)
    )
    parties = [
        {"party": one.party, "state": one.state or "expired",
         "sent_at": one.ended_at if one.state == MailState.SENT else None, "objected_at": one.objected_at}
        for one in connection.execute(query)
    ]  # fmt: skip
    arrived = sum(one["state"] == MailState.SENT.value for one in parties)
    return {"id": made.id, "kind": made.kind, "recipient": made.recipient, "effective_at": made.effective_at,
            "made_at": made.made_at, "told": len(parties), "arrived": arrived, "parties": parties}  # fmt: skip


def obstacles_to(
    connection: Connection, recipient: str, customer: str | None, now: datetime
) -> Sequence[tuple[str, Text]]:
    """What stands against using a recipient that is announced first: nobody told, somebody not reached, too early, objected."""
    found = announcements(connection, recipient=recipient)
    if not found:
        return [("unannounced", Text("Noch niemandem angekündigt.", "Announced to nobody yet."))]
    made, against = found[0], []
    standing = standing_of(connection, made)
    if standing["arrived"] < standing["told"]:
        missing = standing["told"] - standing["arrived"]
        text = Text(f"{missing} Ankündigungen kamen nicht an.", f"{missing} announcements did not arrive.")
        against.append(("unannounced", text))
    if now < made.effective_at:
        text = Text(f"Erst ab {made.effective_at:%d.%m.%Y}.", f"Only from {made.effective_at:%Y-%m-%d}.")
        against.append(("not-yet", text))
    objected = {one.party for one in told_of(connection, made.id) if one.objected_at is not None}
    if customer is not None and customer in objected:
        text = Text("Dieser Kunde hat widersprochen.", "This customer objected.")
        against.append(("objected", text))
    return against
