"""Consents as events: who said yes or no to what, to which very words, when and how. Withdrawal is another event.

Rows are small on purpose – a busy site writes millions: the id and the person are 16 bytes, the words stand once in
`consent_text`, and the database itself takes no event without its answers, its words and their version. No IP address; the
browser's user agent only where the declaration says so (`browser.record_user_agent`). A refusal in the banner has no person
at all. Rows are erased three years after a consent ended; the ledger keeps one root for each group of salted commitments
(`consent_group`), so that each event can be proven by itself.

A name that is answered is a purpose or service of the declaration, or one with a scope: `newsletter/articles` (a topic),
`profile-release/company-17` (a single case), `videos/clip-3` (one embed).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    bindparam,
    insert,
    select,
)

from zusage.database.dialects import in_parts, insert_ignoring
from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime
from zusage.keys import KeyRing
from zusage.ledger import Ledger
from zusage.ledger.merkle import root

TEXTS = Table(
    "consent_text",
    metadata,
    Column("hash", LargeBinary(16), primary_key=True),
    Column("language", String(2), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("notice_version", String(80), nullable=False),
    Column("first_shown_at", UtcDateTime, nullable=False),
    CheckConstraint("notice_version <> ''", name="versioned"),
)
GROUPS = Table(
    "consent_group",
    metadata,
    Column("id", Integer, primary_key=True),
    #: the ledger's entry that holds the root
    Column("entry", String(32), nullable=False),
    #: what the salts of the group's events are made of, each with its event's id
    Column("salt", LargeBinary(16), nullable=False),
    #: the salted commitments of the group in order, 32 bytes each
    Column("leaves", LargeBinary, nullable=False),
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
    Column("text", LargeBinary(16), ForeignKey("consent_text.hash"), nullable=False),
    Column("way", SmallInteger, nullable=False),
    #: milliseconds since 1970: when it ends by itself
    Column("until", BigInteger),
    Column("group", Integer),
    #: the browser's user agent, where the declaration says that it is recorded
    Column("agent", String(200)),
    CheckConstraint("answers <> ''", name="answered"),
    # without the instant: a person's few events are sorted in a moment, and each would take its bytes a million times
    Index("ix_consent_event_person", "person"),
    Index("ix_consent_event_at", "at"),
)

# written out once: a busy site takes thousands of choices a second
_THERE = select(EVENTS.c.id).where(EVENTS.c.id.in_(bindparam("ids", expanding=True)))
_NEW_GROUP = insert(GROUPS).returning(GROUPS.c.id)
_NEW_EVENT = insert(EVENTS)


class Way(IntEnum):
    """How it was given."""

    ACCEPT_ALL = 1
    REJECT_ALL = 2
    CLOSE = 3
    SELECTION = 4
    ALWAYS = 5
    ONCE = 6
    MANAGED = 7  # by a recognised consent-management service in the browser (EinwV)
    FORM = 10
    PAPER = 11
    VOICE = 12
    DOUBLE_OPT_IN = 13
    PARENT = 14
    ASKED = 15  # asked by mail, answered on our page
    WITHDRAWAL = 20
    USED = 21  # a consent for one use was used
    CALL = 22  # an advertising call under a consent, which stands as before (§ 7a UWG)
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
    until: datetime | None = None
    agent: str | None = None

    def row(self) -> dict[str, object]:
        """As it is stored."""
        return {
            "id": self.id,
            "at": milliseconds(self.at),
            "person": self.person,
            "answers": format_answers(self.answers),
            "text": self.text,
            "way": self.way,
            "until": None if self.until is None else milliseconds(self.until),
            "agent": self.agent,
        }

    def salt(self, group: bytes) -> bytes:
        """The salt of its commitment, made of its group's: one can be shown without those of the others."""
        return sha256(group + self.id).digest()[:16]

    def commitment(self, group: bytes) -> bytes:
        """What the ledger may know: SHA-256 over the salt and everything else; `group` is the salt of its group."""
        until = b"" if self.until is None else milliseconds(self.until).to_bytes(8, "big")
        parts = (
            self.salt(group), self.id, milliseconds(self.at).to_bytes(8, "big"), self.person or b"", self.text,
            format_answers(self.answers).encode(), self.way.to_bytes(2, "big"), until,
            (self.agent or "").encode(),
        )  # fmt: skip
        return sha256(b"".join(parts)).digest()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands on one purpose: the answer, since when, by which event, to which words; said last at `at`."""

    agreed: bool
    since: datetime
    at: datetime
    event: bytes
    text: bytes
    way: int
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it is a yes that has not ended by itself at `at`."""
        return self.agreed and (self.until is None or at < self.until)


_BROWSER = re.compile(r"[0-9a-f]{32}")


def is_browser(identity: str) -> bool:
    """Whether this is the form of a pseudonym under which the banner knows a browser."""
    return _BROWSER.fullmatch(identity) is not None


def person_of(keys: KeyRing, identity_kind: str, identity: str) -> bytes:
    """The 16-byte pseudonym under which a subject's consents stand; a `browser` of the banner is known by its pseudonym only.

    What is no pseudonym of a browser is taken as any other identity: nothing stands under it.
    """
    if identity_kind == "browser" and is_browser(identity):
        return bytes.fromhex(identity)
    return sha256(keys.pseudonym("consents", f"{identity_kind}:{identity}").encode()).digest()[:16]


def withdrawal_of(
    person: bytes, events: Iterable[Event], now: datetime, purposes: Collection[str] | None = None
) -> Event | None:
    """The event that withdraws what a person agrees to now, of these purposes or of all; None where there is nothing."""
    agreed = {
        name: stands
        for name, stands in standing(events).items()
        if stands.agreed and (purposes is None or name.partition("/")[0] in purposes)
    }
    if not agreed:
        return None
    text = next(iter(agreed.values())).text
    return new_event(person, dict.fromkeys(agreed, False), text, Way.WITHDRAWAL, now)


def new_event(
    person: bytes | None,
    answers: Mapping[str, bool],
    text: bytes,
    way: int,
    now: datetime,
    until: datetime | None = None,
) -> Event:
    """An event with a fresh id."""
    return Event(secrets.token_bytes(16), now, person, dict(answers), text, int(way), until)


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970."""
    return int(at.timestamp() * 1000)


def instant(value: int) -> datetime:
    """The instant of stored milliseconds, exactly."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)


def format_answers(answers: Mapping[str, bool]) -> str:
    """`maps statistics -marketing`: sorted, so that the same answers give the same text."""
    return _formatted(tuple(answers.items()))


@lru_cache(maxsize=1024)
def _formatted(answers: tuple[tuple[str, bool], ...]) -> str:
    """Nearly everybody answers the same in one of a few ways."""
    return " ".join(name if yes else f"-{name}" for name, yes in sorted(answers))


def parse_answers(text: str) -> dict[str, bool]:
    """The answers of a stored text."""
    return {word.removeprefix("-"): not word.startswith("-") for word in text.split()}


def add_events(
    connection: Connection,
    ledger: Ledger,
    events: Sequence[Event],
    now: datetime,
    actor: str = "server",
    *,
    fresh: bool = False,
    **facts: str,
) -> int:
    """Write a group of events and its one ledger entry, in the caller's transaction; one that is there already (a retry)
    is left alone – unless all are said to be `fresh`: then the database refuses it. Returns how many were new.

    The entry holds the Merkle root of the salted commitments, and `facts`: nothing about an event can be read from it.
    Raises `IntegrityError` for an event that is not fresh.
    """
    # in the order of their ids: two servers that take the same choices in another order would wait for each other
    ordered = sorted(events, key=lambda event: event.id)
    new = ordered if fresh else _unknown(connection, ordered)
    if not new:
        return 0
    salt = secrets.token_bytes(16)
    leaves = [event.commitment(salt) for event in new]
    said = {"events": len(new), "root": root(leaves).hex(), **facts}
    entry = ledger.append(connection, "consent/recorded", said, at=now, actor=actor)
    made = {"entry": entry, "salt": salt, "leaves": b"".join(leaves)}
    group = connection.execute(_NEW_GROUP, made).scalar_one()
    connection.execute(_NEW_EVENT, [event.row() | {"group": group} for event in new])
    return len(new)


def _unknown(connection: Connection, events: Sequence[Event]) -> list[Event]:
    """Those that are not on record, each once."""
    ids = [event.id for event in events]
    there = set(connection.execute(_THERE, {"ids": ids}).scalars()) if ids else ids
    return list({event.id: event for event in events if event.id not in there}.values())


def keep_text(
    connection: Connection, content: bytes, language: str, notice_version: str, now: datetime
) -> bytes:
    """Keep the very words that are shown, once; returns their hash (16 bytes)."""
    digest = sha256(content).digest()[:16]
    values = {"hash": digest, "language": language, "content": content, "notice_version": notice_version}
    connection.execute(insert_ignoring(connection, TEXTS, "hash").values(first_shown_at=now, **values))
    return digest


def events_of(connection: Connection, person: bytes, until: datetime | None = None) -> list[Event]:
    """A person's events in order; with `until`, those up to that instant."""
    statement = select(EVENTS).where(EVENTS.c.person == person).order_by(EVENTS.c.at, EVENTS.c.id)
    if until is not None:
        statement = statement.where(EVENTS.c.at <= milliseconds(until))
    return [event_of(row) for row in connection.execute(statement)]


def events_by_person(
    connection: Connection, persons: Iterable[bytes], until: datetime
) -> dict[bytes, list[Event]]:
    """The events up to an instant of many persons, each one's in order; one statement for five hundred."""
    wanted, found = list(dict.fromkeys(persons)), dict[bytes, list[Event]]()
    for part in in_parts(wanted):
        statement = select(EVENTS).where(EVENTS.c.person.in_(part), EVENTS.c.at <= milliseconds(until))
        for row in connection.execute(statement.order_by(EVENTS.c.at, EVENTS.c.id)):
            event = event_of(row)
            found.setdefault(event.person or b"", []).append(event)
    return found


def standing(events: Iterable[Event]) -> dict[str, Standing]:
    """Purpose or service → where the person stands after these events, which are in order.

    Events of the same millisecond have no order; of these a refusal wins, so that no withdrawal is lost.
    """
    found: dict[str, Standing] = {}
    for event in events:
        if event.way == Way.CALL:
            continue
        for name, yes in event.answers.items():
            before = found.get(name)
            if before is not None and yes and not before.agreed and before.at == event.at:
                continue
            since = (
                before.since if before and before.agreed == yes and before.text == event.text else event.at
            )
            found[name] = Standing(yes, since, event.at, event.id, event.text, event.way, event.until)
    return found


def event_of(row: object) -> Event:
    """The event of a row of `EVENTS`."""
    values = row._mapping  # type: ignore[attr-defined]
    return Event(
        id=bytes(values["id"]),
        at=instant(values["at"]),
        person=bytes(values["person"]) if values["person"] is not None else None,
        answers=parse_answers(values["answers"]),
        text=bytes(values["text"]),
        way=values["way"],
        until=instant(values["until"]) if values["until"] is not None else None,
        agent=values["agent"],
    )
