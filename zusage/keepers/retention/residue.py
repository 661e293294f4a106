"""The physical step after a sweep: recorded apart from the logical erasure, put off to the store's window, never forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, String, Table, delete, select
from sqlalchemy.exc import DBAPIError

from zusage.database.dialects import insert_ignoring
from zusage.database.failures import failure_code
from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime
from zusage.errors import StoreUnreachable
from zusage.keepers.context import Context
from zusage.stores.sql.database import Database
from zusage.stores.sql.physical import physical_step

#: tables from which rows were erased since the store's last physical step
waiting = Table(
    "retention_residue",
    metadata,
    Column("store", String(80), primary_key=True),
    Column("target", String(128), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)


def remember_residue(context: Context, store: str, tables: Iterable[str], now: datetime) -> None:
    """Rows of these tables were erased; their bytes may still be there."""
    with context.state.begin() as connection:
        for table in sorted(set(tables)):
            note = insert_ignoring(connection, waiting, "store", "target")
            connection.execute(note.values(store=store, target=table, since=now))


def residue_since(context: Context, store: str) -> dict[str, datetime]:
    """Tables of a store whose physical step has not been done, and since when it waits."""
    with context.state.connect() as connection:
        query = select(waiting.c.target, waiting.c.since).where(waiting.c.store == store)
        return {row.target: row.since for row in connection.execute(query)}


def make_physical(context: Context, now: datetime) -> None:
    """Do the physical step of every store in which something waits for it and whose window is open."""
    for store in context.stores.values():
        tables = residue_since(context, store.name) if isinstance(store, Database) else {}
        if not tables or not isinstance(store, Database):
            continue
        try:
            step = physical_step(store, tables, now, context.declaration.time_zone).step
        except (StoreUnreachable, DBAPIError) as error:
            step = f"failed:{failure_code(error)}"
        with context.state.begin() as connection:
            if step in ("vacuum", "full"):
                connection.execute(
                    delete(waiting).where(waiting.c.store == store.name, waiting.c.target.in_(tables))
                )
            facts = {"store": store.name, "step": step, "tables": sorted(tables)}
            context.ledger.append(connection, "retention/physical", facts, at=now, actor="worker/sweep")
