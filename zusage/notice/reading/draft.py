"""From facts to a draft `declaration.yaml`: it loads, every value carries its quotation and line, and what the text leaves
open or the reader is unsure of is a `TODO` that `zusage check` reports. A draft never says more than the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zusage.lexicon import authorities, company_named, service_named
from zusage.notice.reading.document import Document
from zusage.notice.reading.draft_activities import Group, activity, groups, note
from zusage.notice.reading.draft_names import Names
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
    recipients = _recipients(sure, names, open_points)
    items, consents = _storage(sure, names, recipients, language)
    grouped = groups(document, sure)
    activities = {
        names.new(group.title, "activity"): activity(group, recipients.ids, language, open_points)
        for group in grouped
    }
    tree: dict[str, Any] = {"zusage": 1, "languages": [language], "as_of": _date(sure, open_points)}
    tree["controller"] = _controller(sure, open_points)
    tree |= _officer(sure) | _authority(sure, open_points)
    tree["recipients"] = recipients.tree
    tree["activities"] = activities or {"todo": activity(Group(TODO, []), {}, language, open_points)}
    tree["consents"] = consents
    tree["browser"] = {"items": items}
    tree |= _rights(sure, language)
    open_points += _services(sure, recipients.ids)
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


def _controller(facts: Sequence[Fact], open_points: list[str]) -> dict[str, Any]:
    fact = _first(facts, "controller")
    if fact is None:
        open_points.append("who is responsible (controller)")
        return {"name": TODO}
    return {"name": Noted(fact.value, note(fact))} | _ways(facts, fact.line, 12)


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


def _officer(facts: Sequence[Fact]) -> dict[str, Any]:
    fact = _first(facts, "dpo")
    if fact is None:
        return {}
    ways = _ways(facts, fact.line, 4)
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


def _recipients(facts: Sequence[Fact], names: Names, open_points: list[str]) -> _Recipients:
    found = _Recipients()
    for fact in facts:
        if fact.type != "recipient" or fact.value["name"].casefold() in found.ids:
            continue
        name = fact.value["name"]
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
        entry["role"] = fact.value["role"] or "processor"
        if fact.value["role"] is None:
            entry["text"] = {
                "de": f"{TODO}: Rolle (processor oder controller) steht nicht im Text",
                "en": f"{TODO}: the text does not state the role",
            }
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
        near = fact.type == "transfer" and abs(fact.line - recipient.line) <= 25
        if near and country and fact.value["country"] == country and country not in seen:
            seen.add(country)
            safeguard = fact.value["safeguard"]
            yield {
                "country": Noted(country, note(fact)),
                "safeguards": [_SAFEGUARDS[safeguard]] if safeguard else [],
            }


def _storage(
    facts: Sequence[Fact], names: Names, recipients: _Recipients, language: str
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
        entry |= {"purpose": {language: TODO}, "keep": keep, "consent": "to-be-decided"}
        items[names.new(fact.value["name"], "item")] = entry
    asked = {
        "to-be-decided": {
            "title": {language: TODO},
            "text": {language: f"{TODO}: necessary, or asked for by this text"},
        }
    }
    return items, asked if items else {}


def _rights(facts: Sequence[Fact], language: str) -> dict[str, Any]:
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
    if own:
        tree["rights"] = {"deadlines": own}
    ages = [
        {"age": Noted(fact.value, note(fact)), "for_what": {language: TODO}}
        for fact in facts
        if fact.type == "age_limit"
    ]
    if ages:
        tree["age_limits"] = ages[:1]
    return tree


def _services(facts: Sequence[Fact], ids: Mapping[str, str]) -> Iterator[str]:
    seen: set[str] = set()
    for fact in facts:
        if fact.type == "third_party_service" and fact.value not in seen:
            seen.add(fact.value)
            service = service_named(fact.value)
            hint = f" (usually {service.company})" if service and service.company else ""
            yield f"who provides the service {fact.value}{hint}, and which recipient is that? ({note(fact)})"[
                :400
            ]
