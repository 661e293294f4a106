"""Sweeps: planned acts done batch by batch, recorded, and asked for again afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from zusage.database.failures import failure_code
from zusage.errors import StoreUnreachable
from zusage.keepers.context import Context
from zusage.keepers.retention.recording import take_over
from zusage.keepers.retention.tasks import Task, act_of, tasks, troubles
from zusage.promises import Outcome, Plan, PlannedAct, Result
from zusage.registers.approvals import remember_run, use_allowance
from zusage.stores.paths import BadPath
from zusage.stores.sql.acting import RowsChanged, SchemaChanged, count_rows, run
from zusage.stores.sql.database import Database

Progress = Callable[[PlannedAct, int], None]


def sweep(context: Context, plan: Plan, now: datetime, progress: Progress | None = None) -> Iterator[Outcome]:
    """Yields an outcome for each planned act. A store that fails or cannot be reached does not stop the others."""
    recover(context, now)
    found = {task.key: task for task in tasks(context, now)}
    for act in plan.acts:
        if act.promise in plan.needs_approval:
            yield _outcome(act, Result.REFUSED, reason="needs_approval")
            continue
        task = found.get((act.promise, act.store, act.target, act.action))
        if task is None:
            yield _outcome(act, Result.NOT_COVERED, reason="rule_changed")
            continue
        yield _done(context, task, act, plan, now, progress)


def recover(context: Context, now: datetime) -> None:
    """Take over what an interrupted sweep left in the stores' journals."""
    for store in context.stores.values():
        if isinstance(store, Database):
            try:
                take_over(context, store, now)
            except (StoreUnreachable, DBAPIError):
                continue  # the acts on this store will say so


def _done(
    context: Context, task: Task, act: PlannedAct, plan: Plan, now: datetime, progress: Progress | None
) -> Outcome:
    hit = 0
    try:
        task.database.install_journal()
        with task.database.reading() as connection:
            table_act = act_of(task, context, connection, now)
        if found := troubles(context, task, table_act):
            return _not_covered(context, act, found[0].code, now)
        for batch in run(task.database, table_act, now):
            hit += batch.hit
            if progress:
                progress(act, hit)
        with task.database.reading() as connection:
            left = count_rows(connection, table_act)
            held = count_rows(connection, table_act, held=True)
        take_over(context, task.database, now)
    except (StoreUnreachable, DBAPIError, BadPath, SchemaChanged, RowsChanged) as error:
        return _failed(context, act, hit, error, now)
    with context.state.begin() as connection:
        remember_run(connection, act.promise, hit, now)
        if hit:
            use_allowance(connection, act.promise, plan.digests[act.promise], now)
    if left:
        return _outcome(act, Result.FAILED, hit=hit, left=left, reason="rows_left")
    if hit:
        return _outcome(act, Result.DONE, hit=hit)
    return _outcome(
        act, Result.HELD if held else Result.NOTHING_FOUND, left=held, reason="hold" if held else ""
    )


def _not_covered(context: Context, act: PlannedAct, code: str, now: datetime) -> Outcome:
    """The preflight forbids the act: nothing of it was touched."""
    facts = {"promise": act.promise, "store": act.store, "target": act.target, "reason": code}
    with context.state.begin() as connection:
        context.ledger.append(connection, "retention/not-covered", facts, at=now, actor="worker/sweep")
    return _outcome(act, Result.NOT_COVERED, left=act.count, reason=code)


def _failed(context: Context, act: PlannedAct, hit: int, error: Exception, now: datetime) -> Outcome:
    """An act that did not end: named by its class, never by what a database said."""
    reason = "unreachable" if isinstance(error, StoreUnreachable) else failure_code(error)
    result = Result.NOT_COVERED if isinstance(error, BadPath | SchemaChanged) else Result.FAILED
    facts = {"promise": act.promise, "store": act.store, "target": act.target, "reason": reason}
    with context.state.begin() as connection:
        context.ledger.append(connection, "retention/failed", facts, at=now, actor="worker/sweep")
    return _outcome(act, result, hit=hit, left=max(act.count - hit, 0), reason=reason)


def _outcome(act: PlannedAct, result: Result, *, hit: int = 0, left: int = 0, reason: str = "") -> Outcome:
    return Outcome(
        result=result, promise=act.promise, store=act.store, target=act.target, action=act.action,
        planned=act.count, hit=hit, left=left, reason=reason,
    )  # fmt: skip
