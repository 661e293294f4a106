"""Mails before a step: queued when the period nears its end, and the step waits until the mail went out.

The store learns of a mail that went out by an exclusion of the kind `notice`, which names the event it was about: a new
login is a new event, and the old mail no longer counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, and_, not_, null, select
from sqlalchemy.exc import DBAPIError

from zusage.database.dialects import in_parts
from zusage.declaration.retention import Keep
from zusage.errors import StoreUnreachable
from zusage.keepers.context import Context
from zusage.keepers.retention.letters import bounced_letter, letter
from zusage.keepers.retention.selecting import to_be_told
from zusage.keepers.retention.tasks import Task, tasks
from zusage.keepers.retention.versions import EarlierPeriods
from zusage.law.duration import Duration
from zusage.law.periods import retention_end
from zusage.mail.message import BadMessage
from zusage.mail.outbox import OUTBOX, MailState, Sender, enqueue
from zusage.registers.notices import (
    Notice,
    clear_notices,
    cleared_with,
    open_notices,
    remember_notices,
    waiting_notices,
)
from zusage.stores.clockwork import condition
from zusage.stores.paths import BadPath, parse_path
from zusage.stores.selection import Cut, Selection
from zusage.stores.sql import journal
from zusage.stores.sql.database import Database
from zusage.stores.sql.events import value_at


def queue_notices(context: Context, approved: Iterable[str], now: datetime) -> int:
    """Queue the mails that are due for approved promises; returns how many rows were told. Each row and event once."""
    allowed, count, older = set(approved), 0, EarlierPeriods.of(context)
    for task in tasks(context, now, to_be_told, older=older):
        told = task.step.step.notice is not None or task.action == "notify"
        if told and not task.moved and not task.only_kept and task.step.promise_id in allowed:
            try:
                count += _queue(context, task, older.older.get(task.step.promise_id, []), now)
            except (StoreUnreachable, DBAPIError, BadPath):
                continue  # the act on this store will say so
    return count


def to_tell(task: Task, now: datetime) -> Selection:
    """Rows whose mail is due."""
    return Selection((task.test,), now, condition(task.step.rule.when), task.kept_by)


def _queue(context: Context, task: Task, older: list[tuple[Cut, Keep]], now: datetime) -> int:
    database = task.database
    if not database.install_journal():
        return 0
    known = _known(context, task)
    with database.reading() as connection:
        table = database.bound(connection, task.part)
        address = task.part.contact or task.part.subject.get("email")
        to = value_at(table.schema, table.table, parse_path(address)) if address else None
        event = table.event_of(task.test)
        assert event is not None
        since = [table.collected_before(cut, task.test) for cut, _ in older]
        columns = [
            table.row_key,
            table.event_text(task.test),
            event.expression,
            to if to is not None else null(),
        ]
        rows = and_(table.where(to_tell(task, now)), not_(table.told(task.step.promise_id, task.test)))
        query = select(*columns, *since).select_from(table.table).where(rows)
        found = [
            Told(str(row[0]), str(row[1]), event.instant(row[2]), row[3], _periods(older, row[4:]))
            for row in connection.execute(query.order_by(*table.key_columns))
        ]
    fresh = [row for row in found if (row.key, row.event) not in known]
    for part in in_parts(fresh):
        with context.state.begin() as connection:
            some = [_notice(connection, context, task, row, now) for row in part]
            remember_notices(connection, some)
            facts = {"promise": task.step.promise_id, "store": database.name, "count": len(some)}
            context.ledger.append(connection, "retention/notice-queued", facts, at=now, actor="worker/sweep")
    return len(fresh)


def _known(context: Context, task: Task) -> set[tuple[str, str]]:
    with context.state.connect() as connection:
        waiting = waiting_notices(connection, task.database.name)
    return {(one.row_key, one.event) for one in waiting if one.promise == task.step.promise_id}


@dataclass(frozen=True, slots=True)
class Told:
    """A row whose mail is due. `periods`: those of older notices under which it was collected."""

    key: str
    event: str
    instant: datetime | None
    address: object
    periods: Sequence[Duration]


def _periods(older: Sequence[tuple[Cut, Keep]], collected: Sequence[Any]) -> list[Duration]:
    return [keep.duration for (_, keep), so in zip(older, collected, strict=True) if so and keep.duration]


def _end(context: Context, task: Task, row: Told, now: datetime) -> datetime:
    """The day that the mail names: never sooner than the notice period after now."""
    notice, duration = task.step.step.notice, task.step.step.keep.duration
    zone, start = context.declaration.time_zone, task.step.rule.since.start
    ends = now if notice is None else retention_end(now, notice.before, "event", zone)
    if row.instant is not None and duration is not None:
        periods = [duration, *row.periods]
        return max(ends, min(retention_end(row.instant, period, start, zone) for period in periods))
    return ends


def _notice(connection: Connection, context: Context, task: Task, row: Told, now: datetime) -> Notice:
    key, event, address, number = row.key, row.event, row.address, None
    ends = _end(context, task, row, now)
    promise = task.step.promise_id
    if address:
        occasion = sha256(f"{task.database.name}\n{task.part.table}\n{key}\n{event}".encode()).hexdigest()[
            :24
        ]
        controller = context.declaration.controller
        sender = Sender(context.mail.sender or controller.email or "", controller.name)
        try:
            message = letter(context, task.step, str(address), ends)
            number = enqueue(connection, message, sender=sender, now=now, key=f"{promise}/{occasion}"[-160:])
        except BadMessage:
            number = None  # what is no address cannot be written to: nobody waits for it
    return Notice(promise, task.database.name, task.part.table, key, event, number, now)


def clear_sent(context: Context, database: Database, now: datetime) -> int:
    """Tell the store which mails went out; returns how many that were. Where nobody could be written to, it is told so."""
    with context.state.connect() as connection:
        waiting = waiting_notices(connection, database.name)
        numbers = [one.mail for one in waiting if one.mail is not None]
        sent: dict[int, datetime] = {}
        for part in in_parts(numbers):
            wanted = OUTBOX.c.id.in_(part) & (OUTBOX.c.state == MailState.SENT)
            rows = connection.execute(select(OUTBOX.c.id, OUTBOX.c.ended_at).where(wanted))
            sent |= {row[0]: row[1] for row in rows}
    gone = [(one, one.queued_at if one.mail is None else sent[one.mail]) for one in waiting
            if one.mail is None or one.mail in sent]  # fmt: skip
    if not gone or not database.install_journal():
        return 0
    with database.writing() as connection:
        journal.exclude(
            connection,
            [
                journal.Exclusion(one.target, one.row_key, "notice", one.promise, at, one.event)
                for one, at in _newest(gone)
            ],
            renew=True,
        )
    with context.state.begin() as connection:
        clear_notices(connection, [one.id for one, _ in gone], now)
    return len(gone)


def take_back_bounced(context: Context, database: Database, now: datetime) -> int:
    """A mail that came back told nobody: the step waits again, and the officer hears of it. Returns how many that were."""
    with context.state.connect() as connection:
        bounced = list(
            connection.execute(select(OUTBOX.c.id).where(OUTBOX.c.state == MailState.BOUNCED)).scalars()
        )
        untold = cleared_with(connection, database.name, bounced) if bounced else []
    if not untold or not database.install_journal():
        return 0
    with database.writing() as connection:
        for one in untold:
            journal.take_out(connection, one.target, one.row_key, "notice", one.promise)
    with context.state.begin() as connection:
        open_notices(connection, [one.id for one in untold])
        for promise in sorted({one.promise for one in untold}):
            count = sum(one.promise == promise for one in untold)
            bounced_letter(connection, context, promise, count, now)
            facts = {"promise": promise, "store": database.name, "count": count}
            context.ledger.append(connection, "retention/notice-bounced", facts, at=now, actor="worker/sweep")
    return len(untold)


def _newest(gone: list[tuple[Notice, datetime]]) -> list[tuple[Notice, datetime]]:
    """One for each row and promise: the newest event counts."""
    return list({(one.promise, one.target, one.row_key): (one, at) for one, at in gone}.values())
