"""Reading a written notice back: does the text still state what is declared?

The writer's own text must (tests measure it); a controller's own wording is told which facts it leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from zusage.declaration import Activity, Declaration, RetentionRule
from zusage.declaration.strict_yaml import KeyPath, dotted
from zusage.findings import Finding, Place, Severity
from zusage.law.authorities import authority
from zusage.law.retention import statutory
from zusage.notice.reading.evaluate import normal
from zusage.notice.reading.facts import Fact, FactType
from zusage.notice.writing.rights import advertises, rests_on_consent, rests_on_interest
from zusage.text import Language, Text

#: a category may name several data, joined as in a sentence
#: what stands beside a category or purpose and is no part of it: "Kennwort (nur als Prüfwert)"
_REMARK = re.compile(r"\s\([^()]*\)")
_PARTS = re.compile(r", | und | and | sowie ")


#: pages are named for many reasons; only mail and telephone are compared
_WEB = re.compile(r"(?:https?://|www\.)|[\w-]+(?:\.[\w-]+)+$")
#: what is cited with a safeguard
_SAFEGUARDS = {
    "adequacy": "gdpr:45", "dpf": "gdpr:45", "scc": "gdpr:46(2)(c)", "bcr": "gdpr:47", "code-of-conduct": "gdpr:46(2)(e)",
    "certification": "gdpr:46(2)(f)", "consent": "gdpr:49(1)(a)", "contract": "gdpr:49(1)(b)",
    "legal-claims": "gdpr:49(1)(e)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact that a notice made from the declaration must state, in the reader's terms, and where it is declared."""

    type: FactType
    value: Any
    key: KeyPath


def stated_facts(declaration: Declaration, language: Language) -> list[Stated]:
    """Everything the notice must state, once per value."""
    found: dict[str, Stated] = {}
    for one in _facts(declaration, language):
        for key in comparable(one.type, one.value):
            found.setdefault(key, one)
    return list({id(one): one for one in found.values()}.values())


def comparable(type: str, value: Any) -> frozenset[str]:
    """A fact in a form that can be compared: enumerations and joined purposes count by their parts."""
    if type in ("data_category", "purpose"):
        core = _REMARK.sub("", str(value)).split("; ")[0]
        parts = [part for part in _PARTS.split(core) if part.strip()]
        return frozenset(f"{type} {normal(type, part)!r}" for part in parts)
    if type == "recipient":
        names = [part for part in _PARTS.split(str(value["name"])) if part.strip()]
        return frozenset(f"recipient {normal(type, {'name': part})!r}" for part in names)
    return frozenset({f"{type} {normal(type, value)!r}"})


def agreement(stated: Iterable[Stated], read: Iterable[Fact]) -> tuple[frozenset[str], frozenset[str]]:
    """Both sides as comparable facts, of the types that are stated at all: what was declared, what was read."""
    declared = frozenset(key for one in stated for key in comparable(one.type, one.value))
    types = {key.split(" ", 1)[0] for key in declared}
    there = frozenset(
        key
        for fact in read
        if fact.type in types and not (fact.type == "contact" and _WEB.match(str(fact.value)))
        for key in comparable(fact.type, fact.value)
    )
    return declared, there


def own_words(declaration: Declaration, language: Language) -> str:
    """The declaration's free texts, as a list: what they state beside the structured facts is the controller's own."""
    return "\n\n".join(f"- {text.says(language)}" for text in _texts(declaration))


def _texts(value: Any) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)


def unstated(
    declaration: Declaration, language: Language, read: Iterable[Fact], file: str = ""
) -> list[Finding]:
    """Facts that are declared but that a text does not state any more."""
    stated = stated_facts(declaration, language)
    _, there = agreement(stated, read)
    return [
        Finding(
            "notice/not-stated",
            Severity.WARNING,
            Text(f"Der Text nennt nicht mehr: {_shown(one)}", f"The text no longer states: {_shown(one)}"),
            Place(file, key=dotted(one.key)),
        )
        for one in stated
        if not comparable(one.type, one.value) <= there
    ]


def _shown(one: Stated) -> str:
    return f"{one.type} {one.value}"


def _facts(declaration: Declaration, language: Language) -> Iterator[Stated]:
    controller, dpo = declaration.controller, declaration.dpo
    yield Stated("controller", controller.name, ("controller", "name"))
    for party, of in (("controller", controller), ("dpo", dpo)):
        for name in ("email", "phone"):
            if of is not None and (value := getattr(of, name)):
                yield Stated("contact", value, (party, name))
    for position, channel in enumerate(declaration.rights.channels):
        if channel.to and channel.kind in ("email", "telephone", "fax"):
            yield Stated("contact", channel.to, ("rights", "channels", position))
    if dpo:
        yield Stated("dpo", dpo.name or dpo.email, ("dpo",))
    if declaration.authority:
        known = authority(declaration.authority.id) if declaration.authority.id else None
        official = known.name.de if known else declaration.authority.name
        yield Stated("authority", official, ("authority",))
    yield Stated("as_of", declaration.as_of.isoformat(), ("as_of",))
    for key, activity in declaration.activities.items():
        yield from _of_activity(declaration, ("activities", key), activity, language)
    for key, item in declaration.browser.items.items():
        keep = {"until-cleared": "until_cleared"}.get(str(item.keep), str(item.keep))
        provider = declaration.recipients[item.provider].name if item.provider else controller.name
        yield Stated(
            "cookie", {"name": item.name, "provider": provider, "keep": keep}, ("browser", "items", key)
        )
    for key, presence in declaration.browser.presences.items():
        operator = declaration.recipients[presence.recipient]
        said = {"name": operator.name, "country": operator.country, "role": None}
        yield Stated("recipient", said, ("browser", "presences", key))
        if presence.arranged:
            yield Stated("legal_basis", "gdpr:26", ("browser", "presences", key))
    yield from _rights(declaration)
    for position, limit in enumerate(declaration.age_limits):
        yield Stated("age_limit", limit.age, ("age_limits", position))


def _of_activity(
    declaration: Declaration, here: KeyPath, activity: Activity, language: Language
) -> Iterator[Stated]:
    for position, purpose in enumerate(activity.purposes):
        yield Stated("purpose", purpose.text.says(language), (*here, "purposes", position))
        for basis in purpose.legal_bases:
            yield Stated("legal_basis", basis.citation.id, (*here, "purposes", position, "legal_bases"))
    for position, category in enumerate(activity.data):
        yield Stated("data_category", category.text.says(language), (*here, "data", position))
    for position, use in enumerate(activity.recipients):
        recipient = declaration.recipients[use.to]
        value = {"name": recipient.called(language), "country": recipient.country, "role": None}
        yield Stated("recipient", value, (*here, "recipients", position))
        if use.consent:
            yield Stated("legal_basis", "consent", (*here, "recipients", position, "consent"))
        if stands := use.servers_in or recipient.servers_in:
            said = {"country": stands, "safeguard": None}
            yield Stated("transfer", said, (*here, "recipients", position, "servers_in"))
        for transfer in recipient.transfers:
            for safeguard in transfer.safeguards or (None,):
                said = {"country": transfer.country, "safeguard": safeguard}
                yield Stated("transfer", said, ("recipients", use.to, "transfers"))
                if cited := _SAFEGUARDS.get(str(safeguard)):
                    yield Stated("legal_basis", cited, ("recipients", use.to, "transfers"))
    for position, rule in enumerate(activity.retention):
        yield from _of_rule(declaration, (*here, "retention", position), rule)


def _of_rule(declaration: Declaration, here: KeyPath, rule: RetentionRule) -> Iterator[Stated]:
    for step in rule.steps:
        keep = step.keep
        if keep.statutory:
            period = statutory(keep.statutory).keep_at(
                declaration.as_of, finance=declaration.controller.financial_institution
            )
            said = str(period) if period else "statutory"
            if cited := statutory(keep.statutory).citation:
                yield Stated("legal_basis", cited.id, here)
        elif keep.at_least and keep.at_most:
            said = f"{keep.at_least}/{keep.at_most}"
        else:
            duration = keep.duration or keep.at_most or keep.at_least
            ends = {"withdrawal": "until_withdrawal", "objection": "until_objection"}
            said = str(duration) if duration else ends.get(str(keep.until), str(keep.until))
        if keep.chosen is None and step.then != "notify":
            yield Stated("retention", {"keep": said, "from": None, "data": "", "then": None}, here)
    if rule.backup:
        yield Stated("retention", {"keep": str(rule.backup), "from": None, "data": "", "then": None}, here)


def _rights(declaration: Declaration) -> Iterator[Stated]:
    named = ["access", "rectification", "erasure", "restriction", "portability", "complaint"]
    if rests_on_interest(declaration) or advertises(declaration):
        named.append("objection")
    if rests_on_consent(declaration):
        named.append("withdraw_consent")
    if any(one.profiling and one.profiling.takes_place for one in declaration.activities.values()):
        named.append("no_automated_decision")
    if declaration.browser.items:
        for cited in ("tdddg:25(1)", "tdddg:25(2)(2)"):
            yield Stated("legal_basis", cited, ("browser", "items"))
    for name in named:
        yield Stated("right", name, ("rights",))
