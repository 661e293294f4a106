"""The laws that notices cite: names, units (article or section), and how far each one goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from zusage.law.facts import known, load
from zusage.text import Text

Unit = Literal["art", "sec"]
_PART = re.compile(r"(?P<section>\d+[a-z]?): (?P<numbers>#?)(?P<count>\d+)(?P<points>(?: \d+/#?\w+)*)")
#: a law's name this long may carry a German genitive ending
_LONG = 12


@dataclass(frozen=True, slots=True)
class Part:
    """What one section holds: its `paragraphs` (0: none), or `numbers` instead; `points` gives the last point of a
    paragraph as a letter, or as a number where it has numbers."""

    paragraphs: int
    numbers: int
    points: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Law:
    """A law with its id (`gdpr`), how it is called, and its extent. `successor` is the law that took its place."""

    id: str
    short: Text
    name: Text
    unit: Unit
    jurisdiction: str
    spellings: tuple[str, ...]
    alone: bool
    successor: str | None
    #: first day under this name, where only the name of its predecessor changed
    since: date | None
    last: int | None
    parts: Mapping[str, Part]
    vague: frozenset[str]


@lru_cache(maxsize=1)
def laws() -> Mapping[str, Law]:
    """All laws known, by id."""
    return {key: _law(key, entry) for key, entry in load("laws")["laws"].items()}


def law(law_id: str) -> Law:
    """The law with this id. Raises `LawError` that names the nearest."""
    found: Law = known("law", law_id, laws())
    return found


def called_on(law_id: str, on: date) -> str:
    """The id of the law that held the same sections on a day: `ttdsg` for `tdddg` before 14 May 2024, and back."""
    item = law(law_id)
    if item.since and on < item.since:
        return next((one.id for one in laws().values() if one.successor == law_id), law_id)
    after = laws().get(item.successor or "")
    return after.id if after and after.since and on >= after.since else law_id


def _law(key: str, entry: Mapping[str, Any]) -> Law:
    return Law(
        id=key,
        short=Text(**entry["short"]),
        name=Text(**entry["name"]),
        unit=entry["unit"],
        jurisdiction=entry["jurisdiction"],
        spellings=tuple(entry["spellings"]),
        alone=entry.get("alone", True),
        successor=entry.get("successor"),
        since=entry.get("since"),
        last=entry.get("last"),
        parts=dict(_part(line) for line in entry.get("parts", ())),
        vague=frozenset(entry.get("vague", ())),
    )


def _part(line: str) -> tuple[str, Part]:
    match = _PART.fullmatch(line)
    assert match, line
    points = dict(point.split("/") for point in match["points"].split())
    return match["section"], Part(
        paragraphs=0 if match["numbers"] else int(match["count"]),
        numbers=int(match["count"]) if match["numbers"] else 0,
        points={int(paragraph): last for paragraph, last in points.items()},
    )


@lru_cache(maxsize=1)
def law_names() -> Mapping[str, tuple[str, ...]]:
    """Spelling in lower case with single blanks → ids of the laws so called ('dsg' is Austrian and Swiss)."""
    found: dict[str, tuple[str, ...]] = {}
    for item in laws().values():
        for spelling in {item.short.de, item.short.en, item.name.de, item.name.en, *item.spellings}:
            key = normal(spelling)
            found[key] = (*found.get(key, ()), item.id)
    return found


@lru_cache(maxsize=1)
def law_pattern() -> str:
    """A regular expression (source) for every spelling, the longest first; long names with a genitive ending."""
    spellings = {
        spelling
        for item in laws().values()
        for spelling in (item.short.de, item.short.en, item.name.de, item.name.en, *item.spellings)
    }
    return "|".join(_spelling(spelling) for spelling in sorted(spellings, key=lambda s: (-len(s), s)))


def _spelling(spelling: str) -> str:
    written = (
        re.escape(spelling).replace(r"\ ", r"\s+").replace(r"\-", r"-\s?" if len(spelling) > _LONG else "-")
    )
    return written + ("(?:e?s)?" if len(spelling) >= _LONG and spelling[-1].isalpha() else "")


def named(written: str) -> tuple[str, ...]:
    """The ids of the laws that are called so; a genitive ending is forgiven. Empty if there is none."""
    key = normal(written)
    for candidate in (key, key.removesuffix("s"), key.removesuffix("es")):
        if candidate in law_names():
            return law_names()[candidate]
    return ()


def normal(written: str) -> str:
    """Lower case, single blanks, no blank after a hyphen."""
    return re.sub(r"-\s", "-", " ".join(written.split())).lower()
