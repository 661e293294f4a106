"""tick: claim what is due, one item at a time; do one named step; commit it together with what comes next.

A claim is a lease that ends by itself: work of a killed worker is taken over by another one. Its number (`fence`) grows
with every claim, and a step commits only under the number it was claimed with.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, or_, select, update

from zusage.agenda.handlers import Handlers, OutsideWork, Then, Work
from zusage.agenda.items import ITEMS, TICKS, Item, State, as_item
from zusage.database.dialects import database_now, upsert
from zusage.database.failures import failure_code
from zusage.errors import StoreUnreachable, ZusageError
from zusage.ledger import Ledger
from zusage.ledger.identifiers import refuse_personal

LEASE = timedelta(seconds=60)
#: as long as this share of a lease has not passed, it need not be prolonged
_FRESH = 1 / 6
#: A step that failed this often in a row is stuck and waits for a person.
MOST_TRIES = 10
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)
_FORGET_WORKERS = timedelta(days=30)

# written out once: they go with every step
_NEXT = (
    select(ITEMS)
    .where(
        ITEMS.c.state == State.WAITING,
        ITEMS.c.due <= bindparam("now"),
        ITEMS.c.kind.in_(bindparam("kinds", expanding=True)),
        or_(ITEMS.c.lease_until.is_(None), ITEMS.c.lease_until <= bindparam("clock")),
    )
    .order_by(ITEMS.c.due, ITEMS.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_CHANGE = update(ITEMS).where(ITEMS.c.id == bindparam("its_id"))
_HOLD = update(ITEMS).where(
    ITEMS.c.id == bindparam("its_id"),
    ITEMS.c.fence == bindparam("its_fence"),
    ITEMS.c.state == State.WAITING,
)


class LeaseLost(ZusageError):
    """Another worker took the item over, or it was moved or cancelled: this attempt must not be committed."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A step that did not succeed: its kind and name, the error as a code, and whether the item is stuck now."""

    kind: str
    step: str
    code: str
    stuck: bool


@dataclass(frozen=True, slots=True)
class TickReport:
    """What one tick did: steps committed, steps failed, and steps whose lease was lost on the way."""

    at: datetime
    done: int = 0
    lost: int = 0
    failed: tuple[Failed, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class _Worker:
    engine: Engine
    handlers: Handlers
    now: datetime
    owner: str
    lease: timedelta
    ledger: Ledger | None

    def claim(self, connection: Connection, clock: datetime) -> tuple[Item, int] | None:
        """The next due item and the number of its claim; None if nothing is due that nobody works on."""
        wanted = {"now": self.now, "kinds": sorted(self.handlers.kinds), "clock": clock}
        row = connection.execute(_NEXT, wanted).first()
        if row is None:
            return None
        values = {"owner": self.owner, "lease_until": clock + self.lease, "tries": row.tries + 1}
        connection.execute(_CHANGE, values | {"its_id": row.id, "fence": row.fence + 1})
        return replace(as_item(row), tries=row.tries + 1, failure=None), row.fence + 1

    def begin(self, over: Callable[[Connection], None], *, more: bool) -> tuple[Item, int] | None:
        """`claim` in a transaction of its own; `over` is called in it where there is nothing more."""
        with self.engine.begin() as connection:
            claimed = self.claim(connection, database_now(connection)) if more else None
            if claimed is None:
                over(connection)
            return claimed

    def hold(self, connection: Connection, item: Item, fence: int) -> datetime:
        """Lock the item and prolong its lease; the database's clock. Raises `LeaseLost` if it is no longer ours."""
        clock = database_now(connection)
        wanted = {"its_id": item.id, "its_fence": fence, "lease_until": clock + self.lease}
        if connection.execute(_HOLD, wanted).rowcount != 1:
            raise LeaseLost(f"an item of the kind '{item.kind}' went to another worker")
        return clock

    def renewal(self, item: Item, fence: int) -> Callable[[], None]:
        """What prolongs the lease of a step that begins now: `hold` in a transaction of its own, once some of it has passed.

        The lease counts from the claim, shortly before; work that does not last asks nobody.
        """
        since = time.monotonic()

        def renew() -> None:
            nonlocal since
            if time.monotonic() - since < self.lease.total_seconds() * _FRESH:
                return
            with self.engine.begin() as connection:
                self.hold(connection, item, fence)
            since = time.monotonic()

        return renew

    def perform(
        self, item: Item, fence: int, *, more: bool, over: Callable[[Connection], None]
    ) -> tuple[Item, int] | None:
        """Do the item's step and commit what comes next; where there is to be `more`, with the claim of the next item.

        `over` is called in the same transaction when there is none.
        """
        step = self.handlers.find(item)
        then: Then | None = None
        outside = OutsideWork(item, self.engine, self.now, self.renewal(item, fence))
        if step.outside is not None:
            then = step.outside(outside)
        with self.engine.begin() as connection:
            clock = self.hold(connection, item, fence)
            for change in outside.writes:
                change(connection)
            if step.inside is not None:
                then = step.inside(Work(item, connection, self.now))
            self.proceed(connection, item, then)
            if step.recorded:
                facts = {
                    "kind": item.kind,
                    "step": item.step,
                    "next": then.step if then else "end",
                    "item": item.id,
                }
                self.record(connection, "agenda/step", facts)
            claimed = self.claim(connection, clock) if more else None
            if claimed is None:
                over(connection)
            return claimed

    def proceed(self, connection: Connection, item: Item, then: Then | None) -> None:
        """Write what comes next."""
        values: dict[str, Any] = {"owner": None, "lease_until": None, "tries": 0, "failure": None}
        if then is None:
            values |= {"state": State.DONE, "ended_at": self.now}
        else:
            values |= {"step": then.step, "due": then.due or self.now}
            if then.args is not None:
                refuse_personal(then.args)
                values["args"] = dict(then.args)
        connection.execute(_CHANGE, values | {"its_id": item.id})

    def give_up(self, item: Item, fence: int, error: Exception) -> Failed:
        """Put the item back for later, or aside if it failed too often. Outages and duties never get stuck."""
        code = failure_code(error)[:200]
        step = self.handlers.steps.get((item.kind, item.step))
        outage = isinstance(error, StoreUnreachable) or (step is not None and step.persistent)
        stuck = item.tries >= MOST_TRIES and not outage
        values: dict[str, Any] = {"owner": None, "lease_until": None, "failure": code}
        if stuck:
            values["state"] = State.STUCK
        else:
            values["due"] = self.now + backoff(item.tries)
            values["tries"] = item.tries - 1 if outage and item.tries >= MOST_TRIES else item.tries
        with self.engine.begin() as connection:
            self.hold(connection, item, fence)
            connection.execute(_CHANGE, values | {"its_id": item.id})
            if stuck:
                facts = {"kind": item.kind, "step": item.step, "failure": code, "item": item.id}
                self.record(connection, "agenda/stuck", facts)
        return Failed(item.kind, item.step, code, stuck)

    def end(self, connection: Connection, done: int, failed: int) -> None:
        """That this worker looked at the agenda, and what came of it."""
        values = {"owner": self.owner, "at": self.now, "done": done, "failed": failed}
        connection.execute(upsert(connection, TICKS, ("owner",), ("at", "done", "failed")), values)
        connection.execute(delete(TICKS).where(TICKS.c.at < self.now - _FORGET_WORKERS))

    def record(self, connection: Connection, kind: str, facts: dict[str, Any]) -> None:
        """An entry in the ledger, where there is one."""
        if self.ledger is not None:
            self.ledger.append(connection, kind, facts, at=self.now, actor="worker")


def backoff(tries: int) -> timedelta:
    """How long to wait after the n-th failed attempt: 1, 2, 4 … minutes, at most six hours."""
    doublings = min(max(tries - 1, 0), 20)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


def tick(
    engine: Engine,
    handlers: Handlers,
    now: datetime,
    owner: str,
    limit: int = 100,
    *,
    ledger: Ledger | None = None,
    lease: timedelta = LEASE,
) -> TickReport:
    """Do up to `limit` steps that are due at `now`, one after the other, and say what became of them.

    `owner` names the worker (`host:pid`). Any number of workers may tick at once. A failing step never stops the
    others; its error is kept as a code. With a `ledger` every committed step is recorded in its own transaction.
    """
    worker = _Worker(engine, handlers, now, owner, lease, ledger)
    done, lost, failed = 0, 0, list[Failed]()

    def over(connection: Connection, more: int = 0) -> None:
        worker.end(connection, done + more, len(failed))

    claimed = worker.begin(over, more=limit > 0)
    left = limit
    while claimed is not None:
        left -= 1
        item, fence = claimed
        try:
            try:
                claimed = worker.perform(item, fence, more=left > 0, over=lambda each: over(each, 1))
                done += 1
                continue
            except LeaseLost:
                raise
            except Exception as error:  # noqa: BLE001 one bad item must not stop the rest
                failed.append(worker.give_up(item, fence, error))
        except LeaseLost:
            lost += 1
        claimed = worker.begin(over, more=left > 0)
    return TickReport(now, done, lost, tuple(failed))
