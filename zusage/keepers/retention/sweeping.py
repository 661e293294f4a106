"""Sweeps: planned acts done batch by batch, recorded, and asked for again afterwards."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from zusage.database.failures import failure_code
from zusage.errors import StoreUnreachable, ZusageError
from zusage.keepers.context import Context
from zusage.keepers.retention.ceilings import warn_owners
from zusage.keepers.retention.consenting import put_consents_beside_rows
from zusage.keepers.retention.files import (
    FileTask,
    file_tasks,
    finish_unlinking,
    sweep_files,
    unlink_with_rows,
)
from zusage.keepers.retention.holding import renew, unenforceable
from zusage.keepers.retention.intents import fulfil, intend, reconstruct
from zusage.keepers.retention.noticing import clear_sent, queue_notices, take_back_bounced
from zusage.keepers.retention.papers import escalate, give_paper_tasks
from zusage.keepers.retention.planning import UNPUBLISHED
from zusage.keepers.retention.recording import take_over
from zusage.keepers.retention.residue import make_physical, remember_residue
from zusage.keepers.retention.tasks import Task, act_of, tasks, troubles
from zusage.promises import Outcome, Plan, PlannedAct, Result
from zusage.registers.approvals import remember_run, use_allowance
from zusage.stores.paths import BadPath
from zusage.stores.sql.acting import (
    RowsChanged,
    SchemaChanged,
    TableAct,
    count_rows,
    forget_stale_copies,
    in_the_way,
    nothing_due,
    run,
)
from zusage.stores.sql.database import Database

Progress = Callable[[PlannedAct, int], None]
_ATTEMPTS = 6
#: seconds to wait, at most, for each attempt that failed before
_GIVE_WAY = 0.05


def sweep(context: Context, plan: Plan, now: datetime, progress: Progress | None = None) -> Iterator[Outcome]:
    """Yields an outcome for each planned act. A store that fails or cannot be reached does not stop the others."""
    failed = recover(context, now)
    unsure = put_consents_beside_rows(context, now)
    warn_owners(context, now)
    approved = plan.digests.keys() - plan.needs_approval.keys()
    queue_notices(context, approved, now)
    give_paper_tasks(context, approved, now)
    escalate(context, now)
    found = {task.key: task for task in tasks(context, now)}
    files = {task.key: task for task in file_tasks(context, now)}
    reconstruct(context, found.values(), now)
    for act in plan.acts:
        lost = "unreachable" if "unreachable" in act.detail else None
        trouble = lost or failed.get(act.store) or unsure.get(act.promise)
        if trouble:
            yield _failed(context, act, 0, trouble, now)
            continue
        if act.promise in plan.needs_approval:
            unpublished = plan.needs_approval[act.promise] == UNPUBLISHED
            yield _outcome(act, Result.REFUSED, reason="not_published" if unpublished else "needs_approval")
            continue
        key = (act.promise, act.store, act.target, act.action)
        if key in files:
            yield _files(context, files[key], act, now)
            continue
        task = found.get(key)
        if task is None:
            yield _outcome(act, Result.NOT_COVERED, reason="rule_changed")
            continue
        done = _done(context, task, act, now, progress)
        if done.hit:
            remember_residue(context, act.store, {task.part.table, *act.detail.get("with", ())}, now)
        yield done
    make_physical(context, now)


def _files(context: Context, task: FileTask, act: PlannedAct, now: datetime) -> Outcome:
    if "not_covered" in act.detail:
        return _not_covered(context, act, "store/action", now)
    try:
        done = sweep_files(context, task, act, now)
    except (StoreUnreachable, OSError) as error:
        return _failed(context, act, 0, error, now)
    _remember(context, act, done.hit, now)
    return done


def recover(context: Context, now: datetime) -> dict[str, str]:
    """Take over what an interrupted sweep left in the stores' journals, and renew the holds.

    Returns, by store, why that did not work: nothing may be erased where a hold could not be renewed.
    """
    failed: dict[str, str] = {}
    finish_unlinking(context, now)
    for store in context.stores.values():
        if isinstance(store, Database):
            try:
                take_over(context, store, now)
                unlink_with_rows(context, store, now)
                renew(context, store, now)
                clear_sent(context, store, now)
                take_back_bounced(context, store, now)
            except StoreUnreachable:
                failed[store.name] = "unreachable"
            except (DBAPIError, ZusageError) as error:
                failed[store.name] = failure_code(error)
    return failed


def _done(context: Context, task: Task, act: PlannedAct, now: datetime, progress: Progress | None) -> Outcome:
    hits: list[int] = []
    try:
        if unenforceable(context, task.database, now):
            return _outcome(act, Result.HELD, left=act.count, reason="hold_needs_journal")
        task.database.install_journal()
        table_act = _run(context, task, act, now, hits, progress)
        if isinstance(table_act, str):
            return _not_covered(context, act, table_act, now)
        if table_act.action == "tell":
            return _outcome(
                act, Result.DONE if act.count else Result.NOTHING_FOUND, hit=act.count
            )  # queued already
        forget_stale_copies(task.database, table_act)
        with task.database.reading() as connection:
            # where nothing was done, the store has just said that nothing is due
            left = count_rows(connection, table_act) if hits else 0
            held = count_rows(connection, table_act, held=True)
        if hits:
            take_over(context, task.database, now)
            unlink_with_rows(context, task.database, now)
    except (StoreUnreachable, DBAPIError, BadPath, SchemaChanged, RowsChanged) as error:
        return _failed(context, act, sum(hits), error, now)
    hit = sum(hits)
    _remember(context, act, hit, now)
    if left:
        return _outcome(act, Result.FAILED, hit=hit, left=left, reason="rows_left")
    if hit:
        return _outcome(act, Result.DONE, hit=hit)
    return _outcome(
        act, Result.HELD if held else Result.NOTHING_FOUND, left=held, reason="hold" if held else ""
    )


def _run(
    context: Context, task: Task, act: PlannedAct, now: datetime, hits: list[int], progress: Progress | None
) -> TableAct | str:
    """Every batch; begins again, with a fresh preflight, where somebody else was in the way. Returns the act, or why not."""
    left = _ATTEMPTS
    while True:
        table_act = ready(context, task, now)
        if isinstance(table_act, str) or table_act.action == "tell":
            return table_act
        with task.database.reading() as connection:
            if nothing_due(connection, table_act):
                return table_act
        if not table_act.table.journalled:
            intend(context, task, table_act, now)
        before = len(hits)
        try:
            for batch in run(task.database, table_act, now, finished=before):
                hits.append(batch.hit)
                if progress:
                    progress(act, sum(hits))
            if not table_act.table.journalled:
                fulfil(context, table_act, sum(hits), now)
            return table_act
        except (SchemaChanged, RowsChanged, DBAPIError) as error:
            if isinstance(error, DBAPIError) and not in_the_way(error):
                raise
            # whoever gets on may try as often as before; whoever does not gives way for a moment, and then gives up
            left = _ATTEMPTS if len(hits) > before else left - 1
            if left == 0:
                raise
            time.sleep(random.uniform(0, _GIVE_WAY * (_ATTEMPTS - left)))


def _remember(context: Context, act: PlannedAct, hit: int, now: datetime) -> None:
    """For the stop rule: how much a sweep took, and that an approval's allowance is used up."""
    if not hit:
        return
    with context.state.begin() as connection:
        remember_run(connection, act.promise, hit, now)
        if "digest" in act.detail:
            use_allowance(connection, act.promise, act.detail["digest"], now)


def ready(context: Context, task: Task, now: datetime) -> TableAct | str:
    """The act on the live schema with all that it needs, or the code of what forbids it."""
    database = task.database
    with database.reading() as connection:
        act = act_of(task, context, connection, now)
        if act is None:
            return "store/nothing-moved"
        if found := troubles(context, task, act):
            return found[0].code
    if act.action in ("move", "mask"):
        with database.writing() as connection:
            place = database.prepare_place(connection, act.table, act.closure)
        act = replace(act, place=place)
        forget_stale_copies(database, act)
    return act


def _not_covered(context: Context, act: PlannedAct, code: str, now: datetime) -> Outcome:
    """The preflight forbids the act: nothing of it was touched."""
    facts = {"promise": act.promise, "store": act.store, "target": act.target, "reason": code}
    with context.state.begin() as connection:
        context.ledger.append(connection, "retention/not-covered", facts, at=now, actor="worker/sweep")
    return _outcome(act, Result.NOT_COVERED, left=act.count, reason=code)


def _failed(context: Context, act: PlannedAct, hit: int, error: Exception | str, now: datetime) -> Outcome:
    """An act that did not end: named by its class, never by what a database said."""
    if isinstance(error, str):
        reason = error
    else:
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
