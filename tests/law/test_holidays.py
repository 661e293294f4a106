"""German holidays against the package that is kept up by others, for every Land and day of half a century."""

from __future__ import annotations

from datetime import date, timedelta

import holidays as oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.law.facts import LawError
from zusage.law.holidays import (
    easter,
    holidays,
    is_holiday,
    is_working_day,
    laender,
    land_code,
    next_working_day,
)


@pytest.mark.parametrize("land", sorted(laender()))
def test_every_day_of_every_land(land: str) -> None:
    theirs = oracle.country_holidays("DE", subdiv=land, years=range(2000, 2051))
    ours = {day for year in range(2000, 2051) for day in holidays(year, land)}
    assert ours == set(theirs)


def test_all_germany_has_what_every_land_has() -> None:
    for year in range(2000, 2051):
        everywhere = set.intersection(*(set(holidays(year, land)) for land in laender()))
        assert set(holidays(year)) == everywhere


@pytest.mark.parametrize("year", [1990, 1995, 2008, 2011, 2038, 2100])
def test_easter(year: int) -> None:
    from dateutil.easter import easter as theirs

    assert easter(year) == theirs(year)


def test_holidays_of_some_places_count_when_named() -> None:
    assumption = date(2026, 8, 15)
    assert not is_holiday(assumption, "BY")
    assert is_holiday(assumption, "BY", ["assumption"])
    assert is_holiday(assumption, "SL")
    assert is_holiday(date(2026, 8, 8), "BY", ["peace-festival"])
    assert not is_holiday(date(2026, 8, 8), "BE", ["peace-festival"])
    assert is_holiday(date(2026, 6, 4), "TH", ["corpus-christi"])
    assert set(
        oracle.country_holidays("DE", subdiv="BY", years=2026, categories=("public", "catholic"))
    ) == set(holidays(2026, "BY", ["assumption"]))


def test_once_and_since() -> None:
    assert is_holiday(date(2017, 10, 31))
    assert not is_holiday(date(2017, 3, 8), "BE")
    assert is_holiday(date(2019, 3, 8), "BE")
    assert is_holiday(date(2020, 5, 8), "BE")
    assert not is_holiday(date(2021, 5, 8), "BE")
    assert is_holiday(date(1994, 11, 16), "HH")
    assert is_holiday(date(1990, 6, 17), "BY")
    assert not is_holiday(date(1991, 6, 17), "BY")


def test_no_holidays() -> None:
    for day in (date(2026, 12, 24), date(2026, 12, 31)):
        assert is_working_day(day)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 1)), st.sampled_from([None, *laender()]))
def test_the_next_working_day_is_the_first(day: date, land: str | None) -> None:
    found = next_working_day(day, land)
    assert is_working_day(found, land)
    between = [day + timedelta(days=number) for number in range((found - day).days)]
    assert not any(is_working_day(other, land) for other in between)
    assert len(between) <= 5


@pytest.mark.parametrize("land", ["XX", "by", "DE", "DE-XX", "Bayern", "", "AT-9"])
def test_what_is_no_land_is_refused(land: str) -> None:
    with pytest.raises(LawError, match="no German Land"):
        land_code(land)


def test_names_in_two_languages() -> None:
    name = holidays(2026, "BY")[date(2026, 6, 4)].name
    assert (name.de, name.en) == ("Fronleichnam", "Corpus Christi")
    assert land_code("DE-BY") == "BY"
