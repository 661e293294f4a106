"""Consents to advertising calls: which they are, and whose proof is still kept (§ 7a UWG)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, literal, select

from zusage.declaration import Declaration
from zusage.law.duration import Duration
from zusage.law.periods import cutoff
from zusage.registers.consents import EVENTS, milliseconds

#: how long the proof is kept from the consent, and anew from each call (§ 7a(2) UWG)
KEPT = Duration.parse("P5Y")


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
