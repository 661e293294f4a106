"""Announcing: everybody concerned gets one message, whatever they said to advertising, and it contains none.

Who is concerned is asked of the stores (the accounts of the activities named) or of `parties.yaml` (customers).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from zusage.declaration.strict_yaml import parse
from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.mail import Message, enqueue
from zusage.registers.announcements import Announcement, Told, add_announcement, object_to
from zusage.stores.sql.database import Database
from zusage.text import Text

KINDS = ("notice-change", "security", "service", "transfer", "sub-processor", "breach")


class BadAnnouncement(ZusageError):
    """An announcement that cannot go out as it is; nobody was told."""


@dataclass(frozen=True, slots=True)
class Announcing:
    """What is to be announced: `activities` name whose accounts hear of it, `customers` map a key to an address."""

    kind: str
    effective_at: datetime
    text: Text
    activities: tuple[str, ...] = ()
    customers: Mapping[str, str] | None = None
    recipient: str | None = None


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """Subjects and texts."""
    text = resources.files("zusage.keepers.announcing").joinpath("words.yaml").read_text("utf-8")
    found: Mapping[str, Any] = parse(text, "words.yaml").data
    return found


def announce(context: Context, wanted: Announcing, actor: str, now: datetime) -> Announcement:
    """Tell everybody, each once: register, messages and ledger entry in one transaction. Raises `BadAnnouncement`."""
    _check(context, wanted, now)
    to = dict(_addresses(context, wanted))
    if not to:
        raise BadAnnouncement("nobody is concerned", hint="name activities with accounts, or customers")
    made = Announcement(
        secrets.token_hex(8), wanted.kind, wanted.recipient, wanted.effective_at, now,
        context.keys.pseudonym("actors", actor), wanted.text.de, wanted.text.en,
    )  # fmt: skip
    language = context.declaration.languages[0]
    day = f"{wanted.effective_at.astimezone(ZoneInfo(context.declaration.time_zone)):%Y-%m-%d}"
    subject = words()["subjects"][wanted.kind][language].format(day=day)
    told = []
    with context.state.begin() as connection:
        for party, address in sorted(to.items()):
            key = f"announce/{made.id}/{party}"[:160]
            message = Message(
                address, subject, wanted.text.says(language), f"announce/{wanted.kind}",
                language=language, reference=f"announce/{made.id}",
            )  # fmt: skip
            enqueue(connection, message, sender=context.sender(), now=now, key=key)
            told.append(Told(made.id, party, key))
        add_announcement(connection, made, told)
        facts = {"announcement": made.id, "kind": made.kind, "told": len(told)}
        facts |= {"recipient": made.recipient} if made.recipient else {}
        context.ledger.append(connection, "announcement/made", facts, at=now, actor=made.actor)
    return made


def _check(context: Context, wanted: Announcing, now: datetime) -> None:
    if wanted.kind not in KINDS:
        raise BadAnnouncement(f"'{wanted.kind}' is no kind of announcement", hint=", ".join(KINDS))
    for said in (wanted.text.de, wanted.text.en):
        if not said.strip():
            raise BadAnnouncement("an announcement says what happens, in German and English")
        advert = re.search(words()["adverts"], said, re.IGNORECASE)
        if advert:
            raise BadAnnouncement(
                f"this is an advert, not an announcement: '{advert[0]}'",
                hint="advertising goes out as a mailing, to people who agreed",
            )
    declared = context.declaration
    unknown = [name for name in wanted.activities if name not in declared.activities]
    if unknown:
        raise BadAnnouncement(f"there is no activity '{unknown[0]}'")
    recipient = declared.recipients.get(wanted.recipient or "")
    if wanted.recipient is not None and recipient is None:
        raise BadAnnouncement(f"'{wanted.recipient}' is no declared recipient")
    if wanted.kind in ("notice-change", "transfer", "sub-processor") and wanted.effective_at <= now:
        raise BadAnnouncement("this is told before it takes effect, not after")


def _addresses(context: Context, wanted: Announcing) -> Iterator[tuple[str, str]]:
    """Party → address; a person under a keyed pseudonym, one message for one address."""
    yield from (wanted.customers or {}).items()
    for name in wanted.activities:
        for address in account_holders(context, name):
            if "@" in address:
                yield context.keys.pseudonym("suppression", f"email:{address.casefold()}"), address


def account_holders(context: Context, activity: str) -> Iterator[str]:
    """What stands as the e-mail address of everybody with an account in the activity; not always an address."""
    for store in context.stores.values():
        if isinstance(store, Database):
            yield from _people(store, activity)


def _people(database: Database, activity: str) -> Iterator[str]:
    """Whoever has a row of their own in the activity's first table that holds addresses: accounts, not their referees."""
    parts = database.binding.activities.get(activity, ())
    own = [part for part in parts if "." not in part.subject.get("email", ".")]
    if not own:
        return
    with database.reading() as connection:
        table = database.bound(connection, own[0])
        query = select(table.subject_value("email")).where(table.belongs()).distinct()
        for said in connection.execute(query).scalars():
            yield str(said or "").strip()


def record_objection(context: Context, identifier: str, party: str, actor: str, now: datetime) -> None:
    """A customer objects to what was announced. Raises `BadAnnouncement` for one that was not told."""
    with context.state.begin() as connection:
        if not object_to(connection, identifier, party, now):
            raise BadAnnouncement("this party was not told of this announcement")
        facts = {"announcement": identifier}
        by = context.keys.pseudonym("actors", actor)
        context.ledger.append(connection, "announcement/objected", facts, at=now, actor=by)
