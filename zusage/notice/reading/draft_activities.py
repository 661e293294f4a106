"""The activities of a draft: facts grouped by the headings that name an activity, and each group as a declaration's part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zusage.law.citations import CitationError, parse_id
from zusage.lexicon import special_category, topics_of
from zusage.notice.reading.document import Block, Document
from zusage.notice.reading.draft_names import Names, slug
from zusage.notice.reading.draft_places import interest
from zusage.notice.reading.facts import Fact
from zusage.notice.reading.noted_yaml import Noted

TODO = "TODO"
#: headings that tell what a section says, not what the activity is
_ASPECTS = frozenset(
    "data purposes basis retention recipients transfer provision profiling rights cookies source security changes definitions "
    "controller dpo authority contact links minors services".split()
)
#: headings over what is explained, assured or offered, not processed
_EXPLAINS = re.compile(
    r"auf einen Blick|Allgemeine Hinweise|Überblick|Begriff|SSL|TLS|[Vv]erschlüsselung|[Ee]ncryption|At a glance|Overview|Introduction|Einleitung|[Bb]reach|"
    r"Datenpanne|[Dd]ata [Pp]rocessing [Aa]greement|Auftragsverarbeitungsvertr|^(?:\d[\d.]*\s+)?(?:How to|Wie (?:Sie|du)|What are|Was sind|Types of|Arten)\b|\?$"
)
_WORDS_TO_ARTICLES = {
    "consent": "gdpr:6(1)(a)",
    "contract": "gdpr:6(1)(b)",
    "legal_obligation": "gdpr:6(1)(c)",
    "legitimate_interest": "gdpr:6(1)(f)",
}
_UNTIL = {
    "purpose": "purpose",
    "contract": "contract",
    "until_withdrawal": "withdrawal",
    "until_objection": "objection",
    "session": "session",
}
_STARTS = {"end of calendar month": "end_of_month", "end of calendar year": "end_of_year"}


@dataclass(slots=True)
class Group:
    """The facts under one activity's heading."""

    title: str
    facts: list[Fact]


def groups(document: Document, facts: Sequence[Fact]) -> tuple[list[Group], list[Fact]]:
    """Facts grouped by activity, and those that the notice states for all of them.

    A section on recipients or periods belongs to the activity above it where it stands below that heading, or where such
    sections recur; otherwise it speaks of the whole notice. That becomes an activity too if it tells data or purposes.
    """
    starts: list[tuple[int, int]] = [(0, 0)]
    titles = [_general(document)]
    current: Block | None = None
    for block in document.blocks:
        if block.kind != "heading":
            continue
        if not (
            set(topics_of(block.text)) & _ASPECTS
            or _EXPLAINS.search(block.text)
            or _is_title(document, block)
        ):
            current = block
            titles.append(bare(block.text))
            starts.append((block.number, len(titles) - 1))
        elif current is None or _EXPLAINS.search(block.text) or _ends(document, current, block):
            current = None
            starts.append((block.number, 0))
    made: dict[int, Group] = {}
    at = 0
    for fact in sorted(facts, key=lambda fact: fact.line):
        if fact.type in ("data_category", "purpose") and (
            _ABOUT_OTHERS & set(topics_of(fact.section)) or in_row(document, fact)
        ):
            continue
        while at + 1 < len(starts) and starts[at + 1][0] <= fact.line:
            at += 1
        group = starts[at][1]
        made.setdefault(group, Group(titles[group], [])).facts.append(fact)
    general = made.pop(0, None)
    found = [group for group in made.values() if _tells(group, "data_category", "purpose", "retention")]
    if general and (_tells(general, "data_category", "purpose") or not found):
        return [general, *found], []
    return found, general.facts if general else []


#: sections in which nouns of data and verbs of purpose belong to rights and addresses
_ABOUT_OTHERS = frozenset(("rights", "authority", "contact", "controller", "dpo"))


def in_row(document: Document, fact: Fact) -> bool:
    """Whether a purpose or category stands in the row of a recipient: it tells what that one does."""
    return any(
        block.number == fact.line and block.kind == "row" and "recipients" in topics_of(block.section)
        for block in document.blocks
    )


def _tells(group: Group, *kinds: str) -> bool:
    return any(fact.type in kinds for fact in group.facts)


def bare(title: str) -> str:
    """A title without its number: "2.1 Newsletter" is "Newsletter"."""
    return (
        re.sub(r"^(?:\(?(?:\d+(?:\.\d+)*|[IVX]+|[a-z])[.)]|\d+(?:\.\d+)+)\s+", "", title.strip())
        or title.strip()
    )


def _general(document: Document) -> str:
    return "Processing in general" if document.language == "en" else "Verarbeitung im Allgemeinen"


def _is_title(document: Document, block: Block) -> bool:
    """Whether a heading is that of the whole notice: the first one, with all others below it or of a notice's kind."""
    first = next(one for one in document.blocks if one.kind == "heading")
    if block is not first:
        return False
    alone = (
        sum(
            1 for one in document.blocks if one.kind == "heading" and len(one.headings) == len(first.headings)
        )
        == 1
    )
    return alone or bool(
        re.search(r"Datenschutz|Privacy|GDPR|DSGVO|Data Protection", block.text, re.IGNORECASE)
    )


def _ends(document: Document, current: Block, block: Block) -> bool:
    """Whether a section on one aspect ends the activity above it."""
    if len(block.headings) != len(current.headings):
        return len(block.headings) < len(current.headings)
    topics = set(topics_of(block.text)) & _ASPECTS
    alike = [
        one for one in document.blocks if one.kind == "heading" and set(topics_of(one.text)) & topics and len(one.headings) == len(block.headings)
    ]  # fmt: skip
    return len(alike) == 1


def activity(
    document: Document, group: Group, recipients: Mapping[str, str], language: str, open_points: list[str]
) -> dict[str, Any]:
    """One activity of a declaration; what is required but not stated is a TODO."""
    names = Names()
    data = _data(group, names, language)
    tree: dict[str, Any] = {
        "title": {language: group.title or TODO},
        "purposes": _purposes(document, group, names, language),
        "subjects": [{language: TODO}],
        "data": data,
    }
    sources = [{"text": {language: Noted(fact.value, note(fact))}} for fact in _of(group, "source")]
    used = dict.fromkeys(
        recipients[fact.value["name"].casefold()]
        for fact in _of(group, "recipient")
        if fact.value["name"].casefold() in recipients
    )
    tree["sources"] = sources
    tree["recipients"] = [{"to": identifier} for identifier in used]
    tree["retention"] = _rules(group, names, language, open_points)
    must = next(iter(_of(group, "must_provide")), None)
    if must:
        tree["provision"] = {"required": Noted(must.value, note(must))}
    profiled = next(iter(_of(group, "profiling")), None)
    if profiled:
        tree["profiling"] = {"takes_place": Noted(profiled.value, note(profiled))}
    return {key: value for key, value in tree.items() if value != []}


def _of(group: Group, kind: str) -> list[Fact]:
    return [fact for fact in group.facts if fact.type == kind]


def note(fact: Fact) -> str:
    """The comment behind a value: line and quotation."""
    return f'line {fact.line}: "{" ".join(fact.quote.split())}"'


def _purposes(document: Document, group: Group, names: Names, language: str) -> list[dict[str, Any]]:
    bases = _bases(document, group, language)
    stated: list[dict[str, Any]] = []
    seen: set[str] = set()
    for fact in _of(group, "purpose"):
        if slug(fact.value, "purpose") not in seen:
            seen.add(slug(fact.value, "purpose"))
            stated.append(
                {"id": names.new(fact.value, "purpose"), "text": {language: Noted(fact.value, note(fact))}}
            )
    for purpose in stated or [{"id": "todo", "text": {language: TODO}}]:
        if bases:
            purpose["legal_bases"] = bases
        if not stated:
            return [purpose]
    return stated


def is_basis(value: str) -> bool:
    """Whether processing can rest on what is cited: not on the article on contracts, on rights or on a whole law."""
    try:
        citation = parse_id(_WORDS_TO_ARTICLES.get(value, value))
    except CitationError:
        return False
    if citation.law == "gdpr":
        return re.match(r"gdpr:(?:6\(1\)|9\(2\)|10\b|22\(2\)|49\b|88\b)", citation.id) is not None
    return ":" in citation.id


def _bases(document: Document, group: Group, language: str) -> list[dict[str, Any]]:
    """The bases of an activity, once each. A basis in words stands under the article that it means, and says so."""
    found: dict[str, dict[str, Any]] = {}
    for fact in _of(group, "legal_basis"):
        if not is_basis(fact.value):
            continue
        cited = _WORDS_TO_ARTICLES.get(fact.value, fact.value)
        identifier = parse_id(cited).id
        if identifier in found:
            continue
        entry: dict[str, Any] = {
            "citation": Noted(identifier, note(fact) + (" (in words)" if cited != fact.value else ""))
        }
        if identifier == "gdpr:6(1)(f)":
            entry["interest"] = interest(document, fact, language) or {language: f"{TODO}: which interest"}
        found[identifier] = entry
    return list(found.values())


def _data(group: Group, names: Names, language: str) -> list[dict[str, Any]]:
    stated: list[dict[str, Any]] = []
    seen: set[str] = set()
    for fact in _of(group, "data_category"):
        if slug(fact.value, "data") in seen:
            continue
        seen.add(slug(fact.value, "data"))
        entry: dict[str, Any] = {
            "id": names.new(fact.value, "data"),
            "text": {language: Noted(fact.value, note(fact))},
        }
        special = special_category(fact.value)
        if special:
            entry["special"] = special
        stated.append(entry)
    return stated or [{"id": "todo-data", "text": {language: TODO}}]


def _rules(group: Group, names: Names, language: str, open_points: list[str]) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = []
    for fact in _of(group, "retention"):
        keep = str(fact.value["keep"])
        kept: Any = _UNTIL.get(keep, keep)
        if keep in ("statutory", "until_cleared"):
            open_points.append(
                f"how long exactly is this kept, and by which law? {fact.value['data']} ({note(fact)})"[:400]
            )
            continue
        rule: dict[str, Any] = {
            "id": names.new(
                str(kept) if fact.value["data"] == fact.section else f"{fact.value['data']} {kept}", "rule"
            ),
            "from": "collected" if kept in _UNTIL.values() else _since(fact, language),
        }
        then = fact.value["then"] or Noted(
            "erase", "the text does not say what happens then; the law says erasure"
        )
        rule |= {"keep": Noted(kept, note(fact)), "then": then}
        rules.append(rule)
    return rules


def _since(fact: Fact, language: str) -> Any:
    start = fact.value["from"]
    if start is None:
        return {"event": "todo", "text": {language: f"{TODO}: what starts the period"}}
    if start in _STARTS:
        return {
            "event": "todo",
            "start": _STARTS[start],
            "text": {language: f"{TODO}: the event whose {start.split()[-1]} counts"},
        }
    return {"event": slug(start, "event")}
