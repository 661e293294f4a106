"""A migrated state database on each of the two kinds, and a handler whose effects can be counted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from zusage.database import create_engine
from zusage.database.migrations import migrate

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def engine(state_url: str) -> Engine:
    """An empty state database on SQLite, then on PostgreSQL."""
    made = create_engine(state_url)
    migrate(made)
    return made
