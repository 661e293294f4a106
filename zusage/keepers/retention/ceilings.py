"""Ceilings: rules over which no hold reaches. Whoever looks after a case is told before, and nobody may go beyond."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, func, select
from sqlalchemy.exc import DBAPIError

from zusage.errors import StoreUnreachable
from zusage.keepers.context import Context
from zusage.keepers.retention.files import file_tasks, held_files
from zusage.keepers.retention.rules import RuleStep, rule_steps
from zusage.keepers.retention.selecting import not_before
from zusage.keepers.retention.tasks import Task, bound_parts, tasks
from zusage.law.periods import retention_end
from zusage.mail.message import Message
from zusage.mail.outbox import enqueue_many
from zusage.registers.holds import BadHold, Hold, holds_in_force
from zusage.stores.bindings import ChosenPeriod, TableBinding
from zusage.stores.clockwork import Clockwork
from zusage.stores.paths import BadPath
from zusage.stores.selection import Test
from zusage.stores.sql.database import Database
from zusage.stores.sql.identity import Identity, subject_rows

_INSTANT = timedelta(microseconds=1)


def warn_owners(context: Context, now: datetime) -> int:
    """Write to who looks after a case whose data a ceiling will take soon, once a month and case; how many mails."""
    with context.state.connect() as connection:
        holds = holds_in_force(connection, now)
    written = 0
    for task in tasks(context, now, _soon) if holds else ():
        if (
            task.step.rule.ceiling is None
            or task.moved
            or task.only_kept
            or not task.database.binding.journal
        ):
            continue
        try:
            with task.database.reading() as connection:
                concerned = [one for one in holds if _count(connection, task, one)]
        except (StoreUnreachable, DBAPIError, BadPath):
            continue  # the act on this store will say so
        for one in concerned:
            written += _warn(context, task.step.promise_id, one, now)
    for files in file_tasks(context, now, _soon) if holds else ():
        if files.over_holds:
            for one in held_files(context, files, holds):
                written += _warn(context, files.promise, one, now)
    return written


def _soon(each: RuleStep, clock: Clockwork, now: datetime, chosen: ChosenPeriod | None = None) -> Test | None:
    ceiling = each.rule.ceiling
    later = retention_end(now, ceiling.warn, "event", clock.zone) if ceiling else now
    return not_before(each, clock, later, chosen)


def _count(connection: Connection, task: Task, held: Hold) -> int:
    if held.activity is not None and held.activity != task.step.activity_id:
        return 0
    table = task.database.bound(connection, task.part)
    if not table.journalled:
        return 0
    rows = and_(table.belongs(), table.passed(task.test), table.excluded(("hold",), held.id))
    if held.scope == "activity":
        rows = and_(table.belongs(), table.passed(task.test))
    return int(connection.execute(select(func.count()).select_from(table.table).where(rows)).scalar_one())


def _warn(context: Context, promise: str, held: Hold, now: datetime) -> int:
    to = held.owner or context.officer()
    if to is None:
        return 0
    text = (
        f"{held.matter} (zusage hold {held.id})\n\n"
        f"Daten dieses Vorgangs erreichen die Höchstfrist von {promise} und werden danach gelöscht, auch wenn "
        "der Vorgang noch offen ist. Eine Verlängerung ist nicht möglich.\n\n"
        f"Data of this case reach the longest period of {promise} and are erased afterwards, even if the case is "
        "still open. It cannot be extended.\n"
    )
    subject = "Höchstfrist endet bald / longest period ends soon"
    key = f"{promise}/{held.id}/{now:%Y-%m}"
    message = Message(to, subject, text, "retention/ceiling", reference=f"hold/{held.id}")
    with context.state.begin() as connection:
        written = enqueue_many(connection, {key: message}, sender=context.sender(), now=now)
        if written:
            facts = {"promise": promise, "hold": f"hold-{held.id}"}
            context.ledger.append(connection, "retention/ceiling-warned", facts, at=now, actor="worker/sweep")
    return written


def check_ceilings(context: Context, wanted: Hold, now: datetime) -> None:
    """Raises `BadHold` where the hold's own end lies beyond a ceiling of rows that it would keep."""
    if wanted.ends_at is None:
        return
    for step, database, part in _capped(context, wanted):
        test = not_before(step, Clockwork.of(context.declaration), wanted.ends_at - _INSTANT)
        if test is None:
            continue
        with database.reading() as connection:
            table = database.bound(connection, part)
            rows = and_(table.belongs(), table.passed(test))
            if wanted.scope == "row":
                rows = and_(rows, table.row_key == wanted.row_key)
            if wanted.scope == "subject" and wanted.identity_kind:
                rows = and_(
                    rows, subject_rows(table, [Identity(wanted.identity_kind, wanted.identity or "")])
                )
            beyond = connection.execute(
                select(func.count()).select_from(table.table).where(rows)
            ).scalar_one()
        if beyond:
            zone = ZoneInfo(context.declaration.time_zone)
            raise BadHold(
                f"{step.promise_id} is a ceiling: {beyond} rows would stay beyond it until "
                f"{wanted.ends_at.astimezone(zone):%Y-%m-%d}",
                hint="choose an earlier end; nothing extends a ceiling",
            )


def _capped(context: Context, wanted: Hold) -> Iterator[tuple[RuleStep, Database, TableBinding]]:
    for step in rule_steps(context.declaration):
        if step.rule.ceiling is None or wanted.activity not in (None, step.activity_id):
            continue
        for database, part in bound_parts(context, step):
            if wanted.scope == "row" and (wanted.store, wanted.target) != (database.name, part.table):
                continue
            if wanted.scope == "subject" and wanted.identity_kind not in part.subject:
                continue
            yield step, database, part
