"""Periods written in German and English: "drei Monate", "6-10 Jahre", "24 hours", "ein halbes Jahr"."""

from __future__ import annotations

import re
from typing import NamedTuple

_NUMBERS = {
    "ein": 1, "eine": 1, "einen": 1, "einem": 1, "einer": 1, "eines": 1, "zwei": 2, "zweier": 2, "drei": 3, "dreier": 3, "vier": 4,
    "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "dreizehn": 13, "vierzehn": 14,
    "fünfzehn": 15, "achtzehn": 18, "zwanzig": 20, "vierundzwanzig": 24, "dreißig": 30, "dreissig": 30, "sechsunddreißig": 36,
    "sechzig": 60, "zweiundsiebzig": 72, "neunzig": 90, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "eighteen": 18,
    "twenty": 20, "twenty-four": 24, "thirty": 30, "sixty": 60, "seventy-two": 72, "ninety": 90,
}  # fmt: skip
_ORDINALS = {
    "ersten": 1,
    "zweiten": 2,
    "dritten": 3,
    "vierten": 4,
    "fünften": 5,
    "zehnten": 10,
    "first": 1,
    "second": 2,
    "third": 3,
}
_UNITS = {
    "sekunde": "S", "minute": "MIN", "stunde": "H", "tag": "D", "werktag": "D", "kalendertag": "D", "arbeitstag": "D", "woche": "W", "monat": "M",
    "kalendermonat": "M", "jahr": "Y", "kalenderjahr": "Y", "second": "S", "minuten": "MIN", "hour": "H", "day": "D", "week": "W",
    "month": "M", "year": "Y", "min": "MIN", "std": "H", "mon": "M", "j": "Y",
}  # fmt: skip
_WORDS = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_UNIT = (
    r"(?P<unit>Sekunden?|Minuten?|Stunden?|(?:Werk|Kalender|Arbeits)?[Tt]age?n?|Wochen?|(?:Kalender)?[Mm]onate?n?s?|(?:Kalender)?[Jj]ahre?n?s?|"
    r"seconds?|minutes?|hours?|(?:calendar |business |working )?days?|weeks?|(?:calendar )?months?|years?|Std\.|[Mm]in\.|Mon\.)(?![a-zäöüß])"
)
_NUMBER = rf"(?:\d{{1,4}}|(?:{_WORDS})(?![\wäöüß-]))"
_PERIOD = re.compile(
    rf"(?<![\w.,/])(?P<low>{_NUMBER})(?:\s*(?:\([^()\d]{{0,20}}\d{{0,4}}\)))?(?:\s*(?:-|–|bis(?: zu)?|to|(?:oder|or|und)(?: bis zu| up to)?|/|and|bzw[.․])\s*(?P<high>{_NUMBER}))?"
    rf"[\s\u00a0-]*(?:volle[nr]?\s+|weitere[nr]?\s+|full\s+|additional\s+|aufeinanderfolgende[nr]?\s+)?{_UNIT}",
    re.IGNORECASE,
)
#: one of these is in every period
_MAYBE = re.compile(
    r"[TtMm](?:ag|AG|onat|ONAT|onth|ONTH|in\.|on\.)|[Jj]ahr|[Ww](?:oche|eek)|[Ss](?:tunde|ekunde|econd|td\.)|[Mm]inute|[Dd]ay|[Yy]ear|[Hh]our|JAHR|WOCHE|WEEK|STUNDE|DAY|YEAR|HOUR"
)
_HALF = re.compile(r"\b(?:ein(?:em|es)? halbe[sn]? Jahr(?:es)?|half a year)\b", re.IGNORECASE)
_ORDINAL = re.compile(
    rf"\bEnde des (?P<nth>{'|'.join(_ORDINALS)}) (?:Kalender)?(?P<unit>Jahres|Monats)\b|\bend of the (?P<nth2>first|second|third) (?:calendar )?(?P<unit2>year|month)\b",
    re.IGNORECASE,
)


class Period(NamedTuple):
    """A period in a text: its span and its value, an ISO 8601 duration or a range `P6Y/P10Y`."""

    start: int
    end: int
    value: str


def _number(written: str) -> int:
    lowered = written.lower()
    return int(lowered) if lowered.isdigit() else _NUMBERS[lowered]


def _unit(written: str) -> str:
    lowered = (
        written.lower()
        .rstrip(".")
        .removeprefix("calendar ")
        .removeprefix("business ")
        .removeprefix("working ")
    )
    for ending in ("", "en", "es", "n", "e", "s"):
        if ending == "" or lowered.endswith(ending):
            found = _UNITS.get(lowered[: len(lowered) - len(ending)] if ending else lowered)
            if found:
                return found
    return "D"


def iso(number: int, unit: str) -> str:
    """`P7D`, `PT24H`, `PT30M` for a number of units (`Y M W D H MIN S`)."""
    if unit in ("H", "MIN", "S"):
        return f"PT{number}{'M' if unit == 'MIN' else unit}"
    return f"P{number}{unit}"


def periods(text: str, start: int = 0, end: int | None = None) -> list[Period]:
    """All periods in a text, in order."""
    stop = len(text) if end is None else end
    if not _MAYBE.search(text, start, stop):
        return []
    found: list[Period] = []
    for match in _PERIOD.finditer(text, start, stop):
        unit = _unit(match["unit"])
        low = iso(_number(match["low"]), unit)
        value = f"{low}/{iso(_number(match['high']), unit)}" if match["high"] else low
        if _number(match["low"]) or match["high"]:
            found.append(Period(match.start(), match.end(), value))
    for match in _HALF.finditer(text, start, stop):
        found.append(Period(match.start(), match.end(), "P6M"))
    for match in _ORDINAL.finditer(text, start, stop):
        unit = _unit((match["unit"] or match["unit2"]).removesuffix("s") if match["unit"] else match["unit2"])
        found.append(
            Period(match.start(), match.end(), iso(_ORDINALS[(match["nth"] or match["nth2"]).lower()], unit))
        )
    return sorted(found)
