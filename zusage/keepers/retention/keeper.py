"""The retention keeper: plans, sweeps and proves what the declaration says about how long data are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from zusage.declaration import Declaration
from zusage.keepers.context import Context
from zusage.keepers.retention.planning import make_plan
from zusage.keepers.retention.proving import prove
from zusage.keepers.retention.rules import KEEPER, promises
from zusage.keepers.retention.sweeping import sweep
from zusage.promises import Outcome, Plan, PlannedAct, Promise, Proof

Progress = Callable[[PlannedAct, int], None]


class RetentionKeeper:
    """`progress` is told after each batch which act is at work and how many rows it has done so far."""

    name = KEEPER

    def __init__(self, progress: Progress | None = None) -> None:
        self.progress = progress

    def promises(self, declaration: Declaration) -> Iterable[Promise]:
        """One promise for each step of each rule, one for each rule about backups."""
        return promises(declaration)

    def plan(self, context: Context, now: datetime) -> Plan:
        """What is due now, with counts; what may not run yet and why. Touches nothing."""
        return make_plan(context, now)

    def keep(self, context: Context, plan: Plan, now: datetime) -> Iterator[Outcome]:
        """Do what is due and approved, as the rules say at `now`: the plan's counts are compared, never trusted."""
        return sweep(context, plan, now, self.progress)

    def prove(self, context: Context, promise: Promise, now: datetime) -> Proof:
        """Count in the store what should be gone."""
        return prove(context, promise, now)
