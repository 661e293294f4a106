"""The file of a breach: found, changed with its ledger entry, and brought before the officer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from zusage.keepers.announcing.service import BadAnnouncement, words
from zusage.keepers.context import Context
from zusage.mail import Message, enqueue
from zusage.registers.breaches import Breach, breaches, change_breach

AGENDA = "breach"
#: texts of their own; the others speak of the 72 hours
_TEXTS = {"breach-missed": "breach-missed-text"}


def there(context: Context, identifier: str) -> Breach:
    """The breach on file. Raises `BadAnnouncement`."""
    with context.state.connect() as connection:
        found = breaches(connection, id=identifier)
    if not found:
        raise BadAnnouncement(f"there is no breach '{identifier}'")
    return found[0]


def record(
    context: Context,
    identifier: str,
    kind: str,
    facts: dict[str, str],
    actor: str,
    now: datetime,
    **changed: object,
) -> None:
    """Change a breach that is open, with its entry in the ledger. Raises `BadAnnouncement`."""
    if there(context, identifier).closed_at is not None:
        raise BadAnnouncement("this breach is closed")
    with context.state.begin() as connection:
        change_breach(connection, identifier, **changed)
        by = context.keys.pseudonym("actors", actor)
        context.ledger.append(connection, kind, facts, at=now, actor=by)


def tell_officer(
    connection: Connection, context: Context, one: Breach, what: str, now: datetime, **more: object
) -> None:
    """A mail to the data protection officer, where there is one; once for each kind and what `more` says."""
    to = context.officer()
    if to is None:
        return
    language = context.declaration.languages[0]
    values = {"id": one.id, "due": f"{one.due:%Y-%m-%d %H:%M} UTC", **more}
    subject, text = (
        words()[key][language].format(**values) for key in (what, _TEXTS.get(what, "breach-text"))
    )
    message = Message(to, subject, text, "breach/reminder", language=language)
    key = "/".join(("breach", one.id, what, *map(str, more.values())))
    enqueue(connection, message, sender=context.sender(), now=now, key=key)
