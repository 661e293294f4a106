"""From a document to its facts: every extractor over every passage, then one fact for each section."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from zusage.lexicon.phrases import words_of
from zusage.notice.reading import bases, parties, retention, statements
from zusage.notice.reading.authorities import authority
from zusage.notice.reading.brands import same_company
from zusage.notice.reading.categories import categories
from zusage.notice.reading.companies import company_names
from zusage.notice.reading.contacts import contacts
from zusage.notice.reading.cookies import cookies
from zusage.notice.reading.document import Document, UnreadableNotice
from zusage.notice.reading.facts import FACT_TYPES, Fact, Reading
from zusage.notice.reading.passages import Passage, passages_of, unmasked
from zusage.notice.reading.purposes import purposes
from zusage.notice.reading.recipients import recipients
from zusage.notice.reading.rights import rights
from zusage.notice.reading.services import third_party_services
from zusage.notice.reading.sources import sources
from zusage.notice.reading.status import as_of
from zusage.notice.reading.transfers import transfers

_BY_PASSAGE: tuple[Callable[[Passage], Iterator[Reading]], ...] = (
    contacts, authority, as_of, bases.citations, rights, cookies, third_party_services, recipients,
    retention.retentions, categories, purposes, statements.profiling, statements.provision, statements.age_limits,
    statements.deadlines, sources,
)  # fmt: skip
_BY_SECTION: tuple[Callable[[Sequence[Passage]], Iterator[tuple[Passage, Reading]]], ...] = (
    parties.officer, transfers,
)  # fmt: skip
_ORDER = {name: place for place, name in enumerate(FACT_TYPES)}


def read_facts(document: Document) -> list[Fact]:
    """The facts of a notice in the order of the text, one of a kind and value for each section.

    Raises `UnreadableNotice` when the notice is in neither German nor English, or empty.
    """
    if not document.text.strip():
        raise UnreadableNotice("the notice is empty")
    if document.language is None:
        raise UnreadableNotice(
            "this notice is in a language that cannot be read: only German and English are",
            hint="give the German or English version of the notice",
        )
    passages = list(passages_of(document))
    named = _controllers(passages)
    own = frozenset(_own_names(named))
    if own:
        passages = [replace(passage, names=own, memo={}) for passage in passages]
    found = named + [
        (passage, reading) for passage in passages for extract in _BY_PASSAGE for reading in extract(passage)
    ]
    for _, grouped in groupby(passages, key=lambda passage: passage.part):
        section = list(grouped)
        for over in _BY_SECTION:
            found.extend(over(section))
    found.extend(bases.in_words(passages))
    return _one_per_section(document, _consistent(found))


def _controllers(passages: Sequence[Passage]) -> list[tuple[Passage, Reading]]:
    """The controller wherever a section names it, or else at the first address."""
    found = [
        told
        for _, grouped in groupby(passages, key=lambda passage: passage.part)
        for told in parties.controller(list(grouped))
    ]
    return found or list(parties.at_an_address(passages))


def _own_names(named: Sequence[tuple[Passage, Reading]]) -> Iterator[str]:
    """The controller's legal name and the name without its form, so that it is not read as a recipient."""
    for _, reading in named[:1]:
        yield reading.value
        brand = re.sub(
            r"\s(?:GmbH|AG|SE|UG|e\.\s?V|KG|Ltd|Limited|Inc|LLC|B\.?V|GbR|OHG|eG|S\.?A|Stiftung)\b.*$",
            "",
            reading.value,
        )
        if len(brand) > 4:
            yield brand


def _consistent(found: list[tuple[Passage, Reading]]) -> list[tuple[Passage, Reading]]:
    """Without what another reading of the same section makes superfluous: "an authority" beside one with a name,
    a basis in words beside the article, a heading's right beside the text's."""
    named = {
        passage.part
        for passage, reading in found
        if reading.type == "authority" and reading.value != "unnamed"
    }
    kept: list[tuple[Passage, Reading]] = []
    in_text = {
        (passage.part, reading.type, str(reading.value))
        for passage, reading in found
        if passage.block.kind != "heading"
    }
    called = {
        (passage.part, _words(reading.value)) for passage, reading in found if reading.type == "authority"
    }
    services = {
        (passage.part, passage.block.number, _words(reading.value))
        for passage, reading in found
        if reading.type == "third_party_service"
    }
    legal = {
        (passage.part, reading.value["name"])
        for passage, reading in found
        if reading.type == "recipient" and company_names(reading.value["name"])
    }
    for passage, reading in found:
        if reading.type == "recipient" and any(
            passage.part == part and same_company(reading.value["name"], name) for part, name in legal
        ):
            continue
        if reading.type == "third_party_service" and any(
            part == passage.part and number < passage.block.number and _words(reading.value) < name
            for part, number, name in services
        ):
            continue
        if reading.type == "authority" and (
            (reading.value == "unnamed" and passage.part in named)
            or any(passage.part == part and _words(reading.value) < name for part, name in called)
        ):
            continue
        headed = passage.block.kind == "heading" and reading.type != "third_party_service"
        if headed and (passage.part, reading.type, str(reading.value)) in in_text:
            continue
        kept.append((passage, reading))
    return kept


def _words(name: str) -> frozenset[str]:
    """The words of a name, folded: an authority named by fewer of them is the same one."""
    return frozenset(words_of(name).keys)


def _one_per_section(document: Document, found: Iterable[tuple[Passage, Reading]]) -> list[Fact]:
    facts: dict[tuple[int, str, str], Fact] = {}
    for passage, reading in found:
        start = passage.block.start + reading.start
        end = passage.block.start + reading.end
        fact = Fact(
            reading.type,
            unmasked(reading.value),
            document.text[start:end],
            passage.block.number,
            passage.block.section,
            start,
            reading.confidence,
        )
        key = (passage.part, reading.type, _identity(fact))
        if key not in facts or start < facts[key].start:
            facts[key] = fact
    return sorted(facts.values(), key=lambda fact: (fact.start, _ORDER[fact.type]))


def _identity(fact: Fact) -> str:
    """What makes two readings one fact within a section: for cookies and recipients their name."""
    if fact.type == "authority":
        return " ".join(words_of(str(fact.value)).keys)
    if fact.type == "cookie" and isinstance(fact.value, dict):
        return str(fact.value["name"])
    if fact.type == "recipient" and isinstance(fact.value, dict):
        return str(fact.value["name"]).casefold()
    if (
        fact.type == "retention"
        and isinstance(fact.value, dict)
        and _of_all(fact.value["data"], fact.section)
    ):
        return str(fact.value["keep"])
    return fact.key


_ALL_DATA = re.compile(
    r"(?:(?:die|diese|dieser|Ihre|deine|von uns|alle|the|your|any|all|this|that|it|such|personal|personenbezogene[nr]?)\s?)*(?:Daten|Angaben|Informationen|data|information)?\Z",
    re.IGNORECASE,
)


def _of_all(data: str, section: str) -> bool:
    """Whether what is kept is called no more than data: told twice in a section, it is one period."""
    return (
        data == section
        or bool(_ALL_DATA.match(data))
        or data.split(" ", 1)[0] in ("When", "Wenn", "Sobald", "Nach", "If", "it")
    )
