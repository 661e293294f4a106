"""Files on paper that must be destroyed because their row ended: by shelf mark, until somebody says that it was done.

A shelf mark names no person. The row stays on file some years as the record of the destruction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Integer, String, Table, UniqueConstraint, delete, select, update

from zusage.database.dialects import insert_ignoring
from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime

paper = Table(
    "paper_task",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("promise", String(200), nullable=False),
    Column("store", String(80), nullable=False),
    Column("target", String(128), nullable=False),
    Column("row_key", String(190), nullable=False),
    Column("shelf", String(160), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    #: after this the data protection officer is told
    Column("until", UtcDateTime, nullable=False),
    Column("escalated_at", UtcDateTime),
    Column("destroyed_at", UtcDateTime),
    #: keyed pseudonym of who destroyed it
    Column("actor", String(80)),
    UniqueConstraint("store", "target", "row_key", "shelf", name="uq_paper_task_row"),
)


@dataclass(frozen=True, slots=True)
class PaperTask:
    """One file on paper."""

    promise: str
    store: str
    target: str
    row_key: str
    shelf: str
    since: datetime
    until: datetime
    escalated_at: datetime | None = None
    destroyed_at: datetime | None = None
    actor: str | None = None
    id: int = 0


def give_tasks(connection: Connection, tasks: Sequence[PaperTask]) -> int:
    """Put tasks on file that are not yet; returns how many were new."""
    new = 0
    for one in tasks:
        values = {
            "promise": one.promise, "store": one.store, "target": one.target, "row_key": one.row_key,
            "shelf": one.shelf, "since": one.since, "until": one.until,
        }  # fmt: skip
        statement = insert_ignoring(connection, paper, "store", "target", "row_key", "shelf").values(values)
        new += connection.execute(statement).rowcount
    return new


def open_tasks(connection: Connection, promise: str | None = None) -> list[PaperTask]:
    """Tasks that nobody has done yet, the oldest first."""
    query = select(paper).where(paper.c.destroyed_at.is_(None)).order_by(paper.c.since, paper.c.id)
    if promise is not None:
        query = query.where(paper.c.promise == promise)
    return [PaperTask(**row._mapping) for row in connection.execute(query)]


def escalated(connection: Connection, task: int, at: datetime) -> None:
    """The data protection officer was told."""
    connection.execute(update(paper).where(paper.c.id == task).values(escalated_at=at))


def destroyed(connection: Connection, task: int, actor: str, at: datetime) -> bool:
    """Record a destruction; whether the task was open."""
    statement = update(paper).where(paper.c.id == task, paper.c.destroyed_at.is_(None))
    return connection.execute(statement.values(destroyed_at=at, actor=actor)).rowcount == 1


def expire_paper(connection: Connection, before: datetime) -> int:
    """Erase records of destructions before an instant."""
    return connection.execute(delete(paper).where(paper.c.destroyed_at < before)).rowcount
