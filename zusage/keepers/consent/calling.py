"""Advertising calls under a consent: each is written down before it is made, and the proof is kept anew from it (§ 7a UWG)."""

from __future__ import annotations

from datetime import datetime

from zusage.keepers.consent.rules import consent_answer
from zusage.keepers.consent.service import NoConsent, check_names
from zusage.keepers.context import Context
from zusage.registers.consents import (
    Event,
    Way,
    add_events,
    events_of,
    new_event,
    person_of,
    standing,
)


def call(context: Context, identity_kind: str, identity: str, purpose: str, now: datetime) -> Event:
    """Record that a person is about to be called under a consent to advertising calls.

    Raises `NoConsent`, with the reason, where it does not stand now: then nobody may call.
    """
    declaration = context.declaration
    check_names(context, {purpose: True})
    if not declaration.consents[purpose.partition("/")[0]].telephone:
        raise NoConsent(
            f"'{purpose}' is no consent to advertising calls", hint="declare it 'telephone: true'"
        )
    person = person_of(context.keys, identity_kind, identity)
    with context.state.begin() as connection:
        stands = standing(events_of(connection, person, now))
        answer = consent_answer(declaration, connection, purpose, stands, now)
        if not answer.allowed:
            raise NoConsent(answer.reason.says("en"))
        event = new_event(person, {purpose: True}, stands[purpose].text, Way.CALL, now)
        add_events(connection, context.ledger, [event], now)
    return event
