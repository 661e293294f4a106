"""Approving plans: a person says yes to what a version of a rule would do, and how much."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.keepers.retention.planning import UNPUBLISHED
from zusage.promises import Plan
from zusage.registers.approvals import approve as put_on_file


class NothingToApprove(ZusageError):
    """A promise that the plan does not hold, or cannot be kept as it is bound. Nothing was approved."""


def approve(context: Context, plan: Plan, promises: Iterable[str], person: str, now: datetime) -> int:
    """Approve what `plan` says of these promises; returns how many that were. The ledger gets a pseudonym of the person.

    Raises `NothingToApprove` before anything is approved.
    """
    chosen = list(promises)
    for promise in chosen:
        acts = [act for act in plan.acts if act.promise == promise]
        if plan.needs_approval.get(promise) == UNPUBLISHED:
            raise NothingToApprove(
                f"'{promise}' keeps data for another period than the published notice says",
                hint="change the status date and `zusage publish` the notice first",
            )
        if not acts:
            raise NothingToApprove(f"the plan holds nothing for '{promise}'", hint="see `zusage plan`")
        lacking = [act for act in acts if "not_covered" in act.detail]
        if len(lacking) == len(acts):
            said = lacking[0].detail["not_covered"]
            raise NothingToApprove(f"'{promise}' does not fit the store '{lacking[0].store}': {said}")
    actor = context.keys.pseudonym("actors", person)
    with context.state.begin() as connection:
        for promise in chosen:
            count = sum(act.count for act in plan.acts if act.promise == promise)
            shares = {
                act.detail["digest"] for act in plan.acts if act.promise == promise and "digest" in act.detail
            }
            for digest in sorted(shares):
                put_on_file(connection, promise, digest, count, actor, now)
            facts = {"promise": promise, "digest": plan.digests[promise], "count": count}
            context.ledger.append(connection, "retention/approved", facts, at=now, actor=actor)
    return len(chosen)
