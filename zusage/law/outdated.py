"""What notices still name although it is gone, renamed or void: laws, instruments, bodies, companies, products, words.

Found, never rewritten: a quotation, a history, or a sentence that says the old thing is void is no defect. A match
knows whether its surroundings speak of the past (`said_to_be_past`); what follows from that is the checker's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from zusage.findings import Severity
from zusage.law.citations import Citation, Found, find_all, parse_id
from zusage.law.facts import Source, known, load, said_surely, source_of
from zusage.text import Text

Kind = Literal["law", "transfer", "term", "body", "company", "product"]
_AROUND = 90
_PAST = re.compile(
    r"(?i)\b(?:unwirksam|ungültig|gekippt|aufgehoben|außer\s{1,3}kraft|nicht\s{1,3}mehr|ehemals|ehemalig\w{0,2}|ehem\.|früher\w{0,2}|vormals|"
    r"zuvor|bisherig\w{0,2}|vorherig\w{0,2}|abgelöst|ersetzt|heute|jetzt|umbenannt|invalid\w{0,5}|void|no\s{1,3}longer|formerly|"
    r"previously|former|now|replaced|superseded|repealed|struck\s{1,3}down)(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Outdated:
    """Something outdated: what holds today (`now`), from which day the finding is right (`since`), how bad it is."""

    id: str
    kind: Kind
    now: Text
    since: date
    severity: Severity
    citations: tuple[Citation, ...]
    unless_citation: tuple[Citation, ...]
    patterns: tuple[str, ...]
    source: Source


class Match(NamedTuple):
    """An outdated thing in a text: `text[start:end]` is the quotation."""

    start: int
    end: int
    entry: Outdated
    said_to_be_past: bool


@lru_cache(maxsize=1)
def all_outdated() -> Mapping[str, Outdated]:
    """All entries by id."""
    return {entry["id"]: _entry(entry) for entry in load("outdated")["entries"]}


def outdated(entry_id: str) -> Outdated:
    """The entry with this id. Raises `LawError`."""
    found: Outdated = known("outdated term", entry_id, all_outdated())
    return found


def outdated_citation(citation: Citation, on: date) -> Outdated | None:
    """What is outdated about a citation on a day; of several entries the one that says most precisely what (§ 15 TMG
    before the whole TMG). None if nothing is."""
    fitting = [
        (len(cited.id), entry)
        for entry in all_outdated().values()
        for cited in entry.citations
        if entry.since <= on and citation.within(cited)
    ]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def find_outdated(text: str, on: date, citations: Iterable[Found] | None = None) -> list[Match]:
    """Everything outdated in a text as of a day, in the text's order.

    `citations` are those already found in it (`citations.find_all`), so that they are not searched twice. A company
    hides its product of the same words ("Twitter Inc." is one match, not two).
    """
    cited = find_all(text) if citations is None else list(citations)
    matches = [*_cited(text, on, cited), *_written(text, on)]
    return _without_overlaps(sorted(matches, key=lambda match: (match.start, -match.end)))


def _cited(text: str, on: date, cited: list[Found]) -> Iterable[Match]:
    for position, found in enumerate(cited):
        entry = outdated_citation(found.citation, on)
        if entry is None:
            continue
        neighbours = {item.citation for item in cited[max(0, position - 2) : position + 3]}
        if not neighbours.isdisjoint(entry.unless_citation):
            continue
        if any(
            item.citation == found.citation.current != found.citation
            for item in cited
            if _touches(item, found)
        ):
            continue  # 'TTDSG/TDDDG' in one breath
        yield Match(found.start, found.end, entry, _past(text, found.start, found.end))


def _touches(one: Found, other: Found) -> bool:
    return one.start <= other.end + 20 and other.start <= one.end + 20


def _written(text: str, on: date) -> Iterable[Match]:
    for entry, pattern in _patterns():
        if entry.since <= on:
            for match in pattern.finditer(text):
                yield Match(match.start(), match.end(), entry, _past(text, match.start(), match.end()))


def _past(text: str, start: int, end: int) -> bool:
    """Whether the words around a place speak of the past, within the same paragraph."""
    before = text[max(0, start - _AROUND) : start].rpartition("\n\n")[2]
    after = text[end : end + _AROUND].partition("\n\n")[0]
    return _PAST.search(before) is not None or _PAST.search(after) is not None


def _without_overlaps(matches: list[Match]) -> list[Match]:
    """Of matches that overlap the one that begins first, the longest of those. Two things may be wrong with one law."""
    kept: list[Match] = []
    for match in matches:
        if (
            kept
            and match.start < kept[-1].end
            and (match.entry.kind != "law" or kept[-1].entry == match.entry)
        ):
            continue
        kept.append(match)
    return kept


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[Outdated, re.Pattern[str]], ...]:
    return tuple(
        (entry, re.compile(pattern)) for entry in all_outdated().values() for pattern in entry.patterns
    )


def _entry(entry: Mapping[str, Any]) -> Outdated:
    flags = "(?i)" if entry.get("anycase") else ""
    words = [re.escape(term).replace(r"\ ", r"[\s-]{1,3}") for term in entry.get("terms", ())]
    terms = [rf"{flags}(?<!\w)(?:{'|'.join(words)})(?!\w)"] if words else []
    return Outdated(
        id=entry["id"],
        kind=entry["kind"],
        now=said_surely(entry, "now"),
        since=entry["since"],
        severity=Severity(entry["severity"]),
        citations=tuple(map(parse_id, entry.get("citations", ()))),
        unless_citation=tuple(map(parse_id, entry.get("unless_citation", ()))),
        patterns=(*terms, *entry.get("patterns", ())),
        source=source_of(entry, "outdated"),
    )
