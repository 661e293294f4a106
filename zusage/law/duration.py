"""ISO 8601 durations as the law counts: whole numbers only, and a day is not 24 hours.

`P1D` ends with a calendar day, `PT24H` after 24 elapsed hours; `P30D` is not `P1M`. Nothing here converts one into the
other, neither when parsing nor when printing.
"""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass
from typing import Literal

from zusage.errors import ZusageError
from zusage.text import Language

_FORM = re.compile(
    r"P(?:(?P<weeks>\d{1,6})W|(?:(?P<years>\d{1,6})Y)?(?:(?P<months>\d{1,6})M)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,9})S)?)?)",
    re.ASCII,
)
_UNITS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")
#: the longest duration that is taken: a thousand years
_LONGEST_DAYS = 366_000
#: unit → singular, plural, dative plural
_GERMAN = {
    "years": ("Jahr", "Jahre", "Jahren"),
    "months": ("Monat", "Monate", "Monaten"),
    "weeks": ("Woche", "Wochen", "Wochen"),
    "days": ("Tag", "Tage", "Tagen"),
    "hours": ("Stunde", "Stunden", "Stunden"),
    "minutes": ("Minute", "Minuten", "Minuten"),
    "seconds": ("Sekunde", "Sekunden", "Sekunden"),
}


class DurationError(ZusageError):
    """A text that is no ISO 8601 duration in whole numbers, or one that no law could mean."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A period as it is written: seven whole numbers, none negative.

    Years and months count by the calendar, weeks and days by calendar days, hours and below by elapsed time. Raises
    `DurationError` when made of negative or endless parts, or of weeks beside other units (ISO 8601 knows none).
    """

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0
    seconds: int = 0

    def __post_init__(self) -> None:
        parts = astuple(self)
        if not all(type(part) is int and part >= 0 for part in parts):
            raise DurationError("a duration is made of whole numbers, none below zero")
        if self.weeks and sum(parts) != self.weeks:
            raise DurationError("weeks stand alone in a duration", hint="write P10D instead of P1W3D")
        if self.most_days > _LONGEST_DAYS:
            raise DurationError("a duration of more than a thousand years is surely a slip")

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Reads `P6M`, `P1Y6M`, `P2W`, `PT72H`, `P0D`. Raises `DurationError` with what is wrong and what to write."""
        match = _FORM.fullmatch(text)
        given = {unit: int(number) for unit, number in match.groupdict().items() if number} if match else {}
        if not given or text.endswith("T"):
            raise DurationError(f"{text[:40]!r} is no ISO 8601 duration", hint=_way_out(text))
        if not any(given.values()) and "T" in text:
            raise DurationError(f"{text!r} is no period of time", hint="P0D is until the end of the same day")
        return cls(**given)

    @property
    def is_elapsed(self) -> bool:
        """Made of hours, minutes and seconds only: runs from the very instant, through nights and holidays."""
        return any((self.hours, self.minutes, self.seconds)) and not self.has_calendar_part

    @property
    def has_calendar_part(self) -> bool:
        """Whether years, months, weeks or days are in it."""
        return any((self.years, self.months, self.weeks, self.days))

    @property
    def elapsed_seconds(self) -> int:
        """The part in hours, minutes and seconds, in seconds."""
        return self.hours * 3600 + self.minutes * 60 + self.seconds

    @property
    def total_months(self) -> int:
        """Years and months together, in months."""
        return self.years * 12 + self.months

    @property
    def total_days(self) -> int:
        """Weeks and days together, in days (without years and months)."""
        return self.weeks * 7 + self.days

    @property
    def least_days(self) -> float:
        """The shortest it can be, in days of 24 hours: a month may have 28 days."""
        months = {0: 0, 1: 28, 2: 59, 3: 89, 4: 120, 5: 150, 6: 181, 7: 212, 8: 242, 9: 273, 10: 303, 11: 334}
        return 365 * (self.total_months // 12) + months[self.total_months % 12] + self._small_days

    @property
    def most_days(self) -> float:
        """The longest it can be, in days of 24 hours: a month may have 31, a year 366 days."""
        months = {0: 0, 1: 31, 2: 62, 3: 92, 4: 123, 5: 153, 6: 184, 7: 215, 8: 245, 9: 276, 10: 306, 11: 337}
        return 366 * (self.total_months // 12) + months[self.total_months % 12] + self._small_days

    @property
    def _small_days(self) -> float:
        return self.total_days + self.elapsed_seconds / 86_400

    def surely_longer_than(self, other: Duration) -> bool:
        """Longer wherever on the calendar both start; `P1M` and `P30D` are neither longer nor shorter."""
        return self.least_days > other.most_days

    def __str__(self) -> str:
        calendar = "".join(
            f"{number}{letter}"
            for number, letter in zip((self.years, self.months, self.weeks, self.days), "YMWD", strict=True)
            if number
        )
        clock = "".join(
            f"{number}{letter}"
            for number, letter in zip((self.hours, self.minutes, self.seconds), "HMS", strict=True)
            if number
        )
        return f"P{calendar}" + (f"T{clock}" if clock else "") if calendar or clock else "P0D"

    def text(self, language: Language, case: Literal["nominative", "dative"] = "nominative") -> str:
        """For people: '6 Monate', '30 Tage', '1 Jahr und 6 Monate'; with `case="dative"` '6 Monaten' (after 'nach')."""
        parts = [(unit, getattr(self, unit)) for unit in _UNITS if getattr(self, unit)] or [("days", 0)]
        if language == "de":
            column = 2 if case == "dative" else 1
            words = [f"{number} {_GERMAN[unit][0 if number == 1 else column]}" for unit, number in parts]
        else:
            words = [f"{number} {unit[:-1] if number == 1 else unit}" for unit, number in parts]
        glue = " und " if language == "de" else " and "
        return words[0] if len(words) == 1 else ", ".join(words[:-1]) + glue + words[-1]


def _way_out(text: str) -> str:
    """What to write instead of a text that is no duration."""
    if re.search(r"\d[.,]\d", text):
        return "whole numbers only: P6M instead of P0.5Y"
    if text.startswith("-"):
        return "a period is never negative"
    if text.upper() == text and re.fullmatch(r"P?[0-9]+[YMWDHS]", text):
        return "it begins with P, hours and below with PT: P30D, PT24H"
    if "W" in text:
        return "weeks stand alone: write P10D instead of P1W3D"
    return "for example P7D, P6M, P10Y, PT72H"
