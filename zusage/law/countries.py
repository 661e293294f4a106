"""Countries by ISO 3166-1 alpha-2 code, with the names notices use for them in German and English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from zusage.law.facts import LawError, known, load
from zusage.text import Language, Text

#: what people write for a code that ISO gives otherwise
_MISTAKEN = {"UK": "GB", "EL": "GR", "EN": "GB", "SCOTLAND": "GB"}
#: short words that are also names or ordinary words in other places: only in capital letters, or not at all
_TOO_COMMON = frozenset({"US", "Lao", "Hellas"})


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory. `spellings` are further ways to write its name."""

    code: str
    alpha3: str
    name: Text
    spellings: tuple[str, ...]


class Mention(NamedTuple):
    """A country named in a text, from `start` to `end`."""

    start: int
    end: int
    code: str


@lru_cache(maxsize=1)
def countries() -> Mapping[str, Country]:
    """All countries by code, in the order of the codes."""
    return {
        code: Country(code, alpha3, Text(german, english), tuple(spellings))
        for code, alpha3, german, english, spellings in load("countries")["countries"]
    }


def is_country(code: str) -> bool:
    """Whether `code` is an ISO 3166-1 alpha-2 code (or XK), in capital letters."""
    return code in countries()


def country(code: str) -> Country:
    """The country with this code. Raises `LawError`, which knows that the United Kingdom is GB and Greece GR."""
    if code not in countries() and code.upper() in _MISTAKEN:
        right = _MISTAKEN[code.upper()]
        raise LawError(f"'{code}' is no ISO 3166 code", hint=f"{countries()[right].name.en} is {right}")
    found: Country = known("country", code, countries())
    return found


def country_name(code: str, language: Language) -> str:
    """The name of a country, or of 'EU' and 'EEA', for people. An unknown code is returned as it is."""
    regions = {"EU": Text("Europäische Union", "European Union"), "EEA": _EEA}
    name = regions.get(code) or (countries()[code].name if code in countries() else None)
    return name.says(language) if name else code


_EEA = Text("Europäischer Wirtschaftsraum", "European Economic Area")


def country_code(name: str) -> str | None:
    """The code for a name in German or English, a spelling or a code of two or three letters; None if there is none."""
    written = " ".join(name.replace("\u00a0", " ").split()).strip(" .,;()")
    if written in countries():
        return written
    return _by_name().get(written.casefold()) or _MISTAKEN.get(written)


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for item in countries().values():
        for name in (item.name.de, item.name.en, *item.spellings, item.alpha3):
            found.setdefault(name.casefold().strip("."), item.code)
    return found


def find_countries(text: str) -> list[Mention]:
    """Every country named in a text, in its order; the longest name wins, genitives included ("Irlands").

    Two-letter codes are not searched: 'IT' and 'IN' are words. Names are matched in the case they are written in, so
    that 'turkey' and 'chile' in running text are none; nor are New Jersey, Treasure Island or Michael Jordan.
    """
    return [
        Mention(match.start(), match.end(), _spelling_codes()[" ".join(match["name"].split())])
        for match in _names_pattern().finditer(text)
        if not _is_other_name(text, match)
    ]


#: names of countries that are also places in the USA, persons or ordinary words
_ALSO_OTHERS = frozenset(
    {"Chad", "Georgia", "Island", "Israel", "Jersey", "Jordan", "Mexico", "England", "Wales"}
)
_MAY_STAND_BEFORE = frozenset(
    "In Für Aus Nach Und Auch Republik Republic From For And To The Of Server Servern Sitz Die Der Das Den Dem".split()
)
_BEFORE = re.compile(r"(?:^|[^\w-])([A-ZÄÖÜ][\w-]*)\s{1,3}$")
_BEHIND = re.compile(r"\s{1,3}City\b|,?\s{1,3}\d{5}\b")


def _is_other_name(text: str, match: re.Match[str]) -> bool:
    """'New Jersey', 'Treasure Island', 'Atlanta, Georgia 30308': part of another name."""
    if match["name"] not in _ALSO_OTHERS:
        return False
    before = _BEFORE.search(text, max(0, match.start() - 30), match.start())
    named = before is not None and before[1] not in _MAY_STAND_BEFORE
    return named or _BEHIND.match(text, match.end()) is not None


@lru_cache(maxsize=1)
def _spelling_codes() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for item in countries().values():
        for name in (item.name.de, item.name.en, *item.spellings):
            if name not in _TOO_COMMON:
                found.setdefault(name, item.code)
    return found


@lru_cache(maxsize=1)
def _names_pattern() -> re.Pattern[str]:
    names = sorted(_spelling_codes(), key=len, reverse=True)
    alternatives = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in names)
    return re.compile(rf"(?<![\w-])(?P<name>{alternatives})(?:['’]s|s)?(?!\w)")
