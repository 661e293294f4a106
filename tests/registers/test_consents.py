"""Consents on file: the same choices from two servers at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.ledger.conftest import make_book
from zusage.registers.consents import EVENTS, Way, add_events, keep_text, new_event

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.postgres
def test_two_servers_that_take_the_same_choices_do_not_wait_for_each_other(
    postgres_url: str, tmp_path: Path
) -> None:
    """Each holds what the other needs where they insert in another order: the database would end one as a deadlock."""
    book = make_book(postgres_url, tmp_path)
    with book.engine.begin() as connection:
        words = keep_text(connection, b"words", "en", "7", NOW)
    events = [new_event(b"p" * 16, {"statistics": True}, words, Way.SELECTION, NOW) for _ in range(400)]
    errors, together = list[DBAPIError](), threading.Barrier(2, timeout=30)

    def take(order: int) -> None:
        together.wait()
        try:
            with book.engine.begin() as connection:
                add_events(connection, book.ledger, events[::order], NOW)
        except DBAPIError as error:
            errors.append(error)

    both = [threading.Thread(target=take, args=(order,)) for order in (1, -1)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert all(isinstance(error, IntegrityError) for error in errors), "seen as taken, by whoever came second"
    with book.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(EVENTS)).scalar_one() == 400
    book.engine.dispose()
