"""Plans: what is due, with counts, and which rules may not run yet."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import datetime

from zusage.keepers.context import Context
from zusage.keepers.retention.files import file_tasks, plan_files
from zusage.keepers.retention.tasks import Task, act_of, digest_of, planned, promises_by_id, tasks
from zusage.promises import Plan, PlannedAct
from zusage.registers.approvals import approvals, stop_above
from zusage.stores.paths import BadPath

FIRST = "first plan of this version of the rule"
STOPPED = "more rows than the stop rule lets through"


def make_plan(context: Context, now: datetime) -> Plan:
    """The plan at `now`. Raises `StoreUnreachable`; a rule that does not fit its store is planned as `not_covered`."""
    acts: list[PlannedAct] = []
    parts: dict[str, list[str]] = defaultdict(list)
    for task in tasks(context, now):
        made = _plan_one(context, task, now)
        if made is not None:
            acts.append(made[0])
            if not task.moved:  # whether something was moved yet does not change the rule
                parts[made[0].promise].append(made[1])
    for files in file_tasks(context, now):
        acts.append(plan_files(context, files, now))
        version = promises_by_id(context)[files.promise].version
        said = f"{version}-{files.part.model_dump_json()}"
        parts[files.promise].append(hashlib.sha256(said.encode()).hexdigest()[:32])
    digests = {promise: combined(found) for promise, found in parts.items()}
    return Plan("retention", now, tuple(acts), digests, _needs_approval(context, acts, digests))


def combined(digests: list[str]) -> str:
    """One digest for a rule that lies in several tables."""
    return (
        digests[0]
        if len(digests) == 1
        else hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()[:32]
    )


def _plan_one(context: Context, task: Task, now: datetime) -> tuple[PlannedAct, str] | None:
    with task.database.reading() as connection:
        try:
            act = act_of(task, context, connection, now)
            if act is None:
                return None
            return planned(context, task, act, connection), digest_of(
                promises_by_id(context)[task.step.promise_id], task, act
            )
        except BadPath as error:
            missing = PlannedAct(
                promise=task.step.promise_id,
                store=task.database.name,
                target=task.target,
                action=task.action,
                count=0,
                detail={"not_covered": str(error)},
            )
            return missing, "not-covered"


def _needs_approval(context: Context, acts: list[PlannedAct], digests: dict[str, str]) -> dict[str, str]:
    needed: dict[str, str] = {}
    with context.state.connect() as connection:
        for promise, digest in digests.items():
            mine = [act for act in acts if act.promise == promise]
            count, total = sum(act.count for act in mine), sum(act.of_total for act in mine)
            given = approvals(connection, promise, digest)
            if not given:
                needed[promise] = FIRST
                continue
            allowance = max((each.allowance for each in given if each.used_at is None), default=0)
            if count > max(allowance, stop_above(connection, promise, total)):
                needed[promise] = STOPPED
    return needed
