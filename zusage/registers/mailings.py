"""Mailings and audiences: who was included, on which ground, and who was not – by pseudonym, never by address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    delete,
    insert,
    select,
)

from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime
from zusage.mail import cancel_prefix
from zusage.registers.consents import Event

MAILINGS = Table(
    "mailing",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("purpose", String(80), nullable=False),
    Column("topic", String(80)),
    Column("sent", Boolean, nullable=False),
    Index("ix_mailing_at", "at"),
)
RECIPIENTS = Table(
    "mailing_recipient",
    metadata,
    Column("mailing", ForeignKey("mailing.id", ondelete="CASCADE"), primary_key=True),
    Column("person", LargeBinary(16), primary_key=True),
    Column("allowed", Boolean, nullable=False),
    #: the ground, or the reason of the refusal
    Column("code", String(40), nullable=False),
    #: the consent that permitted it
    Column("event", LargeBinary(16)),
)


@dataclass(frozen=True, slots=True)
class Mailing:
    """One mailing, or one audience (`sent` is then False)."""

    id: str
    at: datetime
    purpose: str
    topic: str | None
    sent: bool


@dataclass(frozen=True, slots=True)
class Included:
    """What was decided about one person."""

    person: bytes
    allowed: bool
    code: str
    event: bytes | None


def add_mailing(connection: Connection, made: Mailing, decided: Iterable[Included]) -> None:
    """Keep a mailing and its decisions, in the caller's transaction; a person who is listed twice once."""
    values = {"id": made.id, "at": made.at, "purpose": made.purpose, "topic": made.topic, "sent": made.sent}
    connection.execute(insert(MAILINGS).values(values))
    once = {one.person: one for one in decided}
    rows = [
        {
            "mailing": made.id,
            "person": one.person,
            "allowed": one.allowed,
            "code": one.code,
            "event": one.event,
        }
        for one in once.values()
    ]
    if rows:
        connection.execute(insert(RECIPIENTS), rows)


def mailings(connection: Connection, id: str | None = None) -> list[Mailing]:
    """All mailings, or the one called `id`, the newest first."""
    statement = select(MAILINGS).order_by(MAILINGS.c.at.desc(), MAILINGS.c.id)
    if id is not None:
        statement = statement.where(MAILINGS.c.id == id)
    return [Mailing(**row._mapping) for row in connection.execute(statement)]


def decided(connection: Connection, mailing: str) -> Sequence[Included]:
    """What was decided about each person of a mailing."""
    columns = (RECIPIENTS.c.person, RECIPIENTS.c.allowed, RECIPIENTS.c.code, RECIPIENTS.c.event)
    statement = select(*columns).where(RECIPIENTS.c.mailing == mailing).order_by(RECIPIENTS.c.person)
    return [
        Included(bytes(row.person), row.allowed, row.code, bytes(row.event) if row.event else None)
        for row in connection.execute(statement)
    ]


def mail_prefix(person: bytes, purpose: str = "") -> str:
    """How the outbox's keys of the mails to a person begin, of one purpose or of all."""
    return f"mailing/{person.hex()}/" + (f"{purpose}/" if purpose else "")


def stop_mails(connection: Connection, event: Event, now: datetime) -> None:
    """Take mails that wait for a person who just said no out of the outbox."""
    for name, yes in event.answers.items():
        if not yes and event.person is not None and "/" not in name:
            cancel_prefix(connection, mail_prefix(event.person, name), now)


def expire_mailings(connection: Connection, before: datetime) -> int:
    """Erase what was decided before an instant; returns how many mailings went."""
    old = select(MAILINGS.c.id).where(MAILINGS.c.at < before)
    connection.execute(delete(RECIPIENTS).where(RECIPIENTS.c.mailing.in_(old)))
    return connection.execute(delete(MAILINGS).where(MAILINGS.c.at < before)).rowcount
