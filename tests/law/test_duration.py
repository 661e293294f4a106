"""Durations are kept as they are written: nothing is converted, nothing is rounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.law.duration import Duration, DurationError

_amounts = st.integers(0, 300)
calendar_durations = st.builds(Duration, years=st.integers(0, 40), months=_amounts, days=_amounts)
week_durations = st.builds(Duration, weeks=st.integers(1, 300))
clock_durations = st.builds(Duration, hours=_amounts, minutes=_amounts, seconds=st.integers(0, 99_999))
mixed_durations = st.builds(Duration, years=st.integers(0, 9), months=_amounts, days=_amounts, hours=_amounts)
durations = st.one_of(calendar_durations, week_durations, clock_durations, mixed_durations)


@given(durations)
def test_printed_and_parsed_is_the_same(duration: Duration) -> None:
    assert Duration.parse(str(duration)) == duration


@pytest.mark.parametrize(
    "text", ["P6M", "P10Y", "P1Y6M", "P30D", "P2W", "PT72H", "PT24H", "P1DT12H", "PT1H30M", "P0D"]
)
def test_canonical_texts_stay(text: str) -> None:
    assert str(Duration.parse(text)) == text


def test_a_day_is_not_24_hours_and_a_month_not_30_days() -> None:
    assert Duration.parse("P1D") != Duration.parse("PT24H")
    assert Duration.parse("P1M") != Duration.parse("P30D")
    assert Duration.parse("P1Y") != Duration.parse("P12M")
    assert Duration.parse("P30D").text("de") == "30 Tage"
    assert Duration.parse("P7D").text("en") == "7 days"
    assert Duration.parse("PT24H").text("de") == "24 Stunden"


@pytest.mark.parametrize(
    "text",
    [
        "", "P", "PT", "P1YT", "P0.5Y", "P1,5M", "P-1D", "-P1D", "P1M1Y", "6M", "p6m", "P6m", "P1W3D", "P1S",
        "PT1D", "PT0S",
        " P6M", "P6M\n", "P6M ", "P٣M", "P1Y/P2Y", "P99999999D", "P1001Y", "P400000D", "6 months", "P1H",
    ],
)  # fmt: skip
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(DurationError) as refused:
        Duration.parse(text)
    assert refused.value.hint or "thousand years" in refused.value.message


def test_the_refusal_says_what_to_write() -> None:
    with pytest.raises(DurationError, match="whole numbers only"):
        Duration.parse("P0.5Y")
    with pytest.raises(DurationError, match="begins with P"):
        Duration.parse("30D")


@pytest.mark.parametrize(
    "parts", [{"days": -1}, {"weeks": 1, "days": 1}, {"years": 2000}, {"days": True}, {"months": 1.5}]
)
def test_impossible_parts_are_refused(parts: dict[str, int]) -> None:
    with pytest.raises(DurationError):
        Duration(**parts)


@pytest.mark.parametrize(
    ("written", "german", "dative", "english"),
    [
        ("P6M", "6 Monate", "6 Monaten", "6 months"),
        ("P1M", "1 Monat", "1 Monat", "1 month"),
        ("P10Y", "10 Jahre", "10 Jahren", "10 years"),
        ("P30D", "30 Tage", "30 Tagen", "30 days"),
        ("P2W", "2 Wochen", "2 Wochen", "2 weeks"),
        ("PT72H", "72 Stunden", "72 Stunden", "72 hours"),
        ("P1Y6M", "1 Jahr und 6 Monate", "1 Jahr und 6 Monaten", "1 year and 6 months"),
        (
            "P1Y2M3D",
            "1 Jahr, 2 Monate und 3 Tage",
            "1 Jahr, 2 Monaten und 3 Tagen",
            "1 year, 2 months and 3 days",
        ),
        ("P0D", "0 Tage", "0 Tagen", "0 days"),
    ],
)
def test_for_people(written: str, german: str, dative: str, english: str) -> None:
    duration = Duration.parse(written)
    assert duration.text("de") == german
    assert duration.text("de", "dative") == dative
    assert duration.text("en") == english


def test_longer_only_when_longer_everywhere_on_the_calendar() -> None:
    longer = [("P1Y", "P6M"), ("P32D", "P1M"), ("P1M", "P27D"), ("PT25H", "P1D"), ("P8Y", "P7Y")]
    for one, other in longer:
        assert Duration.parse(one).surely_longer_than(Duration.parse(other))
    undecided = [("P1M", "P30D"), ("P12M", "P1Y"), ("P365D", "P1Y"), ("P3M", "P90D"), ("P1M", "P1M")]
    for one, other in undecided:
        assert not Duration.parse(one).surely_longer_than(Duration.parse(other))
        assert not Duration.parse(other).surely_longer_than(Duration.parse(one))


@given(durations)
def test_bounds_hold(duration: Duration) -> None:
    assert 0 <= duration.least_days <= duration.most_days
