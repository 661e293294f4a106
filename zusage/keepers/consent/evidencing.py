"""What is shown of one consent: the proof with its way into the ledger, and the receipt that the person gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from zusage.declaration import ConsentPurpose, Declaration
from zusage.keepers.consent.rules import is_from_browser
from zusage.keepers.context import Context
from zusage.ledger.leaves import ENTRIES
from zusage.ledger.merkle import included, inclusion, root
from zusage.registers.asks import Ask, ask_by
from zusage.registers.consents import EVENTS, GROUPS, TEXTS, Event, Standing, Way, event_of, events_of
from zusage.text import Language

#: the structure that receipts follow
RECEIPT_SCHEMA = "ISO/IEC TS 27560:2023"
_LEAF = 32


@dataclass(frozen=True, slots=True)
class Words:
    """The words that were shown: their language, the version of the notice, since when they were asked."""

    hash: bytes
    language: str
    version: str
    content: str
    first_shown_at: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """An event's place in its group and the ledger's entry that holds the group's root: provable without the others."""

    entry: str
    salt: bytes
    commitment: bytes
    index: int
    size: int
    path: tuple[bytes, ...]
    root: bytes
    holds: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """One consent as it can be shown to an authority."""

    event: Event
    words: Words
    membership: Membership | None
    asked: Ask | None

    @property
    def type(self) -> str:
        """`consent`, `refusal`, `withdrawal` or `use`."""
        if self.event.way in (Way.USED, Way.CALL):
            return "use"
        if any(self.event.answers.values()):
            return "consent"
        # a refusal in the banner has no person: with one it takes back what was agreed to
        taken_back = is_from_browser(self.event.way) and self.event.person is not None
        return "withdrawal" if taken_back or self.event.way == Way.WITHDRAWAL else "refusal"

    def as_json(self) -> dict[str, Any]:
        """Everything, JSON-ready; instants in UTC."""
        event, words = self.event, self.words
        shown: dict[str, Any] = {
            "id": event.id.hex(),
            "at": event.at.isoformat(),
            "type": self.type,
            "way": way_name(event.way),
            "answers": dict(event.answers),
            "until": event.until.isoformat() if event.until else None,
            "notice_version": words.version,
            "template": template_of(words) | {"first_shown_at": words.first_shown_at.isoformat()},
            "language": words.language,
            "words": words.content,
        }
        if event.agent is not None:
            shown["user_agent"] = event.agent
        if self.asked is not None:
            shown["asked_at"] = self.asked.entered_at.isoformat()
        if self.membership is not None:
            member = self.membership
            shown["ledger"] = {
                "entry": member.entry,
                "commitment": member.commitment.hex(),
                "salt": member.salt.hex(),
                "index": member.index,
                "size": member.size,
                "path": [step.hex() for step in member.path],
                "root": member.root.hex(),
                "holds": member.holds,
            }
        return shown


def way_name(way: int) -> str:
    """How a consent was given, in words a program can read: `double-opt-in`, `accept-all+gpc`."""
    signals = {1: "+gpc", 2: "+dnt"}
    return Way(way % 100).name.lower().replace("_", "-") + signals.get(way // 100, "")


def template_of(words: Words) -> dict[str, str]:
    """Hash and version of the template that was shown; a banner's template names the version of its own layout too."""
    found = {"hash": words.hash.hex(), "version": words.version}
    try:
        shown = json.loads(words.content)
    except ValueError:
        return found
    return found | (
        {"layout": str(shown["template"])} if isinstance(shown, dict) and "template" in shown else {}
    )


def evidence(context: Context, id: bytes) -> Evidence | None:
    """The proof of one consent; None for an id that is none: no consent."""
    with context.state.connect() as connection:
        row = connection.execute(select(EVENTS).where(EVENTS.c.id == id)).first()
        if row is None:
            return None
        return _evidence(connection, event_of(row), row.group)


def evidence_of(context: Context, person: bytes) -> list[Evidence]:
    """The proofs of everything a person ever answered, the oldest first."""
    with context.state.connect() as connection:
        mine = select(EVENTS.c.id, EVENTS.c.group).where(EVENTS.c.person == person)
        groups = {bytes(row.id): row.group for row in connection.execute(mine)}
        events = events_of(connection, person)
        return [_evidence(connection, event, groups.get(event.id)) for event in events]


def _evidence(connection: Connection, event: Event, group: int | None) -> Evidence:
    words = connection.execute(select(TEXTS).where(TEXTS.c.hash == event.text)).one()
    shown = Words(
        bytes(words.hash),
        words.language,
        words.notice_version,
        bytes(words.content).decode(),
        words.first_shown_at,
    )
    member = None if group is None else _membership(connection, event, group)
    return Evidence(event, shown, member, ask_by(connection, event=event.id))


def _membership(connection: Connection, event: Event, number: int) -> Membership | None:
    row = connection.execute(select(GROUPS).where(GROUPS.c.id == number)).first()
    if row is None:
        return None
    packed, group = bytes(row.leaves), bytes(row.salt)
    salt, leaf = event.salt(group), event.commitment(group)
    leaves = [packed[start : start + _LEAF] for start in range(0, len(packed), _LEAF)]
    if leaf not in leaves:
        return Membership(row.entry, salt, leaf, -1, len(leaves), (), root(leaves), holds=False)
    index = leaves.index(leaf)
    path, top = inclusion(leaves, index), root(leaves)
    stated = _stated_root(connection, row.entry)
    holds = stated == top.hex() and included(leaf, index, len(leaves), path, top)
    return Membership(row.entry, salt, leaf, index, len(leaves), tuple(path), top, holds)


def _stated_root(connection: Connection, entry: str) -> str | None:
    content = connection.execute(select(ENTRIES.c.bytes).where(ENTRIES.c.id == entry)).scalar()
    return None if content is None else str(json.loads(bytes(content))["facts"].get("root"))


def receipt(context: Context, shown: Evidence, language: Language) -> dict[str, Any]:
    """The receipt of a consent for the person, in the structure of ISO/IEC TS 27560."""
    declaration, event = context.declaration, shown.event
    purposes = [
        _purpose(declaration, name, declaration.consents[name.partition("/")[0]], language)
        for name, yes in event.answers.items()
        if yes and name.partition("/")[0] in declaration.consents
    ]
    return {
        "record_metadata": {
            "schema_version": RECEIPT_SCHEMA,
            "record_id": event.id.hex(),
            "pii_principal_id": event.person.hex() if event.person else "",
        },
        "pii_processing": {
            "privacy_notice": context.link("/notice"),
            "notice_version": shown.words.version,
            "language": shown.words.language,
            "words": shown.words.content,
            "purposes": purposes,
        },
        "party_identification": [_party(declaration)],
        "event": [
            {
                "event_time": event.at.isoformat(),
                "validity_duration": event.until.isoformat() if event.until else "until withdrawn",
                "entity_id": declaration.controller.name,
                "event_type": "explicit",
                "event_state": "given" if shown.type == "consent" else "withdrawn",
                "collection_method": way_name(event.way),
            }
        ],
    }


def _purpose(
    declaration: Declaration, name: str, asked: ConsentPurpose, language: Language
) -> dict[str, Any]:
    scope = name.partition("/")[2]
    basis = asked.legal_basis.id if asked.legal_basis else "gdpr:6(1)(a)"
    activities = [
        (key, activity)
        for key, activity in declaration.activities.items()
        if any(b.consent == name.partition("/")[0] for one in activity.purposes for b in one.legal_bases)
    ]
    uses = [use for _, activity in activities for use in activity.recipients]
    recipients = sorted({use.to for use in uses})
    country = declaration.controller.address.country if declaration.controller.address else "DE"
    kept = {
        use.servers_in or declaration.recipients[use.to].servers_in or declaration.recipients[use.to].country
        for use in uses
    }
    return {
        "purpose": asked.title.says(language),
        "purpose_id": name,
        "purpose_type": asked.category,
        "purpose_text": asked.topics[scope].says(language) if scope in asked.topics else asked.text.says(language),
        "lawful_basis": basis,
        "pii_information": [one.text.says(language) for _, activity in activities for one in activity.data],
        "pii_controllers": [declaration.controller.name],
        "storage_locations": [country, *sorted({str(one) for one in kept if one} - {country})],
        "recipients": [declaration.recipients[key].name for key in recipients],
        "retention_period": str(asked.valid_for) if asked.valid_for else "until withdrawn",
        "jurisdiction": country,
        "withdrawal_method": "/settings" if asked.asked == "banner" else "/rights",
        "privacy_rights": ["access", "rectification", "erasure", "restriction", "portability", "withdraw-consent", "complaint"],
    }  # fmt: skip


def _party(declaration: Declaration) -> dict[str, Any]:
    controller = declaration.controller
    address = controller.address
    return {
        "party_id": "controller",
        "party_role": "PII controller",
        "party_name": controller.name,
        "party_address": f"{address.street}, {address.postcode} {address.city}, {address.country}"
        if address
        else "",
        "party_contact": controller.email or "",
    }


def lawfulness(
    declaration: Declaration, stands: Mapping[str, Standing], at: datetime, now: datetime
) -> list[dict[str, Any]]:
    """For each purpose where a person stood at `at`: what processing then rested on, whatever was said later."""
    shown = []
    for name, one in sorted(stands.items()):
        valid = one.holds(at)
        past = "at the time" if at < now else "now"
        shown.append(
            {
                "purpose": name,
                "agreed": valid,
                "since": one.since.isoformat(),
                "way": way_name(one.way),
                "basis": f"consent, valid {past}" if valid else "none",
                "consent": one.event.hex(),
                "words": one.text.hex(),
                "browser": is_from_browser(one.way),
            }
        )
    return shown
