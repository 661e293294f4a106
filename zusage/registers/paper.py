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
from zusage.ledger import Ledger
from zusage.mail.message import Message
from zusage.mail.outbox import Sender, enqueue

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


def hand_out(
    connection: Connection, ledger: Ledger, to: str, tasks: Sequence[PaperTask], sender: Sender, now: datetime, actor: str
) -> int:  # fmt: skip
    """Put tasks of one promise and table on file, with the mail to who destroys them; returns how many were new."""
    new = give_tasks(connection, tasks)
    if not new:
        return 0
    promise, store = tasks[0].promise, tasks[0].store
    marks = "\n".join(one.shelf for one in tasks)
    subject = "Papierakten vernichten / destroy paper files"
    text = f"{promise}\n\n{marks}\n\nzusage paper list\nzusage paper done NUMBER --by NAME\n"
    message = Message(to, subject, text, "retention/paper", reference=promise[:160])
    key = f"{promise}/paper/{tasks[0].target}/{now.isoformat()}"[-160:]
    enqueue(connection, message, sender=sender, now=now, key=key)
    facts = {"promise": promise, "store": store, "count": new}
    ledger.append(connection, "paper/given", facts, at=now, actor=actor)
    return new


def take_back(connection: Connection, tasks: Sequence[PaperTask]) -> int:
    """Tasks whose rows stay after all; returns how many were open."""
    gone = 0
    for one in tasks:
        mine = (
            (paper.c.store == one.store) & (paper.c.target == one.target) & (paper.c.row_key == one.row_key)
        )
        open_ = mine & (paper.c.promise == one.promise) & paper.c.destroyed_at.is_(None)
        gone += connection.execute(delete(paper).where(open_)).rowcount
    return gone


def open_tasks(connection: Connection, *promises: str) -> list[PaperTask]:
    """Tasks that nobody has done yet (of these promises), the oldest first."""
    query = select(paper).where(paper.c.destroyed_at.is_(None)).order_by(paper.c.since, paper.c.id)
    if promises:
        query = query.where(paper.c.promise.in_(promises))
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
