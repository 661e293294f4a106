"""A ledger on each database that may hold our state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from zusage.database import create_engine
from zusage.database.migrations import migrate
from zusage.keys import KeyRing
from zusage.ledger import Act, Ledger

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Book:
    """A ledger with its database and keys."""

    engine: Engine
    keys: KeyRing
    ledger: Ledger

    def fill(self, *batches: int) -> None:
        """Append and seal batches of so many entries, a day apart."""
        for day, count in enumerate(batches):
            at = NOW + timedelta(days=day)
            subject = self.keys.pseudonym("subjects", "somebody", 2026)
            with self.engine.begin() as connection:
                self.ledger.append_many(
                    connection,
                    [
                        Act("retention/erased", {"table": "t", "count": n}, at, subject, "worker")
                        for n in range(count)
                    ],
                )
            self.ledger.seal(self.engine, at)


@pytest.fixture
def book(state_url: str, tmp_path: Path) -> Book:
    """An empty ledger on SQLite, then on PostgreSQL."""
    return make_book(state_url, tmp_path)


@pytest.fixture
def sqlite_book(sqlite_url: str, tmp_path: Path) -> Book:
    """An empty ledger on SQLite."""
    return make_book(sqlite_url, tmp_path)


def make_book(url: str, folder: Path) -> Book:
    """An empty ledger."""
    engine = create_engine(url)
    migrate(engine)
    keys = KeyRing.create(folder / "keys")
    return Book(engine, keys, Ledger(keys, "example.org/ledger"))
