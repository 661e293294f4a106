"""An erasure on request reaches the shelves as well: files on paper become tasks before their rows go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from zusage.keepers.context import Context
from zusage.law.periods import retention_end
from zusage.registers.paper import PaperTask, hand_out, take_back
from zusage.stores.papers import paper_files
from zusage.stores.sql.database import Database
from zusage.stores.sql.identity import Identity
from zusage.stores.sql.narrowing import Narrow
from zusage.stores.sql.subject_tables import KeptBy


def give_papers(
    context: Context, database: Database, known: Sequence[Identity], kept_by: KeptBy, foreign: Collection[str],
    now: datetime, narrow: Narrow | None = None,
) -> list[PaperTask]:  # fmt: skip
    """The tasks for what is about to be erased, on file and mailed; one that is there already is given once."""
    given: list[PaperTask] = []
    for files in paper_files(database, known, kept_by, foreign, narrow):
        until = retention_end(now, files.paper.within, "event", context.declaration.time_zone)
        promise = f"request/{files.activity}"
        tasks = [
            PaperTask(promise, database.name, files.table, key, mark, now, until)
            for key, mark in files.marks.items()
        ]
        with context.state.begin() as connection:
            hand_out(connection, context.ledger, files.paper.to, tasks, context.sender(), now, "worker")
        given += tasks
    return given


def keep_papers(context: Context, given: Sequence[PaperTask]) -> None:
    """Nothing was erased after all: the files stay with their rows."""
    if given:
        with context.state.begin() as connection:
            take_back(connection, given)
