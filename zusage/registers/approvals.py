"""Approvals of rule plans (DESIGN, rule 8): a rule version runs only after its plan was approved.

An approval counts for one digest of rule, binding and schema. It allows as many rows as were planned when it was given;
later sweeps stop and ask when they would take more than the stop rule lets through.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, String, Table, insert, select, update

from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime

approval = Table(
    "rule_approval",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("promise", String(200), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("approved_at", UtcDateTime, nullable=False),
    #: keyed pseudonym of who approved
    Column("actor", String(80), nullable=False),
    #: rows planned when it was approved: one sweep may take so many, whatever the stop rule says
    Column("allowance", BigInteger, nullable=False),
    Column("used_at", UtcDateTime),
    Index("ix_rule_approval_promise_digest", "promise", "digest"),
)
run = Table(
    "rule_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("promise", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("hit", BigInteger, nullable=False),
    Index("ix_rule_run_promise_at", "promise", "at"),
)

#: the share of a table's rows that a sweep takes without asking
SHARE = 0.05
#: how many times the median of past sweeps it takes without asking
TIMES_MEDIAN = 3
#: so few rows are never a reason to ask
FEW = 20
_REMEMBERED = 30


@dataclass(frozen=True, slots=True)
class Approval:
    """One approval as it is on file."""

    promise: str
    digest: str
    approved_at: datetime
    actor: str
    allowance: int
    used_at: datetime | None


def approve(
    connection: Connection, promise: str, digest: str, allowance: int, actor: str, at: datetime
) -> None:
    """Put an approval on file."""
    values = {"promise": promise, "digest": digest, "allowance": allowance, "actor": actor, "approved_at": at}
    connection.execute(insert(approval).values(values))


def approvals(connection: Connection, promise: str, digest: str) -> list[Approval]:
    """Approvals of this version of a rule, the newest first."""
    wanted = (approval.c.promise == promise) & (approval.c.digest == digest)
    rows = connection.execute(select(approval).where(wanted).order_by(approval.c.id.desc()))
    return [
        Approval(row.promise, row.digest, row.approved_at, row.actor, row.allowance, row.used_at)
        for row in rows
    ]


def use_allowance(connection: Connection, promise: str, digest: str, at: datetime) -> None:
    """A sweep ran on the allowance of the approvals that there are: the next one is measured by the stop rule."""
    wanted = (approval.c.promise == promise) & (approval.c.digest == digest) & approval.c.used_at.is_(None)
    connection.execute(update(approval).where(wanted).values(used_at=at))


def remember_run(connection: Connection, promise: str, hit: int, at: datetime) -> None:
    """How many rows a sweep took, for the median."""
    connection.execute(insert(run).values(promise=promise, at=at, hit=hit))


def stop_above(connection: Connection, promise: str, total: int) -> int:
    """More rows than this need a person's word: 5 % of the table or three times the median sweep, whichever is more."""
    query = select(run.c.hit).where(run.c.promise == promise, run.c.hit > 0).order_by(run.c.id.desc())
    past = [int(hit) for (hit,) in connection.execute(query.limit(_REMEMBERED))]
    usual = TIMES_MEDIAN * statistics.median(past) if len(past) >= 3 else 0
    return max(FEW, int(total * SHARE), int(usual))
