"""Whom a request was passed on to: customers (Art. 28) and recipients (Art. 19), each with its receipt."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, String, Table, select, update

from zusage.database.dialects import insert_ignoring
from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime

#: whom: a customer whose data we hold, or a recipient who got data from us
CUSTOMER, RECIPIENT = "customer", "recipient"
#: where it stands, in the words of OpenDSR as far as it has some
QUEUED, NO_KEY, SENT, TASK, COMPLETED = "pending", "no-key", "in-progress", "task", "completed"

NOTIFICATIONS = Table(
    "request_notification",
    metadata,
    Column("request", String(24), ForeignKey("request.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(10), primary_key=True),
    Column("party", String(80), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("queued_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("receipt_at", UtcDateTime),
    Column("receipt_hash", String(64)),
    Index("ix_request_notification_receipt_hash", "receipt_hash"),
    Index("ix_request_notification_state_due", "state", "due"),
)


@dataclass(frozen=True, slots=True)
class Notification:
    """One party that is told of a request."""

    request: str
    role: str
    party: str
    state: str
    due: datetime
    queued_at: datetime
    sent_at: datetime | None = None
    receipt_at: datetime | None = None
    receipt_hash: str | None = None


def add_notification(connection: Connection, made: Notification) -> None:
    """Put a notification on file; one that stands there already is left alone."""
    values = {field.name: getattr(made, field.name) for field in fields(made)}
    statement = insert_ignoring(connection, NOTIFICATIONS, "request", "role", "party")
    connection.execute(statement.values(**values))


def notification(connection: Connection, request: str, role: str, party: str) -> Notification | None:
    """One notification."""
    found = [
        one for one in notifications(connection, request=request) if (one.role, one.party) == (role, party)
    ]
    return found[0] if found else None


def notifications(connection: Connection, **wanted: str) -> list[Notification]:
    """Notifications with these values (`request`, `state`, `role`, `receipt_hash`), the oldest first."""
    statement = select(NOTIFICATIONS).order_by(NOTIFICATIONS.c.queued_at, NOTIFICATIONS.c.party)
    statement = statement.where(*(NOTIFICATIONS.c[name] == value for name, value in wanted.items()))
    return [Notification(**row._mapping) for row in connection.execute(statement)]


def change_notification(connection: Connection, one: Notification, **changed: Any) -> None:
    """Change fields of a notification, in the caller's transaction."""
    statement = update(NOTIFICATIONS).where(
        NOTIFICATIONS.c.request == one.request,
        NOTIFICATIONS.c.role == one.role,
        NOTIFICATIONS.c.party == one.party,
    )
    connection.execute(statement.values(**changed))
