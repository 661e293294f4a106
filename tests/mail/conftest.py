"""An outbox on each database that may hold our state."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from zusage.database import create_engine
from zusage.database.migrations import migrate
from zusage.mail import Message, Sender

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
US = Sender("datenschutz@muster.example", "Muster GmbH, Datenschutz")


@pytest.fixture
def engine(state_url: str) -> Engine:
    """An empty state database on SQLite, then on PostgreSQL."""
    made = create_engine(state_url)
    migrate(made)
    return made


def letter(recipient: str = "kanaria@voliere.example", **changes: object) -> Message:
    """A message with everything that is required."""
    values: dict[str, object] = {
        "recipient": recipient,
        "subject": "Löschung Ihrer Bewerbung",
        "text": "Guten Tag,\n\nin 14 Tagen löschen wir Ihre Bewerbung.\n",
        "template": "notice/erasure-due",
        "reference": "retention/applications/17",
        **changes,
    }
    return Message(**values)  # type: ignore[arg-type]
