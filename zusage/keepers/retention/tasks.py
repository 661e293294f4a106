"""Tasks: one step of one rule on one bound table, ready to be counted, done and looked at again."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from zusage.findings import Finding, Severity
from zusage.keepers.context import Context
from zusage.keepers.retention.rules import RuleStep, promises, rule_steps
from zusage.keepers.retention.selecting import not_before, protecting, selection
from zusage.keepers.retention.versions import EarlierPeriods
from zusage.promises import PlannedAct, Promise
from zusage.stores.bindings import Change, ChosenPeriod, Recipe, TableBinding
from zusage.stores.clockwork import Clockwork, about
from zusage.stores.selection import Kept, Selection, Test
from zusage.stores.sql.acting import TableAct, count_rows, oldest_event
from zusage.stores.sql.bound import BoundTable
from zusage.stores.sql.closure import Closure
from zusage.stores.sql.database import Database
from zusage.stores.sql.preflight import check_change, check_erase, no_place


@dataclass(frozen=True, slots=True)
class Task:
    """`action` is what happens to the rows. `only_kept`: rows that a law still needs; `moved`: rows in the restricted place."""

    step: RuleStep
    database: Database
    part: TableBinding
    action: str
    test: Test
    kept_by: tuple[Kept, ...] = ()
    only_kept: bool = False
    moved: bool = False
    #: whether the mail went out does not matter for the question asked
    unnoticed: bool = False

    @property
    def target(self) -> str:
        """The table, as plans and journals name it."""
        return f"restricted.{self.part.table}" if self.moved else self.part.table

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Promise, store, target, action: how plan and keep find each other."""
        return (self.step.promise_id, self.database.name, self.target, self.action)


TestOf = Callable[[RuleStep, Clockwork, datetime, ChosenPeriod | None], Test | None]


def tasks(
    context: Context,
    now: datetime,
    test_of: TestOf = not_before,
    only: str | None = None,
    older: EarlierPeriods | None = None,
) -> Iterator[Task]:
    """Every task of every rule (or of one promise, `only`) that is bound to a database, in declared order.

    `older` are the published periods, where the caller has them already.
    """
    clock = Clockwork.of(context.declaration)
    steps = list(rule_steps(context.declaration))
    older = older or EarlierPeriods.of(context)
    for step in steps:
        if only is not None and step.promise_id != only:
            continue
        for database, part in bound_parts(context, step):
            chosen = part.chosen.get(step.step.keep.chosen) if step.step.keep.chosen else None
            test = test_of(step, clock, now, chosen)
            if test is None:
                continue
            test = older.apply(step, test, lambda one: test_of(one, clock, now, chosen))  # noqa: B023 called at once
            others = [
                other for other in steps if other.activity_id == step.activity_id and concerns(other, part)
            ]
            kept_by = tuple(protecting(step, others, clock, now))
            action = action_of(step, part)
            yield Task(step, database, part, action, test, kept_by, unnoticed=test_of is not not_before)
            if kept_by:
                yield Task(step, database, part, "restrict", test, kept_by, only_kept=True)
            if action == "erase" and database.binding.restricted is not None:
                yield Task(step, database, part, action, test, kept_by, moved=True)


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
    return dated and about(rule, part.columns.values())


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
    return part.recipes.get(step.recipe or task.action, {})


def selection_of(task: Task, context: Context, now: datetime) -> Selection:
    """Which rows the task means at `now`. In the restricted place conditions over columns count, consents no longer do."""
    clock = Clockwork.of(context.declaration)
    made = selection(
        task.step, task.test, now, clock, task.kept_by, only_kept=task.only_kept, unnoticed=task.unnoticed
    )
    if not task.moved:
        return made
    return replace(made, when=made.when if made.when and made.when.named else None, noticed=None)


def act_of(task: Task, context: Context, connection: Connection, now: datetime) -> TableAct | None:
    """The task as an act on the live schema; None where the restricted place holds nothing of the kind.

    Raises `BadPath` where binding and schema do not fit.
    """
    database = task.database
    chosen = selection_of(task, context, now)
    identity: dict[str, Any] = {
        "id": secrets.token_hex(12),
        "promise": task.step.promise_id,
        "label": task.action,
        "target": task.target,
    }
    if task.moved:
        found = database.moved(connection, task.part)
        if found is None:
            return None
        return TableAct(action="erase", table=found[0], closure=found[1], selection=chosen, **identity)
    table = database.bound(connection, task.part)
    if task.action == "notify":
        return TableAct(
            action="tell", table=table, closure=Closure(table.table.name), selection=chosen, **identity
        )
    if task.action == "restrict":
        return restricting_act(task, table, connection, chosen, identity)
    if task.action == "erase":
        gone = database.closure(table)
        files = {
            part.table: part.files for part in database.parts() if part.files and part.table in gone.erased
        }
        return TableAct(action="erase", table=table, closure=gone, selection=chosen, files=files, **identity)
    recipe, alone = recipe_of(task), Closure(table.table.name)
    return TableAct(action="change", table=table, closure=alone, selection=chosen, recipe=recipe, **identity)


def restricting_act(
    task: Task, table: BoundTable, connection: Connection, chosen: Selection, identity: dict[str, Any]
) -> TableAct:
    """Move where no kept row refers to the rows, mask otherwise."""
    database, found = task.database, task.database.closure(table)
    place = database.place_schema(connection) if database.has_place(connection) else None
    if place is not None and not set(found.tables) <= set(place.tables):
        place = None
    how = database.binding.restricted.how if database.binding.restricted else "move"
    if task.part.dependents.keep or how == "mask":
        alone = Closure(table.table.name)
        recipe = task.part.recipes.get("mask") or {name: Change(null=True) for name in task.part.columns}
        parts = {table.table.name: table}
        return TableAct(
            action="mask",
            table=table,
            closure=alone,
            selection=chosen,
            recipe=recipe,
            place=place,
            parts=parts,
            **identity,
        )
    parts = {
        part.table: database.bound(connection, part)
        for part in database.parts()
        if part.table in found.tables
    }
    parts[table.table.name] = table
    return TableAct(
        action="move", table=table, closure=found, selection=chosen, place=place, parts=parts, **identity
    )


def troubles(context: Context, task: Task, act: TableAct) -> list[Finding]:
    """The preflight's findings that forbid the act."""
    store = task.database.name
    if task.action == "restrict" and task.database.binding.restricted is None:
        return [no_place(store, task.part.table)]
    if act.action == "tell":
        return []
    if act.action in ("erase", "move"):
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
    total = int(connection.execute(select(func.count()).select_from(act.table.table)).scalar_one())
    count = count_rows(connection, act)
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
        target=task.target,
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
