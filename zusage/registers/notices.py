"""Mails before a step: which row was told about which event, and when the mail went out.

Row keys only; address and text lie in the outbox and go from there some days after sending.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Index, Integer, String, Table, insert, select, update

from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime

notice = Table(
    "retention_notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("promise", String(200), nullable=False),
    Column("store", String(80), nullable=False),
    Column("target", String(128), nullable=False),
    Column("row_key", String(190), nullable=False),
    Column("event", String(190), nullable=False),
    #: the outbox's number; empty where there is no address to write to
    Column("mail", Integer),
    Column("queued_at", UtcDateTime, nullable=False),
    #: when the store was told that the mail went out
    Column("cleared_at", UtcDateTime),
    Index("ix_retention_notice_store_cleared_at", "store", "cleared_at"),
)


@dataclass(frozen=True, slots=True)
class Notice:
    """One row that was, or is to be, told."""

    promise: str
    store: str
    target: str
    row_key: str
    event: str
    mail: int | None
    queued_at: datetime
    id: int = 0


def remember_notices(connection: Connection, notices: list[Notice]) -> None:
    """Put notices on file, in the transaction that queued the mails."""
    if notices:
        rows = [
            {
                "promise": one.promise, "store": one.store, "target": one.target, "row_key": one.row_key,
                "event": one.event, "mail": one.mail, "queued_at": one.queued_at,
            }
            for one in notices
        ]  # fmt: skip
        connection.execute(insert(notice), rows)


def waiting_notices(connection: Connection, store: str) -> list[Notice]:
    """Notices whose mail the store does not know to have gone out yet."""
    query = select(notice).where(notice.c.store == store, notice.c.cleared_at.is_(None)).order_by(notice.c.id)
    return [
        Notice(row.promise, row.store, row.target, row.row_key, row.event, row.mail, row.queued_at, row.id)
        for row in connection.execute(query)
    ]


def cleared_with(connection: Connection, store: str, mails: list[int]) -> list[Notice]:
    """Notices that the store counts as told, by the numbers of their mails."""
    query = select(notice).where(
        notice.c.store == store, notice.c.cleared_at.is_not(None), notice.c.mail.in_(mails)
    )
    return [
        Notice(row.promise, row.store, row.target, row.row_key, row.event, row.mail, row.queued_at, row.id)
        for row in connection.execute(query)
    ]


def open_notices(connection: Connection, numbers: list[int]) -> None:
    """These were not told after all: their mail came back."""
    if numbers:
        connection.execute(update(notice).where(notice.c.id.in_(numbers)).values(cleared_at=None))


def clear_notices(connection: Connection, numbers: list[int], at: datetime) -> None:
    """The store knows of these."""
    if numbers:
        connection.execute(update(notice).where(notice.c.id.in_(numbers)).values(cleared_at=at))
