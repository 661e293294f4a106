"""The activities of a draft: facts grouped by the headings that name an activity, and each group as a declaration's part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zusage.law.citations import CitationError, parse_id
from zusage.lexicon import special_category, topics_of
from zusage.notice.reading.document import Document
from zusage.notice.reading.draft_names import Names, slug
from zusage.notice.reading.facts import Fact
from zusage.notice.reading.noted_yaml import Noted

TODO = "TODO"
#: headings that tell what a section says, not what the activity is
_ASPECTS = frozenset(
    "data purposes basis retention recipients transfer provision profiling rights cookies source security changes definitions "
    "controller dpo authority contact links minors services".split()
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


def groups(document: Document, facts: Sequence[Fact]) -> list[Group]:
    """Facts grouped by activity; groups without data, purposes and periods are left out."""
    starts: list[tuple[int, str]] = [(0, document.blocks[0].text.strip()[:80] if document.blocks else TODO)]
    for block in document.blocks:
        if block.kind == "heading" and not set(topics_of(block.text)) & _ASPECTS:
            starts.append((block.number, block.text.strip()))
    made: dict[int, Group] = {}
    at = 0
    for fact in sorted(facts, key=lambda fact: fact.line):
        while at + 1 < len(starts) and starts[at + 1][0] <= fact.line:
            at += 1
        made.setdefault(at, Group(starts[at][1], [])).facts.append(fact)
    telling = ("data_category", "purpose", "retention")
    return [group for group in made.values() if any(fact.type in telling for fact in group.facts)]


def activity(
    group: Group, recipients: Mapping[str, str], language: str, open_points: list[str]
) -> dict[str, Any]:
    """One activity of a declaration; what is required but not stated is a TODO."""
    names = Names()
    data = _data(group, names, language)
    tree: dict[str, Any] = {
        "title": {language: group.title or TODO},
        "purposes": _purposes(group, names, language),
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


def _purposes(group: Group, names: Names, language: str) -> list[dict[str, Any]]:
    bases = _bases(group, language)
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


def _bases(group: Group, language: str) -> list[dict[str, Any]]:
    """The bases of an activity, once each. A basis in words stands under the article that it means, and says so."""
    found: dict[str, dict[str, Any]] = {}
    for fact in _of(group, "legal_basis"):
        cited = _WORDS_TO_ARTICLES.get(fact.value, fact.value)
        try:
            identifier = parse_id(cited).id
        except CitationError:
            continue
        if identifier in found:
            continue
        entry: dict[str, Any] = {
            "citation": Noted(identifier, note(fact) + (" (in words)" if cited != fact.value else ""))
        }
        if identifier == "gdpr:6(1)(f)":
            entry["interest"] = {language: f"{TODO}: which interest"}
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
            "id": names.new(f"{fact.value['data']} {kept}", "rule"),
            "from": _since(fact, language),
        }
        rule |= {"keep": Noted(kept, note(fact)), "then": fact.value["then"] or "erase"}
        if fact.value["then"] is None:
            rule["text"] = {language: f"{TODO}: what happens then is not stated ({fact.value['data']})"}
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
