"""Advertising calls under a consent: each is written down before it is made, and the proof is kept anew from it (§ 7a UWG)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, literal, select

from zusage.declaration import Declaration
from zusage.keepers.consent.rules import consent_answer
from zusage.keepers.consent.service import NoConsent, check_names
from zusage.keepers.context import Context
from zusage.law.duration import Duration
from zusage.law.periods import cutoff
from zusage.registers.consents import (
    EVENTS,
    Event,
    Way,
    add_events,
    events_of,
    milliseconds,
    new_event,
    person_of,
    standing,
)

#: how long the proof is kept from the consent, and anew from each call (§ 7a(2) UWG)
KEPT = Duration.parse("P5Y")


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


def telephone(declaration: Declaration) -> frozenset[str]:
    """The purposes that are consents to advertising calls."""
    return frozenset(name for name, one in declaration.consents.items() if one.telephone)


def still_proven(connection: Connection, declaration: Declaration, now: datetime) -> dict[str, set[bytes]]:
    """Purpose → the persons who agreed to be called, or were called, within the last five years."""
    since = milliseconds(cutoff(now, KEPT, "event", declaration.time_zone))
    found: dict[str, set[bytes]] = {}
    for purpose in telephone(declaration):
        said = (literal(" ") + EVENTS.c.answers + " ").like(f"% {purpose} %")
        statement = select(EVENTS.c.person).where(EVENTS.c.at > since, EVENTS.c.person.is_not(None), said)
        found[purpose] = {bytes(person) for person in connection.execute(statement.distinct()).scalars()}
    return found
