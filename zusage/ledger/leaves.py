"""Entries: appended in the caller's transaction, as canonical bytes; a sealer gives them their position later.

The bytes are what is hashed and proven. The columns beside them repeat parts of the bytes so that one can query;
verification checks that they say the same.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    select,
)

from zusage.database.schema import metadata
from zusage.errors import ZusageError
from zusage.ledger.canonical import canonical
from zusage.ledger.identifiers import refuse_personal

#: `seq` is the order of arrival; `position` the place in the Merkle tree, empty until the entry is sealed.
ENTRIES = Table(
    "ledger_entry",
    metadata,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("position", BigInteger, nullable=True),
    Column("at", String(27), nullable=False),
    Column("kind", String(60), nullable=False),
    Column("subject", String(80), nullable=True),
    Column("id", String(32), nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    Index("ix_ledger_entry_position", "position", unique=True),
    Index("ix_ledger_entry_id", "id", unique=True),
    Index("ix_ledger_entry_subject", "subject"),
    Index("ix_ledger_entry_kind_at", "kind", "at"),
)
_COLUMNS = ("at", "kind", "subject", "id", "bytes")
_ID = _COLUMNS.index("id")

_KIND = re.compile(r"[a-z][a-z0-9_.\-]*(?:/[a-z][a-z0-9_.\-]*)*")
_PSEUDONYM = re.compile(r"[a-z][a-z_]{0,39}(?:-\d{4})?\.[a-p]{32}")
_SYSTEM = re.compile(r"[a-z][a-z_\-]*(?:[:/][a-z0-9_\-]+)*")


class BadEntry(ZusageError):
    """An entry that the ledger does not take. Names the part, never its value."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act to record; the arguments of `Ledger.append`."""

    kind: str
    facts: Mapping[str, Any]
    at: datetime
    subject: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A recorded act as read back; `position` is None as long as it is not sealed."""

    id: str
    position: int | None
    kind: str
    at: datetime
    subject: str | None
    actor: str | None
    facts: Mapping[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=1024)
def instant_text(at: datetime) -> str:
    """An aware instant as 27 characters that sort by time: `2026-03-01T08:00:00.000000Z`."""
    if at.tzinfo is None:
        raise BadEntry("the instant of an entry needs a time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def append(connection: Connection, acts: Iterable[Act]) -> list[str]:
    """Insert entries in the caller's transaction, in one statement; returns their ids. See `Ledger.append`."""
    chance = int.from_bytes(os.urandom(10), "big")
    rows = [_row(act, (chance + number) % (1 << 80)) for number, act in enumerate(acts)]
    if rows:
        # by the driver itself: to look at every value of thousands of rows again costs as much as writing them
        connection.exec_driver_sql(_inserting(connection.dialect.name), rows)
    return [row[_ID] for row in rows]


@cache
def _inserting(dialect: str) -> str:
    """The INSERT of one entry as the driver takes it, with its values in the order of `_row`."""
    marks = ", ".join(["?" if dialect == "sqlite" else "%s"] * len(_COLUMNS))
    return f"INSERT INTO {ENTRIES.name} ({', '.join(_COLUMNS)}) VALUES ({marks})"  # noqa: S608 names of ours


@lru_cache(maxsize=1024)
def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000) & 0xFFFFFFFFFFFF


@lru_cache(maxsize=4096)
def _good_kind(kind: str) -> bool:
    return len(kind) <= 60 and bool(_KIND.fullmatch(kind))


def _row(act: Act, chance: int) -> tuple[Any, ...]:
    if not _good_kind(act.kind):
        raise BadEntry("the kind of an entry is written like retention/erased, at most 60 characters")
    if act.subject is not None and not _PSEUDONYM.fullmatch(act.subject):
        raise BadEntry(
            "the subject of an entry is a keyed pseudonym", hint="KeyRing.pseudonym('subjects', …, year)"
        )
    if act.actor is not None and not _PSEUDONYM.fullmatch(act.actor) and not _SYSTEM.fullmatch(act.actor):
        raise BadEntry("the actor of an entry is a keyed pseudonym or a system's name such as worker/sweep")
    refuse_personal(act.facts)
    at = instant_text(act.at)
    # sorts roughly by time and within a batch, so that its index grows in one place; unique by 80 random bits
    identity = f"{_milliseconds(act.at):012x}{chance:020x}"
    # the canonical form of the whole, written out: all parts but the facts are plain ASCII without quotation marks
    actor = "null" if act.actor is None else f'"{act.actor}"'
    subject = "null" if act.subject is None else f'"{act.subject}"'
    content = b'{"actor":%b,"at":"%b","facts":%b,"id":"%b","kind":"%b","subject":%b}' % (
        actor.encode(), at.encode(), canonical(act.facts), identity.encode(), act.kind.encode(), subject.encode()
    )  # fmt: skip
    return at, act.kind, act.subject, identity, content


def read_entry(content: bytes, position: int | None) -> Entry:
    """An entry from its canonical bytes."""
    said = json.loads(content)
    return Entry(
        id=said["id"],
        position=position,
        kind=said["kind"],
        at=datetime.fromisoformat(said["at"]),
        subject=said["subject"],
        actor=said["actor"],
        facts=said["facts"],
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries to read: all conditions that are given must hold. `kind` may end in `/` for all kinds below it."""

    kind: str | None = None
    subjects: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    newest_first: bool = False
    limit: int | None = None


def entries(connection: Connection, wanted: Wanted) -> Iterator[Entry]:
    """Recorded acts in the order of their arrival (or the newest first), unsealed ones included."""
    query = select(ENTRIES.c.bytes, ENTRIES.c.position)
    if wanted.kind is not None:
        kind = ENTRIES.c.kind
        query = query.where(
            kind.startswith(wanted.kind, autoescape=True)
            if wanted.kind.endswith("/")
            else kind == wanted.kind
        )
    if wanted.subjects is not None:
        query = query.where(ENTRIES.c.subject.in_(wanted.subjects))
    if wanted.since is not None:
        query = query.where(ENTRIES.c.at >= instant_text(wanted.since))
    if wanted.until is not None:
        query = query.where(ENTRIES.c.at < instant_text(wanted.until))
    query = query.order_by(ENTRIES.c.seq.desc() if wanted.newest_first else ENTRIES.c.seq)
    if wanted.limit is not None:
        query = query.limit(wanted.limit)
    for content, position in connection.execute(query):
        yield read_entry(content, position)
