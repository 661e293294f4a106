"""Public holidays of Germany and its 16 Länder, computed from law data, and what a working day is.

A working day is every day but Saturdays, Sundays and public holidays (Regulation 1182/71 Art. 2(2); BGB § 193 in
effect the same). Christmas Eve and New Year's Eve are working days. The data are right for 1990 to 2100 as far as
today's law goes; what a Land adopts later needs a new line in `data/holidays.yaml`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from zusage.law.facts import LawError, load
from zusage.text import Text

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday with its stable id (`corpus-christi`) and its name."""

    id: str
    name: Text


def laender() -> Mapping[str, Text]:
    """The two-letter codes of the 16 Länder (`BY`) with their names."""
    return {code: Text(**name) for code, name in load("holidays")["laender"].items()}


def land_code(land: str) -> str:
    """`BY` from `BY` or `DE-BY`. Raises `LawError` for anything that is no Land."""
    code = land.removeprefix("DE-")
    if code not in load("holidays")["laender"]:
        raise LawError(
            f"'{land}' is no German Land",
            hint=f"the codes are {', '.join(sorted(load('holidays')['laender']))}",
        )
    return code


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the method of Meeus, Jones and Butcher)."""
    century, rest = divmod(year, 100)
    leap, centuries = century // 4, century % 4
    shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * (year % 19) + century - leap - shift + 15) % 30
    weekday = (32 + 2 * centuries + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def holidays(year: int, land: str | None = None, places: Collection[str] = ()) -> Mapping[date, Holiday]:
    """The public holidays of a year: of all Germany, and of `land` where one is given.

    `places` are ids of holidays that only some municipalities have (`assumption` in much of Bavaria, `peace-festival`
    in Augsburg, `corpus-christi` in parts of Saxony and Thuringia). Raises `LawError` for an unknown Land.
    """
    return _holidays(year, land and land_code(land), frozenset(places))


@lru_cache(maxsize=2048)
def _holidays(year: int, land: str | None, places: frozenset[str]) -> Mapping[date, Holiday]:
    found: dict[date, Holiday] = {}
    for entry in load("holidays")["holidays"]:
        if not entry.get("since", 0) <= year <= entry.get("until", 9999):
            continue
        if "laender" in entry and land not in entry["laender"]:
            continue
        if entry.get("places") and entry["id"] not in places:
            continue
        found[_day(entry, year)] = Holiday(entry["id"], Text(**entry["name"]))
    return dict(sorted(found.items()))


def _day(entry: Mapping[str, Any], year: int) -> date:
    if "easter" in entry:
        return easter(year) + timedelta(days=entry["easter"])
    month, day = map(int, (entry.get("on") or entry["wednesday_before"]).split("-"))
    fixed = date(year, month, day)
    if "on" in entry:
        return fixed
    before = fixed - timedelta(days=1)
    return before - timedelta(days=(before.weekday() - 2) % 7)


def is_holiday(day: date, land: str | None = None, places: Collection[str] = ()) -> bool:
    """Whether `day` is a public holiday in `land`; without `land`, in all Germany."""
    return day in holidays(day.year, land, places)


def is_working_day(day: date, land: str | None = None, places: Collection[str] = ()) -> bool:
    """Neither Saturday nor Sunday nor public holiday."""
    return day.weekday() < _SATURDAY and not is_holiday(day, land, places)


def next_working_day(day: date, land: str | None = None, places: Collection[str] = ()) -> date:
    """`day` itself if it is a working day, else the first one after it."""
    while not is_working_day(day, land, places):
        day += timedelta(days=1)
    return day
