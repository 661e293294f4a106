"""What waits: one row for each piece of work, with a state and a due date. Nothing sleeps in memory.

Arguments lead to rows by id; they hold no personal data and are refused where they look like it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Insert,
    Integer,
    String,
    Table,
    UniqueConstraint,
    delete,
    func,
    select,
    update,
)

from zusage.database.dialects import insert_ignoring
from zusage.database.schema import metadata
from zusage.database.types import JsonText, UtcDateTime
from zusage.errors import ZusageError
from zusage.ledger.identifiers import refuse_personal

#: The step an item begins with unless another one is named.
FIRST = "start"


class State(StrEnum):
    """Where an item stands. A `stuck` one failed too often and waits for a person."""

    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"
    STUCK = "stuck"


ITEMS = Table(
    "agenda_item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(60), nullable=False),
    Column("key", String(160), nullable=False),
    Column("state", String(12), nullable=False),
    Column("step", String(60), nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("args", JsonText, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    # the lease: who works on it until when, by the database's clock, and a number that grows with every claim
    Column("owner", String(80), nullable=True),
    Column("lease_until", UtcDateTime, nullable=True),
    Column("fence", Integer, nullable=False, default=0),
    Column("failure", String(200), nullable=True),
    Column("ended_at", UtcDateTime, nullable=True),
    UniqueConstraint("kind", "key"),
    Index("ix_agenda_item_state_due", "state", "due"),
)

TICKS = Table(
    "agenda_tick",
    metadata,
    Column("owner", String(80), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("done", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
)
#: the INSERT of new items by dialect, written out once: it goes with everything that waits
_NEW: dict[str, Insert] = {}


class BadItem(ZusageError):
    """An item that cannot be put on the agenda."""


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of waiting work. `tries` counts the attempts at its present step, this one included."""

    id: int
    kind: str
    key: str
    step: str
    due: datetime
    args: Mapping[str, Any] = field(default_factory=dict)
    tries: int = 0
    state: State = State.WAITING
    failure: str | None = None


def schedule(
    connection: Connection,
    kind: str,
    key: str,
    due: datetime,
    args: Mapping[str, Any] | None = None,
    *,
    step: str = FIRST,
) -> bool:
    """Put work on the agenda, in the caller's transaction. Whether it is new.

    An item of the same kind and key, whatever became of it, is left alone: scheduling twice does the work once.
    Raises `LooksPersonal` for arguments that look like personal data, `BadItem` for names that are too long.
    """
    if len(kind) > 60 or len(key) > 160 or len(step) > 60 or not kind or not key:
        raise BadItem("the kind (60), key (160) or step (60) of an item is empty or too long")
    arguments = dict(args or {})
    refuse_personal(arguments)
    values = {"kind": kind, "key": key, "state": State.WAITING, "step": step, "due": due, "args": arguments}
    dialect = connection.dialect.name
    if dialect not in _NEW:
        statement = insert_ignoring(connection, ITEMS, "kind", "key")
        _NEW[dialect] = statement.execution_options(preserve_rowcount=True)
    return connection.execute(_NEW[dialect], values | {"tries": 0, "fence": 0}).rowcount == 1


def unscheduled(connection: Connection, kind: str, keys: Collection[str]) -> set[str]:
    """Those of `keys` under which no item of the kind stands, whatever became of it."""
    if not keys:
        return set()
    there = select(ITEMS.c.key).where(ITEMS.c.kind == kind, ITEMS.c.key.in_(sorted(keys)))
    return set(keys) - set(connection.execute(there).scalars())


def reschedule(connection: Connection, kind: str, key: str, due: datetime) -> bool:
    """Move a waiting (or stuck) item to another date, with fresh attempts; whether there was one."""
    states = (State.WAITING, State.STUCK)
    values = {
        "due": due,
        "state": State.WAITING,
        "tries": 0,
        "failure": None,
        "lease_until": None,
        "owner": None,
    }
    statement = (
        update(ITEMS)
        .where(ITEMS.c.kind == kind, ITEMS.c.key == key, ITEMS.c.state.in_(states))
        # whoever works on it right now loses it: the new date counts
        .values(fence=ITEMS.c.fence + 1, **values)
    )
    return connection.execute(statement).rowcount == 1


def cancel(connection: Connection, kind: str, key: str, now: datetime) -> bool:
    """Take a waiting or stuck item off the agenda; whether there was one. A step that is running is fenced off."""
    statement = (
        update(ITEMS)
        .where(ITEMS.c.kind == kind, ITEMS.c.key == key, ITEMS.c.state.in_((State.WAITING, State.STUCK)))
        .values(state=State.CANCELLED, ended_at=now, fence=ITEMS.c.fence + 1)
    )
    return connection.execute(statement).rowcount == 1


def items(
    connection: Connection, *, kind: str | None = None, key: str | None = None, state: State | None = None
) -> Iterator[Item]:
    """Items by due date."""
    query = select(ITEMS).order_by(ITEMS.c.due, ITEMS.c.id)
    for column, value in ((ITEMS.c.kind, kind), (ITEMS.c.key, key), (ITEMS.c.state, state)):
        if value is not None:
            query = query.where(column == value)
    for row in connection.execute(query):
        yield as_item(row)


def as_item(row: Any) -> Item:
    """An item from a row of the table."""
    return Item(
        id=row.id,
        kind=row.kind,
        key=row.key,
        step=row.step,
        due=row.due,
        args=row.args,
        tries=row.tries,
        state=State(row.state),
        failure=row.failure,
    )


def overdue(connection: Connection, instant: datetime) -> int:
    """How many items should have been taken up before `instant` and are still waiting, stuck ones included."""
    late = ITEMS.c.state.in_((State.WAITING, State.STUCK)) & (ITEMS.c.due < instant)
    return int(connection.execute(select(func.count()).select_from(ITEMS).where(late)).scalar_one())


def last_tick(connection: Connection) -> datetime | None:
    """When any worker last looked at the agenda; None if never."""
    found: datetime | None = connection.execute(select(func.max(TICKS.c.at, type_=UtcDateTime))).scalar()
    return found


def expire(connection: Connection, before: datetime) -> int:
    """Delete items that ended before `before`; how many. Their keys may then be used again."""
    ended = ITEMS.c.state.in_((State.DONE, State.CANCELLED)) & (ITEMS.c.ended_at < before)
    return int(connection.execute(delete(ITEMS).where(ended)).rowcount)
