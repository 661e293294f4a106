"""What an act on the stores is given, and what it hands back: one outcome for each place, under a named result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from zusage.keepers.context import Context
from zusage.keepers.rights.finding import Subject
from zusage.promises import Outcome, Result
from zusage.registers.requests import Request

#: takes a change of the state database, to be made in the transaction that commits the step
Write = Callable[[Callable[[Connection], None]], None]


@dataclass(frozen=True, slots=True)
class Act:
    """One outcome in one activity, and until when something stays."""

    activity: str
    outcome: Outcome
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What an act is given; `foreign`: activities whose data are held for customers."""

    context: Context
    request: Request
    subject: Subject
    now: datetime
    foreign: frozenset[str]
    renew: Callable[[], None]
    write: Write


def made(
    activity: str, store: str, table: str, action: str, planned: int, hit: int, left: int, reason: str = "",
    until: datetime | None = None,
) -> Act:  # fmt: skip
    """An act by its counts: `held` where something is left, `done` where something was hit."""
    result = Result.HELD if left else Result.DONE if hit else Result.NOTHING_FOUND
    outcome = Outcome(result, f"request/{action}", store, table, action, planned, hit, left, reason)
    return Act(activity, outcome, until)
