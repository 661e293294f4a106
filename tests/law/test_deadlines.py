"""Time limits by id."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from zusage.law.deadlines import all_limits, limit
from zusage.law.facts import LawError

BERLIN = ZoneInfo("Europe/Berlin")


def due_day(limit_id: str, event: datetime, land: str | None = None) -> date:
    return limit(limit_id).due(event, land).astimezone(BERLIN).date()


def test_a_request_is_answered_within_a_month() -> None:
    assert due_day("dl-12-3", datetime(2026, 3, 5, 9, tzinfo=BERLIN)) == date(
        2026, 4, 7
    )  # 5 April: Easter Sunday
    assert due_day("dl-12-3", datetime(2026, 1, 31, 23, 59, tzinfo=BERLIN)) == date(2026, 3, 2)
    assert due_day("dl-12-3", datetime(2026, 7, 15, tzinfo=BERLIN)) == date(2026, 8, 17)
    assert due_day("dl-12-3", datetime(2026, 5, 4, tzinfo=BERLIN)) == date(2026, 6, 4)
    assert due_day("dl-12-3", datetime(2026, 5, 4, tzinfo=BERLIN), "BY") == date(2026, 6, 5)


def test_it_is_due_with_the_last_instant_of_the_day() -> None:
    due = limit("dl-12-3").due(datetime(2026, 3, 10, 9, tzinfo=BERLIN))
    assert due == datetime(2026, 4, 10, 23, 59, 59, 999999, tzinfo=BERLIN)
    assert due.tzinfo is UTC


def test_a_prolonged_answer_is_due_three_months_from_receipt() -> None:
    received = datetime(2026, 9, 10, 12, tzinfo=BERLIN)
    assert due_day("dl-12-3", received) == date(2026, 10, 12)
    assert limit("dl-12-3").due_extended(received).astimezone(BERLIN).date() == date(2026, 12, 10)
    assert due_day("dl-12-3-ext", received) == date(2026, 12, 10)


def test_a_refusal_is_never_prolonged() -> None:
    received = datetime(2026, 9, 10, 12, tzinfo=BERLIN)
    assert limit("dl-12-4").due_extended(received) == limit("dl-12-4").due(received)


def test_a_breach_is_notified_within_72_hours_through_the_weekend() -> None:
    aware = datetime(2026, 11, 20, 16, 30, tzinfo=BERLIN)
    assert limit("dl-33-1").due(aware) == datetime(2026, 11, 23, 16, 30, tzinfo=BERLIN)


def test_where_the_law_names_no_number_it_is_due_at_once() -> None:
    event = datetime(2026, 11, 20, 16, 30, tzinfo=BERLIN)
    for limit_id in ("dl-7-3", "dl-21-3", "dl-34", "dl-33-2"):
        assert limit(limit_id).within is None
        assert limit(limit_id).due(event) == event
        assert limit(limit_id).due_extended(event) == event


def test_prior_consultation_and_its_extension() -> None:
    asked = datetime(2026, 3, 3, 12, tzinfo=BERLIN)
    assert due_day("dl-36-2", asked) == date(2026, 4, 28)
    assert limit("dl-36-2").due_extended(asked).astimezone(BERLIN).date() == date(2026, 6, 9)


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(LawError) as refused:
        limit("dl-12-33")
    assert "dl-12-3" in (refused.value.hint or "")


def test_every_limit_says_what_and_from_when() -> None:
    for item in all_limits().values():
        assert item.what.de
        assert item.what.en
        assert item.event.de
        assert item.event.en
        assert item.citation.law in ("gdpr", "bdsg")
