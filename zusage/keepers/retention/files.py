"""Files under retention rules: the intent is written down before a file goes, and taken back when it is gone."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Column, Integer, String, Table, Text, delete, insert, select

from zusage.database.dialects import in_parts
from zusage.database.schema import metadata
from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.keepers.retention.rules import RuleStep, backup_id, rule_steps
from zusage.keepers.retention.selecting import not_before
from zusage.keepers.retention.tasks import TestOf
from zusage.keepers.retention.versions import EarlierPeriods
from zusage.promises import Outcome, PlannedAct, Result
from zusage.registers.holds import Hold, holds_in_force
from zusage.stores.bindings import FileBinding, TableBinding
from zusage.stores.clockwork import Clockwork, about
from zusage.stores.files.tree import FileTree, FoundFile, SideDates
from zusage.stores.selection import Passed, Test
from zusage.stores.sql import journal
from zusage.stores.sql.database import Database
from zusage.stores.sql.folding import fold

#: paths that are being removed: erased the moment they are gone, since they may name people
intent = Table(
    "retention_unlink",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("act", String(40), nullable=False),
    Column("promise", String(200), nullable=False),
    Column("store", String(80), nullable=False),
    Column("target", String(200), nullable=False),
    Column("path", Text, nullable=False),
)
BACKUP_EVENT = "backup-made"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FileTask:
    """One rule's step, or its rule about backups, on one file binding."""

    promise: str
    activity: str
    tree: FileTree
    part: FileBinding
    action: str
    test: Test
    #: the rule is a ceiling: holds do not keep the files
    over_holds: bool = False

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Promise, store, target, action, as for tables."""
        return (self.promise, self.tree.name, self.part.pattern, self.action)


def file_tasks(
    context: Context,
    now: datetime,
    test_of: TestOf = not_before,
    only: str | None = None,
    older: EarlierPeriods | None = None,
) -> Iterator[FileTask]:
    """Every task of every rule (or of one promise, `only`) that is bound to files; `older` as for `tasks`."""
    clock, older = Clockwork.of(context.declaration), older or EarlierPeriods.of(context)
    for step in rule_steps(context.declaration):
        for tree, part in _bound(context, step.activity_id):
            if only in (None, step.promise_id) and _concerns(step, part):
                test = test_of(step, clock, now, None)
                if test is not None:
                    test = older.apply(step, test, lambda one: test_of(one, clock, now, None))
                    over = step.rule.ceiling is not None
                    yield FileTask(step.promise_id, step.activity_id, tree, part, step.step.then, test, over)
    for activity, _, rule in context.declaration.rules():
        for tree, part in _bound(context, activity):
            if (
                rule.backup is not None
                and only in (None, backup_id(activity, rule))
                and BACKUP_EVENT in part.events
            ):
                test = Passed(BACKUP_EVENT, clock.cut(now, rule.backup, "event"))
                yield FileTask(backup_id(activity, rule), activity, tree, part, "erase", test)


def _bound(context: Context, activity: str) -> Iterator[tuple[FileTree, FileBinding]]:
    for store in context.stores.values():
        if isinstance(store, FileTree):
            for part in store.binding.activities.get(activity, ()):
                yield store, part


def _concerns(step: RuleStep, part: FileBinding) -> bool:
    return step.rule.since.event in part.events and about(step.rule, part.data)


def due_files(context: Context, task: FileTask, now: datetime) -> tuple[list[str], int]:
    """Paths that are due, and how many more only a hold keeps."""
    due = list(task.tree.due(task.part, (task.test,), _side(context, task.part)))
    with context.state.connect() as connection:
        holds = holds_in_force(connection, now)
    kept = [
        found for found in due if not task.over_holds and any(_holds(each, task, found) for each in holds)
    ]
    names = {found.path for found in kept}
    return [found.path for found in due if found.path not in names], len(kept)


def held_files(context: Context, task: FileTask, holds: list[Hold]) -> list[Hold]:
    """Those holds that keep a file which is due."""
    due = list(task.tree.due(task.part, (task.test,), _side(context, task.part)))
    return [each for each in holds if any(_holds(each, task, found) for found in due)]


def _holds(each: Hold, task: FileTask, found: FoundFile) -> bool:
    if each.activity is not None and each.activity != task.activity:
        return False
    if each.scope == "activity":
        return True
    if each.scope == "row":
        return each.store == task.tree.name and each.row_key == found.path
    said = found.subjects.get(each.identity_kind or "")
    return said is not None and fold(said) == fold(each.identity)


def _side(context: Context, part: FileBinding) -> SideDates | None:
    """What a side table knows of the files: one statement."""
    if part.table is None:
        return None
    database = context.stores[part.table.store]
    assert isinstance(database, Database)
    bound = TableBinding(table=part.table.table, events=part.table.events, subject=part.table.subject)
    with database.reading() as connection:
        table = database.bound(connection, bound)
        events = {name: table.source_event(source) for name, source in bound.events.items()}
        query = select(table.table.c[part.table.path], *(each.expression for each in events.values()))
        return {
            str(row[0]): {
                name: each.instant(row[1 + place]) for place, (name, each) in enumerate(events.items())
            }
            for row in connection.execute(query)
        }


def plan_files(context: Context, task: FileTask, now: datetime) -> PlannedAct:
    """The act with its counts, now."""
    due, held = due_files(context, task, now)
    total = sum(1 for _ in task.tree.files(task.part))
    why = {"hold": held} if held else {}
    detail = {} if task.action == "erase" else {"not_covered": f"files can be erased, not '{task.action}'"}
    return PlannedAct(
        task.promise,
        task.tree.name,
        task.part.pattern,
        task.action,
        len(due),
        held,
        total,
        why=why,
        detail=detail,
    )


def sweep_files(context: Context, task: FileTask, act: PlannedAct, now: datetime) -> Outcome:
    """Remove what is due, some hundred files at a time. Raises `StoreUnreachable`."""
    due, held = due_files(context, task, now)
    act_id, hit = secrets.token_hex(12), 0
    paths = iter(due)
    while some := list(islice(paths, _AT_ONCE)):
        rows = [
            {
                "act": act_id,
                "promise": task.promise,
                "store": task.tree.name,
                "target": task.part.pattern,
                "path": path,
            }
            for path in some
        ]
        with context.state.begin() as connection:
            connection.execute(insert(intent), rows)
        hit += finish_unlinking(context, now, act_id)
    left = len(due_files(context, task, now)[0])
    if left:
        result, reason = Result.FAILED, "files_left"
    elif hit:
        result, reason = Result.DONE, ""
    else:
        result, reason = (Result.HELD, "hold") if held else (Result.NOTHING_FOUND, "")
    return Outcome(
        result,
        task.promise,
        task.tree.name,
        task.part.pattern,
        task.action,
        act.count,
        hit,
        left or held,
        reason,
    )


def finish_unlinking(context: Context, now: datetime, act: str | None = None) -> int:
    """Do what intents say, also those an interrupted sweep left; returns how many files are gone for it.

    The ledger entry and the removal of the intents are one transaction. What cannot be removed keeps its intent.
    """
    query = select(intent).order_by(intent.c.id)
    with context.state.connect() as connection:
        rows = connection.execute(query if act is None else query.where(intent.c.act == act)).all()
    gone: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for row in rows:
        tree = context.stores.get(row.store)
        if isinstance(tree, FileTree):
            try:
                tree.remove(row.path)
            except (OSError, ZusageError):
                continue
            gone[row.act, row.promise, row.store, row.target].append(row.id)
    for (act_id, promise, store, target), numbers in gone.items():
        facts = {"promise": promise, "store": store, "target": _code(target), "action": "erase", "act": f"act-{act_id}",
                 "hit": len(numbers), "reconstructed": act is None}  # fmt: skip
        with context.state.begin() as connection:
            connection.execute(delete(intent).where(intent.c.id.in_(numbers)))
            context.ledger.append(connection, "retention/done", facts, at=now, actor="worker/sweep")
    return sum(map(len, gone.values()))


def _code(pattern: str) -> str:
    return pattern.replace(" ", "_")[:180]


def unlink_with_rows(context: Context, database: Database, now: datetime) -> int:
    """Remove the files of rows that were erased; what cannot be removed stays noted in the store for the next sweep."""
    with database.reading() as connection:
        if not database.has_journal(connection):
            return 0
        rows = connection.execute(select(journal.unlink)).all()
    gone: list[int] = []
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        tree = context.stores.get(row.store)
        if isinstance(tree, FileTree):
            try:
                counts[row.act, row.store] += tree.remove(row.path)
            except (OSError, ZusageError):
                continue
            gone.append(row.id)
    if gone:
        with context.state.begin() as connection:
            for (act, store), hit in counts.items():
                facts = {"store": store, "with": database.name, "act": f"act-{act}", "hit": hit}
                context.ledger.append(connection, "retention/files-gone", facts, at=now, actor="worker/sweep")
        with database.writing() as connection:
            for part in in_parts(gone):
                connection.execute(delete(journal.unlink).where(journal.unlink.c.id.in_(part)))
    return len(gone)
