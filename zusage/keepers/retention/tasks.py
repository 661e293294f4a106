"""Tasks: one step of one rule on one bound table, ready to be counted, done and looked at again."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from zusage.findings import Finding, Severity
from zusage.keepers.context import Context
from zusage.keepers.retention.rules import RuleStep, promises, rule_steps
from zusage.keepers.retention.selecting import Clockwork, not_before, protecting, selection
from zusage.promises import PlannedAct, Promise
from zusage.stores.bindings import Change, Recipe, TableBinding
from zusage.stores.selection import Kept, Selection, Test
from zusage.stores.sql.acting import TableAct, count_rows, oldest_event
from zusage.stores.sql.bound import BoundTable
from zusage.stores.sql.closure import Closure
from zusage.stores.sql.database import Database
from zusage.stores.sql.preflight import check_change, check_erase

_RECIPES = {"anonymise": "anonymise", "deactivate": "deactivate"}


@dataclass(frozen=True, slots=True)
class Task:
    """`action` is what happens to the rows; `target` names the table, unique within rule and store."""

    step: RuleStep
    database: Database
    part: TableBinding
    action: str
    test: Test
    kept_by: tuple[Kept, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Promise, store, target, action: how plan and keep find each other."""
        return (self.step.promise_id, self.database.name, self.part.table, self.action)


def tasks(context: Context, now: datetime, test_of=not_before) -> Iterator[Task]:  # type: ignore[no-untyped-def]
    """Every task of every rule that is bound to a database, in declared order."""
    clock = Clockwork.of(context.declaration)
    steps = list(rule_steps(context.declaration))
    for step in steps:
        for database, part in bound_parts(context, step):
            chosen = part.chosen.get(step.step.keep.chosen) if step.step.keep.chosen else None
            test = test_of(step, clock, now, chosen)
            if test is None:
                continue
            others = [
                other for other in steps if other.activity_id == step.activity_id and concerns(other, part)
            ]
            kept_by = tuple(protecting(step, others, clock, now))
            yield Task(step, database, part, action_of(step, part), test, kept_by)


def bound_parts(context: Context, step: RuleStep) -> Iterator[tuple[Database, TableBinding]]:
    """The table bindings that a step concerns, with their databases."""
    for store in context.stores.values():
        if isinstance(store, Database):
            for part in store.binding.activities.get(step.activity_id, ()):
                if concerns(step, part):
                    yield store, part


def concerns(step: RuleStep, part: TableBinding) -> bool:
    """The binding dates the rule's event, and holds data that the rule is about."""
    keep, rule = step.step.keep, step.rule
    dated = rule.since.event in part.events or (keep.until is not None and keep.until in part.ends)
    about = not rule.data or not part.columns or bool(set(rule.data) & set(part.columns.values()))
    return dated and about


def action_of(step: RuleStep, part: TableBinding) -> str:
    """`erase` of some columns only is called `blank`: the row keeps what the rule is not about."""
    then = step.step.then
    if then == "archive":
        return "restrict"
    held = set(part.columns.values())
    if then == "erase" and step.rule.data and held - set(step.rule.data):
        return "blank"
    return then


def recipe_of(task: Task) -> Recipe:
    """What becomes of columns under the task's action."""
    step, part = task.step.step, task.part
    if task.action == "blank":
        mine = [column for column, category in part.columns.items() if category in task.step.rule.data]
        given = part.recipes.get(step.recipe or "erase", {})
        return {column: given.get(column, Change(null=True)) for column in mine}
    return part.recipes.get(step.recipe or _RECIPES.get(task.action, task.action), {})


def selection_of(task: Task, context: Context, now: datetime) -> Selection:
    """Which rows the task means at `now`."""
    return selection(task.step, task.test, now, Clockwork.of(context.declaration), task.kept_by)


def act_of(task: Task, context: Context, connection: Connection, now: datetime) -> TableAct:
    """The task as an act on the live schema. Raises `BadPath` where binding and schema do not fit."""
    table = task.database.bound(connection, task.part)
    return TableAct(
        id=secrets.token_hex(12),
        promise=task.step.promise_id,
        action="erase" if task.action == "erase" else "change",
        table=table,
        selection=selection_of(task, context, now),
        closure=closure_of(task, table),
        recipe=recipe_of(task),
        label=task.action,
    )


def closure_of(task: Task, table: BoundTable) -> Closure:
    """What goes with the rows: nothing, unless they are erased."""
    return task.database.closure(table) if task.action == "erase" else Closure(table.table.name)


def troubles(context: Context, task: Task, act: TableAct) -> list[Finding]:
    """The preflight's findings that forbid the act."""
    store = task.database.name
    if act.action == "erase":
        found = check_erase(store, act.table, act.closure, must_stay(context, task))
    else:
        found = check_change(store, act.table, act.recipe, whole=task.action == "anonymise")
    return [finding for finding in found if finding.severity is Severity.ERROR]


def must_stay(context: Context, task: Task) -> set[str]:
    """Tables of the store whose rows a law, or a least period, keeps on their own account."""
    longer = [
        step
        for step in rule_steps(context.declaration)
        if step.step.keep.statutory is not None or step.step.keep.at_least is not None
    ]
    parts = task.database.binding.activities
    return {
        part.table
        for step in longer
        for part in parts.get(step.activity_id, ())
        if part.table != task.part.table and concerns(step, part)
    }


def planned(context: Context, task: Task, act: TableAct, connection: Connection) -> PlannedAct:
    """The act with its counts, now; `not_covered` in its detail where the preflight forbids it."""
    count = count_rows(connection, act)
    total = int(connection.execute(select(func.count()).select_from(act.table.table)).scalar_one())
    held = count_rows(connection, act, held=True)
    detail: dict[str, Any] = {"with": list(act.closure.erased)}
    if found := troubles(context, task, act):
        detail |= {
            "not_covered": "; ".join(each.message.says("en") for each in found),
            "codes": [each.code for each in found],
        }
    return PlannedAct(
        promise=task.step.promise_id,
        store=task.database.name,
        target=task.part.table,
        action=task.action,
        count=count,
        held=held,
        of_total=total,
        oldest=oldest_event(connection, act) if count else None,
        why={"hold": held} if held else {},
        detail=detail,
    )


def digest_of(promise: Promise, task: Task, act: TableAct) -> str:
    """Digest of rule, binding and schema: what an approval counts for."""
    said = "\n".join(
        (
            promise.version,
            task.part.model_dump_json(),
            act.table.schema.digest(act.closure.tables),
            task.action,
        )
    )
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def promises_by_id(context: Context) -> dict[str, Promise]:
    """The declaration's retention promises."""
    return {promise.id: promise for promise in promises(context.declaration)}
