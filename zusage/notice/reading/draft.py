"""From facts to a draft `declaration.yaml`: it loads, every value carries its quotation and line, and what the text leaves
open or the reader is unsure of is a `TODO` that `zusage check` reports. A draft never says more than the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zusage.law.adequacy import eea
from zusage.law.countries import find_countries
from zusage.lexicon import authorities, companies, company_named, service_named, topics_of
from zusage.notice.reading.document import Document
from zusage.notice.reading.draft_activities import Group, activity, groups, in_row, is_basis, note
from zusage.notice.reading.draft_names import Names
from zusage.notice.reading.draft_places import (
    address,
    among_processors,
    channels,
    contract,
    is_necessary,
    item_purpose,
)
from zusage.notice.reading.facts import UNSURE, Fact
from zusage.notice.reading.noted_yaml import Noted, written

TODO = "TODO"
_SAFEGUARDS = {
    "privacy_shield": "none",
    "adequacy": "adequacy",
    "dpf": "dpf",
    "scc": "scc",
    "bcr": "bcr",
    "consent": "consent",
}
_WITHOUT_DATE = "1970-01-01"


def draft_declaration(document: Document, facts: Sequence[Fact]) -> str:
    """A `declaration.yaml` that loads, drafted from the facts of a notice."""
    language = document.language or "de"
    sure = [fact for fact in facts if fact.confidence >= UNSURE]
    open_points: list[str] = [_question(fact) for fact in facts if fact.confidence < UNSURE]
    names = Names()
    recipients = _recipients(document, sure, names)
    items, consents = _storage(document, sure, names, recipients, language)
    grouped, general = groups(document, sure)
    activities = {
        names.new(group.title, "activity"): activity(document, group, recipients.ids, language, open_points)
        for group in grouped
    }
    open_points += _of_all(general)
    tree: dict[str, Any] = {"zusage": 1, "languages": [language], "as_of": _date(sure, open_points)}
    tree["controller"] = _controller(document, sure, open_points)
    tree |= _officer(sure) | _authority(sure, open_points)
    tree["recipients"] = recipients.tree
    tree["activities"] = activities or {
        "todo": activity(document, Group(TODO, []), {}, language, open_points)
    }
    tree["consents"] = consents
    tree["browser"] = {"items": items}
    tree |= _rights(document, sure, language)
    open_points += _services(sure, recipients)
    silent = [key for key, one in activities.items() if "recipients" not in one]
    if silent:
        open_points.append(
            f"the text names no recipients for {', '.join(silent)}; unless some are added, the notice will say that there are none"
        )
    tree["passages"] = {
        f"open-point-{number}": {language: f"{TODO}: {point}"} for number, point in enumerate(open_points, 1)
    }
    head = (
        "A draft read from a notice. Behind each value stands the line and the words it was read from.",
        f"Replace every {TODO}; `zusage check` lists what is still open.",
        "",
    )
    return written({key: value for key, value in tree.items() if value not in ({}, [], {"items": {}})}, head)


def _question(fact: Fact) -> str:
    value = (
        fact.value
        if isinstance(fact.value, str)
        else ", ".join(f"{key} {part}" for key, part in fact.value.items() if part)
        if isinstance(fact.value, Mapping)
        else str(fact.value)
    )
    return f"is this a {fact.type}? {value} ({note(fact)})"[:400]


def _first(facts: Sequence[Fact], kind: str) -> Fact | None:
    return next((fact for fact in facts if fact.type == kind), None)


def _date(facts: Sequence[Fact], open_points: list[str]) -> Any:
    fact = _first(facts, "as_of")
    if fact and len(str(fact.value)) == 10:
        return Noted(fact.value, note(fact))
    if fact and len(str(fact.value)) == 7:
        return Noted(f"{fact.value}-01", note(fact))
    open_points.append("the notice's own date (as_of)")
    return Noted(_WITHOUT_DATE, f"{TODO}: the notice's date")


def _of_all(facts: Sequence[Fact]) -> Iterator[str]:
    """What the notice states for all activities and no single one: a period, a basis."""
    for fact in facts:
        if fact.type == "retention" or (fact.type == "legal_basis" and is_basis(str(fact.value))):
            what = fact.value["keep"] if fact.type == "retention" else fact.value
            kind = "period" if fact.type == "retention" else "basis"
            yield f"this {kind} is stated for the notice as a whole: to which activities does it belong? {what} ({note(fact)})"[
                :400
            ]


def _controller(document: Document, facts: Sequence[Fact], open_points: list[str]) -> dict[str, Any]:
    fact = _first(facts, "controller")
    if fact is None:
        open_points.append("who is responsible (controller)")
        return {"name": TODO}
    return {"name": Noted(fact.value, note(fact))} | address(document, fact) | _ways(facts, fact.line, 12)


def _ways(facts: Sequence[Fact], line: int, reach: int) -> dict[str, Any]:
    """The first e-mail address, telephone number and address on the web within a number of lines."""
    ways: dict[str, Any] = {}
    for fact in facts:
        if fact.type == "contact" and -2 <= fact.line - line <= reach:
            text = str(fact.value)
            way = (
                "email"
                if "@" in text
                else "web"
                if "." in text and any(char.isalpha() for char in text)
                else "phone"
            )
            ways.setdefault(way, Noted(text, note(fact)))
    return ways


#: the beginning of a sentence that was read as a name
_NO_NAME = re.compile(r"(?:Bei|Für|Wenn|Falls|Sie|If|For|In case|Please|Our|Unser)\b")


def _officer(facts: Sequence[Fact]) -> dict[str, Any]:
    fact = _first(facts, "dpo")
    if fact is None:
        return {}
    ways = _ways(facts, fact.line, 4)
    if ways and _NO_NAME.match(str(fact.value)):
        return {"dpo": ways}
    if "@" in str(fact.value):
        return {"dpo": ways | {"email": Noted(fact.value, note(fact))}}
    return {
        "dpo": {"name": Noted(fact.value, note(fact))}
        | (ways or {"phone": f"{TODO}: how the officer is reached"})
    }


def _authority(facts: Sequence[Fact], open_points: list[str]) -> dict[str, Any]:
    fact = next((fact for fact in facts if fact.type == "authority" and fact.value != "unnamed"), None)
    if fact is None:
        open_points.append("which supervisory authority is competent")
        return {}
    known = next((authority.id for authority in authorities() if fact.value in authority.names), None)
    if known and known.startswith("DE-"):
        return {"authority": {"id": Noted(known, note(fact))}}
    return {"authority": {"name": Noted(fact.value, note(fact))}}


class _Recipients:
    """The recipients of a draft: the tree, and the id for a name."""

    def __init__(self) -> None:
        self.tree: dict[str, Any] = {}
        self.ids: dict[str, str] = {}

    def by_company(self, written_name: str) -> str | None:
        """The id of the recipient that is the same company."""
        company = company_named(written_name)
        if company is None:
            return self.ids.get(written_name.casefold())
        return next(
            (
                self.ids[name.casefold()]
                for name in (*company.names, company.short, *company.also)
                if name.casefold() in self.ids
            ),
            None,
        )


#: bodies that get data by law, not on behalf
_BODY = re.compile(
    r"Behörde|Finanzamt|Finanzämter|Gericht|Polizei|Staatsanwalt|authorit|court|police", re.IGNORECASE
)


def _recipients(document: Document, facts: Sequence[Fact], names: Names) -> _Recipients:
    found = _Recipients()
    for fact in facts:
        if fact.type != "recipient" or fact.value["name"].casefold() in found.ids:
            continue
        name = fact.value["name"]
        where = find_countries(name)
        if where and where[0].end - where[0].start >= len(name.strip()):
            continue  # a country is nobody
        identifier = names.new(name, "recipient")
        found.ids[name.casefold()] = identifier
        entry: dict[str, Any] = {"name": Noted(name, note(fact))}
        if (
            company_named(name) is None
            and not fact.value["country"]
            and not any(char in name for char in ".&")
        ):
            entry["category"] = True
        if fact.value["country"]:
            entry["country"] = fact.value["country"]
        by_law = fact.value["role"] is None and _BODY.search(name)
        entry["role"] = "authority" if by_law else fact.value["role"] or "processor"
        entry |= contract(document, fact)
        if fact.value["role"] is None and not by_law and not among_processors(document, fact):
            entry["text"] = {
                "de": f"{TODO}: Rolle (processor oder controller) steht nicht im Text",
                "en": f"{TODO}: the text does not state the role",
            }
        function = next(
            (
                one
                for one in facts
                if one.type == "purpose" and one.line == fact.line and in_row(document, one)
            ),
            None,
        )
        if function is not None:
            entry["function"] = {document.language or "de": Noted(function.value, note(function))}
        moved = list(_moves(facts, fact))
        if moved:
            entry["transfers"] = moved
        found.tree[identifier] = entry
    return found


def _moves(facts: Sequence[Fact], recipient: Fact) -> Iterator[dict[str, Any]]:
    """Transfers stated within the section of a recipient whose country they go to."""
    country = recipient.value["country"]
    seen: set[str] = set()
    for fact in facts:
        near = fact.type == "transfer" and (
            fact.line == recipient.line
            or (fact.section == recipient.section and abs(fact.line - recipient.line) <= 25)
            or "transfer" in topics_of(fact.section)
        )
        if near and country and not eea(country) and fact.value["country"] == country and country not in seen:
            seen.add(country)
            safeguard = fact.value["safeguard"]
            yield {
                "country": Noted(country, note(fact)),
                "safeguards": [_SAFEGUARDS[safeguard]] if safeguard else [],
            }


def _storage(
    document: Document, facts: Sequence[Fact], names: Names, recipients: _Recipients, language: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    items: dict[str, Any] = {}
    seen: set[str] = set()
    for fact in facts:
        if (
            fact.type != "cookie"
            or fact.value["name"] in seen
            or fact.value["keep"] in (None, "purpose", "contract", "statutory")
        ):
            continue
        seen.add(fact.value["name"])
        entry: dict[str, Any] = {"name": Noted(fact.value["name"], note(fact))}
        provider = recipients.by_company(fact.value["provider"]) if fact.value["provider"] else None
        if provider:
            entry["provider"] = provider
        keep = str(fact.value["keep"]).replace("_", "-").split("/")[0]
        entry |= {"purpose": item_purpose(document, fact, language) or {language: TODO}, "keep": keep}
        entry |= {"necessary": True} if is_necessary(document, fact) else {"consent": "to-be-decided"}
        items[names.new(fact.value["name"], "item")] = entry
    asked = {
        "to-be-decided": {
            "title": {language: TODO},
            "text": {language: f"{TODO}: necessary, or asked for by this text"},
        }
    }
    return items, asked if any("consent" in item for item in items.values()) else {}


def _rights(document: Document, facts: Sequence[Fact], language: str) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    own = [
        {
            "what": "acknowledge"
            if "estätig" in fact.value["what"] or "cknowledge" in fact.value["what"]
            else "answer",
            "within": Noted(fact.value["within"], note(fact)),
        }
        for fact in facts
        if fact.type == "deadline"
    ]
    ways = list(channels(document, facts))[:3]
    if own or ways:
        tree["rights"] = ({"channels": ways} if ways else {}) | ({"deadlines": own} if own else {})
    ages = [
        {"age": Noted(fact.value, note(fact)), "for_what": {language: TODO}}
        for fact in facts
        if fact.type == "age_limit"
    ]
    if ages:
        tree["age_limits"] = ages[:1]
    return tree


def _services(facts: Sequence[Fact], recipients: _Recipients) -> Iterator[str]:
    """Services go to the recipient that is their company; a question for each of the others."""
    seen: set[str] = set()
    for fact in facts:
        if fact.type != "third_party_service" or fact.value in seen:
            continue
        seen.add(fact.value)
        service = service_named(fact.value)
        company = companies().get(service.company) if service and service.company else None
        to = recipients.by_company(company.short) if company else recipients.ids.get(fact.value.casefold())
        if to is not None:
            if recipients.tree[to]["name"].value.casefold() != fact.value.casefold():
                recipients.tree[to].setdefault("services", []).append(Noted(fact.value, note(fact)))
            continue
        hint = f" (usually {company.short})" if company else ""
        yield f"who provides the service {fact.value}{hint}, and which recipient is that? ({note(fact)})"[
            :400
        ]
