"""Files on paper end with their rows: a task by shelf mark before the row goes, told again where nobody has done it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import String, cast, select
from sqlalchemy.exc import DBAPIError

from zusage.errors import StoreUnreachable, ZusageError
from zusage.keepers.context import Context
from zusage.keepers.retention.tasks import Task, act_of, tasks
from zusage.law.periods import retention_end
from zusage.mail.message import Message
from zusage.mail.outbox import enqueue
from zusage.registers.paper import PaperTask, destroyed, escalated, hand_out, open_tasks
from zusage.stores.paths import BadPath
from zusage.stores.sql.acting import wanted_rows


class NoSuchTask(ZusageError):
    """There is no open task with this number; nothing was recorded."""


def give_paper_tasks(context: Context, approved: Iterable[str], now: datetime) -> int:
    """Before rows are erased: the shelf marks of their files become tasks, once each; returns how many were new."""
    allowed, new = set(approved), 0
    for task in tasks(context, now):
        ends = task.action in ("erase", "anonymise") and not task.only_kept
        if task.part.paper is None or not ends or task.step.promise_id not in allowed:
            continue
        try:
            new += _give(context, task, now)
        except (StoreUnreachable, DBAPIError, BadPath):
            continue  # the act on this store will say so
    return new


def _give(context: Context, task: Task, now: datetime) -> int:
    assert task.part.paper is not None
    said = task.part.paper
    with task.database.reading() as connection:
        act = act_of(task, context, connection, now)
        if act is None or said.shelf not in act.table.table.c:
            return 0
        shelf = cast(act.table.table.c[said.shelf], String())
        query = select(act.table.row_key, shelf).where(wanted_rows(act), shelf.is_not(None), shelf != "")
        found = [(str(row[0]), str(row[1])) for row in connection.execute(query)]
    until = retention_end(now, said.within, "event", context.declaration.time_zone)
    promise = task.step.promise_id
    given = [
        PaperTask(promise, task.database.name, task.part.table, key, mark, now, until) for key, mark in found
    ]
    with context.state.begin() as connection:
        return hand_out(connection, context.ledger, said.to, given, context.sender(), now, "worker/sweep")


def escalate(context: Context, now: datetime) -> int:
    """Tell the data protection officer, once, of each task whose time is over; returns how many."""
    to, count = context.officer(), 0
    with context.state.begin() as connection:
        for one in open_tasks(connection):
            if one.until > now or one.escalated_at is not None:
                continue
            escalated(connection, one.id, now)
            facts = {"promise": one.promise, "task": one.id}
            context.ledger.append(connection, "paper/escalated", facts, at=now, actor="worker/sweep")
            count += 1
            if to is not None:
                subject = "Papierakte nicht vernichtet / paper file not destroyed"
                text = f"{one.promise}: {one.shelf}\n\n{one.since:%Y-%m-%d} – {one.until:%Y-%m-%d}\n"
                message = Message(to, subject, text, "retention/paper-escalated", reference=one.promise[:160])
                enqueue(
                    connection, message, sender=context.sender(), now=now, key=f"paper/{one.id}/escalated"
                )
    return count


def record_destruction(context: Context, task: int, person: str, now: datetime) -> None:
    """Somebody destroyed the file of a task. Raises `NoSuchTask`."""
    actor = context.keys.pseudonym("actors", person)
    with context.state.begin() as connection:
        if not destroyed(connection, task, actor, now):
            raise NoSuchTask(f"there is no open task {task}", hint="`zusage paper list` shows them")
        context.ledger.append(connection, "paper/destroyed", {"task": task}, at=now, actor=actor)
