"""For databases that may not hold our journal: intent, idempotent act, fresh count (DESIGN, rule 3).

The intent stands in our own state before the first row goes. If the sweep is interrupted, the next one asks the store how
many of the intended rows are left, and records the difference as `reconstructed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, String, Table, delete, insert, select

from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime
from zusage.keepers.context import Context
from zusage.keepers.retention.tasks import Task, act_of
from zusage.stores.sql.acting import TableAct, count_rows

intent = Table(
    "retention_intent",
    metadata,
    Column("act", String(40), primary_key=True),
    Column("promise", String(200), nullable=False),
    Column("store", String(80), nullable=False),
    Column("target", String(200), nullable=False),
    Column("action", String(20), nullable=False),
    Column("planned", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)


def intend(context: Context, task: Task, act: TableAct, now: datetime) -> None:
    """Write down what is about to be done to how many rows."""
    with task.database.reading() as connection:
        planned = count_rows(connection, act)
    promise, store, target, action = task.key
    values = {
        "promise": promise,
        "store": store,
        "target": target,
        "action": action,
        "planned": planned,
        "at": now,
    }
    with context.state.begin() as connection:
        connection.execute(insert(intent).values(act=act.id, **values))


def fulfil(context: Context, act: TableAct, hit: int, now: datetime) -> None:
    """The act ended: its ledger entry and the end of the intent are one transaction."""
    with context.state.begin() as connection:
        row = connection.execute(select(intent).where(intent.c.act == act.id)).one()
        _record(context, connection, dict(row._mapping), hit, now, reconstructed=False)


def reconstruct(context: Context, tasks: Iterable[Task], now: datetime) -> int:
    """End what an interrupted sweep intended: rows that are no longer due count as done. Returns how many intents."""
    with context.state.connect() as connection:
        rows = connection.execute(select(intent)).all()
    if not rows:
        return 0
    by_key = {task.key: task for task in tasks}
    ended = 0
    for row in rows:
        task = by_key.get((row.promise, row.store, row.target, row.action))
        left = _left(context, task, row.at) if task else row.planned
        with context.state.begin() as connection:
            _record(
                context, connection, dict(row._mapping), max(row.planned - left, 0), now, reconstructed=True
            )
        ended += 1
    return ended


def _left(context: Context, task: Task, at: datetime) -> int:
    with task.database.reading() as connection:
        act = act_of(task, context, connection, at)
        return 0 if act is None else count_rows(connection, act)


def _record(
    context: Context,
    connection: Connection,
    said: Mapping[str, Any],
    hit: int,
    now: datetime,
    *,
    reconstructed: bool,
) -> None:
    facts = {
        "promise": said["promise"], "store": said["store"], "target": said["target"], "action": said["action"],
        "act": f"act-{said['act']}", "hit": hit, "reconstructed": reconstructed,
    }  # fmt: skip
    connection.execute(delete(intent).where(intent.c.act == said["act"]))
    context.ledger.append(connection, "retention/done", facts, at=now, actor="worker/sweep")
