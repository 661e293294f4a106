"""From a store's journal to the ledger: every batch once, whatever was interrupted in between."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import Column, Integer, String, Table

from zusage.database.dialects import insert_ignoring
from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime
from zusage.keepers.context import Context
from zusage.registers.requests import open_among
from zusage.stores.sql import journal
from zusage.stores.sql.database import Database

#: batches that the ledger has; kept only while a store's journal may still hold them
taken = Table(
    "retention_batch",
    metadata,
    Column("store", String(80), primary_key=True),
    Column("act", String(40), primary_key=True),
    Column("batch", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
)

_REMEMBERED = timedelta(days=2)


def take_over(context: Context, database: Database, now: datetime) -> int:
    """Copy what the store's journal holds into the ledger, then trim it; returns how many batches were new.

    Ledger entries and the note of which batches they cover are one transaction, so a batch is never counted twice. What
    belongs to a request that is still open stays: if its step was interrupted, it learns there what it had done.
    """
    with database.reading() as connection:
        found = {place: journal.recorded(connection, place) for place in database.journals(connection)}
    rows = [row for each in found.values() for row in each]
    if not rows:
        return 0
    fresh: dict[tuple[str, str, str, str], list[journal.JournalRow]] = defaultdict(list)
    with context.state.begin() as connection:
        unfinished = open_among(connection, {row.act for row in rows})
        for row in rows:
            note = insert_ignoring(connection, taken, "store", "act", "batch")
            added = connection.execute(note.values(store=database.name, act=row.act, batch=row.batch, at=now))
            if added.rowcount == 1:
                fresh[row.act, row.promise, row.target, row.action].append(row)
        for (act, promise, target, action), batches in fresh.items():
            facts = {
                "promise": promise,
                "store": database.name,
                "target": target,
                "action": action,
                "act": f"act-{act}",
                "batches": len(batches),
                "hit": sum(row.hit for row in batches),
                "dependents": _summed(batches),
            }
            context.ledger.append(connection, "retention/done", facts, at=now, actor="worker/sweep")
    with database.writing() as connection:
        for place, each in found.items():
            newest = {
                row.act: row.batch
                for row in sorted(each, key=lambda row: row.batch)
                if row.act not in unfinished
            }
            for act, batch in newest.items():
                journal.trim(connection, act, batch, place)
    with context.state.begin() as connection:
        # not at once: another sweep may have read the same journal and not yet looked here
        over = taken.delete().where(taken.c.store == database.name, taken.c.at < now - _REMEMBERED)
        connection.execute(over.where(taken.c.act.not_in(unfinished)))
    return sum(len(batches) for batches in fresh.values())


def _summed(batches: list[journal.JournalRow]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for row in batches:
        for name, hit in row.dependents.items():
            counts[name.replace(" ", "/")] += hit
    return dict(counts)
