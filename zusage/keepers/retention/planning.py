"""Plans: what is due, with counts, and which rules may not run yet."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from zusage.errors import StoreUnreachable
from zusage.keepers.context import Context
from zusage.keepers.retention.files import FileTask, file_tasks, plan_files
from zusage.keepers.retention.tasks import Task, act_of, digest_of, planned, promises_by_id, tasks
from zusage.keepers.retention.versions import EarlierPeriods
from zusage.promises import Plan, PlannedAct, Promise
from zusage.registers.approvals import approvals, stop_above
from zusage.stores.paths import BadPath

FIRST = "first plan of this version of the rule"
UNPUBLISHED = "the published notice says another period: publish the changed one first"
STOPPED = "more rows than the stop rule lets through"

Planned = tuple[PlannedAct, str | None]


def make_plan(context: Context, now: datetime) -> Plan:
    """The plan at `now`. A rule that does not fit its store is planned as `not_covered`, one whose store does not answer
    as `unreachable`, so that it does not stop the others. Raises `StoreUnreachable` where no store answers.
    """
    promises = promises_by_id(context)
    made: list[Planned] = []
    lost: StoreUnreachable | None = None
    older = EarlierPeriods.of(context)
    every: list[Task | FileTask] = [
        *tasks(context, now, older=older),
        *file_tasks(context, now, older=older),
    ]
    for task in every:
        try:
            one = _plan_one(context, promises, task, now)
        except StoreUnreachable as error:
            lost, one = error, (_without_count(task, {"unreachable": error.message}), None)
        if one is not None:
            act, digest = one
            made.append((replace(act, detail={**act.detail, "digest": digest}) if digest else act, digest))
    acts = tuple(act for act, _ in made)
    if lost is not None and all("unreachable" in act.detail for act in acts):
        raise lost
    parts: dict[str, list[str]] = defaultdict(list)
    for act, digest in made:
        if digest is not None:
            parts[act.promise].append(digest)
    digests = {promise: combined(found) for promise, found in parts.items()}
    return Plan("retention", now, acts, digests, _needs_approval(context, older.unpublished, acts, digests))


def combined(digests: Sequence[str]) -> str:
    """One digest for a rule that lies in several tables."""
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()[:32]


def _plan_one(
    context: Context, promises: Mapping[str, Promise], task: Task | FileTask, now: datetime
) -> Planned | None:
    if isinstance(task, FileTask):
        return _plan_files(context, promises, task, now)
    return _plan(context, promises, task, now)


def _plan(context: Context, promises: Mapping[str, Promise], task: Task, now: datetime) -> Planned | None:
    with task.database.reading() as connection:
        try:
            act = act_of(task, context, connection, now)
            if act is None:
                return None
            # whether something was moved into the restricted place yet does not change the rule
            digest = None if task.moved else digest_of(promises[task.step.promise_id], task, act)
            return planned(context, task, act, connection), digest
        except BadPath as error:
            return _without_count(task, {"not_covered": str(error)}), "not-covered"


def _plan_files(context: Context, promises: Mapping[str, Promise], task: FileTask, now: datetime) -> Planned:
    said = f"{promises[task.promise].version}-{task.part.model_dump_json()}"
    return plan_files(context, task, now), hashlib.sha256(said.encode()).hexdigest()[:32]


def _without_count(task: Task | FileTask, detail: dict[str, str]) -> PlannedAct:
    promise, store, target, action = task.key
    return PlannedAct(promise=promise, store=store, target=target, action=action, count=0, detail=detail)


def _needs_approval(
    context: Context, unpublished: Collection[str], acts: Sequence[PlannedAct], digests: Mapping[str, str]
) -> dict[str, str]:
    """Approvals count for each store's share of a rule apart, so that a store that does not answer stops no other."""
    needed: dict[str, str] = {}
    with context.state.connect() as connection:
        for promise in digests:
            if promise in unpublished:
                needed[promise] = UNPUBLISHED
                continue
            mine = [act for act in acts if act.promise == promise]
            count, total = sum(act.count for act in mine), sum(act.of_total for act in mine)
            given = [
                approvals(connection, promise, act.detail["digest"]) for act in mine if "digest" in act.detail
            ]
            if not all(given):
                needed[promise] = FIRST
                continue
            unused = [each.allowance for some in given for each in some if each.used_at is None]
            if count > max(max(unused, default=0), stop_above(connection, promise, total)):
                needed[promise] = STOPPED
    return needed
