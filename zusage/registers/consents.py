"""Consents as events: who said yes or no to what, to which very words, when and how. Withdrawal is another event.

Rows are small on purpose – a busy site writes millions: the id and the person are 16 bytes, the words stand once in
`consent_text`. No IP address, no user agent. A refusal in the banner has no person at all. Rows are erased three years
after a consent ended; the ledger keeps one salted commitment a batch.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from hashlib import sha256

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    insert,
    select,
)

from zusage.database.dialects import insert_ignoring
from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime
from zusage.keys import KeyRing

TEXTS = Table(
    "consent_text",
    metadata,
    Column("hash", LargeBinary(16), primary_key=True),
    Column("language", String(2), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("notice_version", String(80), nullable=False),
    Column("first_shown_at", UtcDateTime, nullable=False),
)
EVENTS = Table(
    "consent_event",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    #: milliseconds since 1970, the server's clock
    Column("at", BigInteger, nullable=False),
    #: pseudonym of browser or subject; none for a refusal
    Column("person", LargeBinary(16)),
    #: `statistics maps` agreed to; `-marketing` refused or withdrawn
    Column("answers", String(400), nullable=False),
    Column("text", LargeBinary(16), nullable=False),
    Column("way", SmallInteger, nullable=False),
    Column("salt", LargeBinary(16), nullable=False),
    Index("ix_consent_event_person_at", "person", "at"),
    Index("ix_consent_event_at", "at"),
    sqlite_with_rowid=False,
)


class Way(IntEnum):
    """How it was given."""

    ACCEPT_ALL = 1
    REJECT_ALL = 2
    CLOSE = 3
    SELECTION = 4
    ALWAYS = 5
    ONCE = 6
    FORM = 10
    PAPER = 11
    VOICE = 12
    DOUBLE_OPT_IN = 13
    PARENT = 14
    WITHDRAWAL = 20
    SERVICE = 30  # a recognised consent-management service (EinwV)
    GPC = 100  # added to the way where the browser sent the signal
    DNT = 200


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `id` and `person` are 16 bytes; `answers` maps purposes and services to yes or no."""

    id: bytes
    at: datetime
    person: bytes | None
    answers: Mapping[str, bool]
    text: bytes
    way: int
    salt: bytes

    def row(self) -> dict[str, object]:
        """As it is stored."""
        return {
            "id": self.id,
            "at": milliseconds(self.at),
            "person": self.person,
            "answers": format_answers(self.answers),
            "text": self.text,
            "way": self.way,
            "salt": self.salt,
        }

    def commitment(self) -> bytes:
        """What the ledger may know: SHA-256 over the salt and everything else."""
        parts = (self.salt, self.id, milliseconds(self.at).to_bytes(8, "big"), self.person or b"", self.text)
        return sha256(
            b"".join(parts) + format_answers(self.answers).encode() + bytes([self.way & 255])
        ).digest()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands on one purpose: the answer, since when, by which event, to which words."""

    agreed: bool
    since: datetime
    event: bytes
    text: bytes
    way: int


def person_of(keys: KeyRing, identity_kind: str, identity: str) -> bytes:
    """The 16-byte pseudonym under which a subject's consents stand."""
    return sha256(keys.pseudonym("consents", f"{identity_kind}:{identity}").encode()).digest()[:16]


def withdrawal_of(person: bytes, events: Iterable[Event], now: datetime) -> Event | None:
    """The event that withdraws everything a person agrees to now; None where there is nothing to withdraw."""
    agreed = {name: stands for name, stands in standing(events).items() if stands.agreed}
    if not agreed:
        return None
    text = next(iter(agreed.values())).text
    answers = dict.fromkeys(agreed, False)
    return Event(
        secrets.token_bytes(16), now, person, answers, text, int(Way.WITHDRAWAL), secrets.token_bytes(16)
    )


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970."""
    return int(at.timestamp() * 1000)


def instant(value: int) -> datetime:
    """The instant of stored milliseconds, exactly."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)


def format_answers(answers: Mapping[str, bool]) -> str:
    """`maps statistics -marketing`: sorted, so that the same answers give the same text."""
    return " ".join(name if yes else f"-{name}" for name, yes in sorted(answers.items()))


def parse_answers(text: str) -> dict[str, bool]:
    """The answers of a stored text."""
    return {word.removeprefix("-"): not word.startswith("-") for word in text.split()}


def add_events(connection: Connection, events: Sequence[Event]) -> int:
    """Write events down, in the caller's transaction; one that is there already (a retry) is left alone.

    Returns how many were new.
    """
    if not events:
        return 0
    ids = [event.id for event in events]
    there = set(connection.execute(select(EVENTS.c.id).where(EVENTS.c.id.in_(ids))).scalars())
    new = {event.id: event for event in events if event.id not in there}
    if new:
        connection.execute(insert(EVENTS), [event.row() for event in new.values()])
    return len(new)


def keep_text(
    connection: Connection, content: bytes, language: str, notice_version: str, now: datetime
) -> bytes:
    """Keep the very words that are shown, once; returns their hash (16 bytes)."""
    digest = sha256(content).digest()[:16]
    values = {"hash": digest, "language": language, "content": content, "notice_version": notice_version}
    connection.execute(insert_ignoring(connection, TEXTS, "hash").values(first_shown_at=now, **values))
    return digest


def text_of(connection: Connection, digest: bytes) -> bytes | None:
    """The very words behind a hash, for showing them again."""
    return connection.execute(select(TEXTS.c.content).where(TEXTS.c.hash == digest)).scalar()


def events_of(connection: Connection, person: bytes, until: datetime | None = None) -> list[Event]:
    """A person's events in order; with `until`, those up to that instant."""
    statement = select(EVENTS).where(EVENTS.c.person == person).order_by(EVENTS.c.at, EVENTS.c.id)
    if until is not None:
        statement = statement.where(EVENTS.c.at <= milliseconds(until))
    return [_event(row) for row in connection.execute(statement)]


def standing(events: Iterable[Event]) -> dict[str, Standing]:
    """Purpose or service → where the person stands after these events, which are in order.

    Events of the same millisecond have no order; of these a refusal wins, so that no withdrawal is lost.
    """
    found: dict[str, Standing] = {}
    moments: dict[str, datetime] = {}
    for event in events:
        for name, yes in event.answers.items():
            before = found.get(name)
            if before is not None and yes and not before.agreed and moments[name] == event.at:
                continue
            moments[name] = event.at
            since = (
                before.since if before and before.agreed == yes and before.text == event.text else event.at
            )
            found[name] = Standing(yes, since, event.id, event.text, event.way)
    return found


def ended_before(connection: Connection, instant_: datetime, limit: int) -> list[bytes]:
    """Ids of at most `limit` events that no longer matter since before `instant_`, decided purpose by purpose.

    An event matters while one of its purposes stands as it agreed, or was answered anew only after `instant_`.
    """
    old = milliseconds(instant_)
    statement = (
        select(EVENTS)
        .where(EVENTS.c.at < old, EVENTS.c.person.is_not(None))
        .order_by(EVENTS.c.at, EVENTS.c.id)
    )
    nobody = select(EVENTS.c.id).where(EVENTS.c.at < old, EVENTS.c.person.is_(None)).limit(limit)
    ended = [bytes(one) for one in connection.execute(nobody).scalars()]
    of_person: dict[bytes, list[Event]] = {}
    for row in connection.execute(statement):
        event = _event(row)
        of_person.setdefault(event.person or b"", []).append(event)
    for events in of_person.values():
        agreed = {name: one for name, one in standing(events).items() if one.agreed}
        stands = {one.event for one in agreed.values()}
        # the agreement that began a standing consent proves it (Art. 7(1)), later ones only repeat it
        since = {(name, one.since) for name, one in agreed.items()}
        for event in events:
            begins = any(yes and (name, event.at) in since for name, yes in event.answers.items())
            if event.id not in stands and not begins:
                ended.append(event.id)
    return ended[:limit]


def _event(row: object) -> Event:
    values = row._mapping  # type: ignore[attr-defined]
    return Event(
        id=bytes(values["id"]),
        at=instant(values["at"]),
        person=bytes(values["person"]) if values["person"] is not None else None,
        answers=parse_answers(values["answers"]),
        text=bytes(values["text"]),
        way=values["way"],
        salt=bytes(values["salt"]),
    )
