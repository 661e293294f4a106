"""The link in each mail: one click ends the consent, or is the objection of a customer who never gave one (Art. 21(2))."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from zusage.decisions.version import bump
from zusage.declaration import Declaration
from zusage.keepers.consent.links import Unsubscribe
from zusage.keepers.consent.service import below
from zusage.keepers.context import Context
from zusage.mail import cancel_prefix
from zusage.registers.consents import Way, add_events, events_of, new_event, standing
from zusage.registers.mailings import mail_prefix
from zusage.registers.suppressions import suppress


def unsubscribe(context: Context, link: Unsubscribe, now: datetime) -> None:
    """End the purpose for the person of a link, at once: withdrawn, on the suppression list, out of the outbox.

    Doing it twice changes nothing. What was sent before stays lawful and stays recorded.
    """
    with context.state.begin() as connection:
        _withdraw(context, connection, link, now)
        suppress(connection, link.suppression, link.purpose, now)
        cancel_prefix(connection, mail_prefix(link.person, link.purpose), now)
        bump(connection)


def _withdraw(context: Context, connection: Connection, link: Unsubscribe, now: datetime) -> None:
    stands = standing(events_of(connection, link.person, now))
    ended = _ended(context.declaration, link.purpose)
    agreed = [name for name in below(ended, stands) if stands[name].agreed]
    if not agreed:
        return
    event = new_event(link.person, dict.fromkeys(agreed, False), stands[agreed[0]].text, Way.WITHDRAWAL, now)
    add_events(connection, context.ledger, [event], now)


def _ended(declaration: Declaration, purpose: str) -> set[str]:
    """The purpose with its topics; and the tracking of its mails, unless mails of another purpose are tracked by it too."""
    asked = declaration.consents.get(purpose)
    tracking = asked.tracking if asked else None
    others = {one.tracking for name, one in declaration.consents.items() if name != purpose}
    return {purpose, tracking} if tracking and tracking not in others else {purpose}
