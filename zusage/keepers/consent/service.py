"""Consents given, refused and withdrawn: each is written down durably before anybody is told that it is.

Events from browsers come many at once: they are written in groups, one transaction and one ledger entry a group.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from zusage.decisions.version import bump
from zusage.errors import ZusageError
from zusage.keepers.consent.banner import BannerSpec, ConsentEvent
from zusage.keepers.context import Context
from zusage.ledger.merkle import root
from zusage.registers.consents import (
    Event,
    Standing,
    Way,
    add_events,
    events_of,
    keep_text,
    person_of,
    standing,
)
from zusage.text import Language

_WAYS = {
    "accept-all": Way.ACCEPT_ALL,
    "reject-all": Way.REJECT_ALL,
    "close": Way.CLOSE,
    "selection": Way.SELECTION,
    "always": Way.ALWAYS,
    "once": Way.ONCE,
}
_SIGNALS = {"gpc": Way.GPC, "dnt": Way.DNT}


class NoConsent(ZusageError):
    """A consent that cannot be given like this; nothing was written down."""


@dataclass(frozen=True, slots=True)
class Given:
    """A consent given to an application, on paper or by voice: who, to what, how, in which language."""

    identity_kind: str
    identity: str
    answers: Mapping[str, bool]
    way: Way
    language: Language
    age: int | None = None


def keep_templates(connection: Connection, spec: BannerSpec, now: datetime) -> None:
    """Keep the banner's words in every language, so that each consent can be shown again as it was asked."""
    for language in spec.languages:
        keep_text(connection, spec.template(language), language, spec.version, now)


def from_browser(event: ConsentEvent, now: datetime) -> Event:
    """A checked event of the banner as it is kept. The time is the server's."""
    way = int(_WAYS[event.method]) + (int(_SIGNALS[event.signal.value]) if event.signal else 0)
    return Event(
        id=bytes.fromhex(event.id),
        at=now,
        person=bytes.fromhex(event.browser) if event.browser else None,
        answers={**event.purposes, **event.services},
        text=bytes.fromhex(event.template),
        way=way,
        salt=secrets.token_bytes(16),
    )


def record_group(context: Context, connection: Connection, events: Sequence[Event], now: datetime) -> int:
    """Write a group of events and one ledger entry for it, in the caller's transaction; returns how many were new.

    The entry holds the Merkle root of the salted commitments: no event can be read from it, and a changed group is seen by
    whoever has all its events. The group of an event is not kept, so one event alone cannot be proven yet.
    """
    added = add_events(connection, events)
    if added:
        facts = {"events": added, "root": root([event.commitment() for event in events]).hex()}
        context.ledger.append(connection, "consent/recorded", facts, at=now, actor="server")
        bump(connection)
    return added


def give(context: Context, given: Given, now: datetime) -> Event:
    """Record a subject's consent or refusal for purposes of the declaration.

    Raises `NoConsent` for an unknown purpose, or a person below the purpose's age without the parent's confirmation.
    """
    _check(context, given)
    content = shown_text(context, given.answers, given.language)
    with context.state.begin() as connection:
        text = keep_text(connection, content, given.language, context.declaration.version or "", now)
        person = person_of(context.keys, given.identity_kind, given.identity)
        event = Event(
            secrets.token_bytes(16),
            now,
            person,
            dict(given.answers),
            text,
            int(given.way),
            secrets.token_bytes(16),
        )
        record_group(context, connection, [event], now)
    return event


def withdraw(
    context: Context,
    identity_kind: str,
    identity: str,
    purposes: Sequence[str],
    language: Language,
    now: datetime,
) -> Event:
    """Withdraw consents with effect from `now`; what was done before stays lawful and stays recorded (Art. 7(3))."""
    return give(
        context, Given(identity_kind, identity, dict.fromkeys(purposes, False), Way.WITHDRAWAL, language), now
    )


def state_of(context: Context, identity_kind: str, identity: str, at: datetime) -> dict[str, Standing]:
    """Where a subject stood on each purpose at `at`, a past instant included."""
    person = person_of(context.keys, identity_kind, identity)
    with context.state.connect() as connection:
        return standing(events_of(connection, person, at))


def shown_text(context: Context, purposes: Mapping[str, bool], language: Language) -> bytes:
    """The very words that are asked, as they are kept."""
    lines = []
    for name in sorted(purposes):
        asked = context.declaration.consents[name]
        lines += [asked.title.says(language), asked.text.says(language)]
    return "\n".join([context.declaration.controller.name, *lines]).encode()


def _check(context: Context, given: Given) -> None:
    if not given.answers:
        raise NoConsent("a consent names at least one purpose")
    for name, yes in given.answers.items():
        asked = context.declaration.consents.get(name)
        if asked is None:
            known = ", ".join(context.declaration.consents)
            raise NoConsent(f"the declaration asks no consent '{name}'", hint=f"it asks: {known}")
        too_young = asked.minimum_age is not None and given.age is not None and given.age < asked.minimum_age
        if yes and too_young and given.way is not Way.PARENT:
            raise NoConsent(
                f"consent to '{name}' needs the age of {asked.minimum_age}, or the confirmation of a parent (Art. 8 GDPR)"
            )
