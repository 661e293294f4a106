"""Putting rows under exclusion with INSERT … SELECT, together with the rows whose erasure would take them along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, insert, literal, null, select

from zusage.database.types import UtcDateTime
from zusage.stores.bindings import TableBinding
from zusage.stores.sql.bound import BoundTable
from zusage.stores.sql.database import Database
from zusage.stores.sql.journal import EVERY, Exclusion, exclude, exclusion
from zusage.stores.sql.keys import within

Bool = ColumnElement[bool]
_COLUMNS = ["table_name", "row_key", "effect", "reference", "law", "placed_at", "ends_at"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What stands beside each row key."""

    effect: str
    reference: str
    law: str | None
    placed_at: datetime
    ends_at: datetime | None = None


def exclude_table(connection: Connection, table: BoundTable, wanted: Wanted) -> None:
    """Every row of the table, also those that come later."""
    row = Exclusion(
        table.table.name, EVERY, wanted.effect, wanted.reference, wanted.placed_at, wanted.law, wanted.ends_at
    )
    exclude(connection, [row])


def exclude_rows(
    connection: Connection,
    database: Database | None,
    table: BoundTable,
    rows: Bool,
    wanted: Wanted,
    *,
    itself: bool = True,
) -> int:
    """The rows for which `rows` holds, and every row they refer to; returns how many rows were newly excluded.

    A row that others refer to takes them along when it is erased: so it is kept as well. Two statements for each table
    on the way up, whatever the number of rows. Without `database` only the rows themselves.
    """
    count = _insert(connection, table, rows, wanted) if itself and table.primary_key else 0
    if database is None:
        return count
    seen = {table.table.name}
    below: list[tuple[str, Bool]] = [(table.table.name, rows)]
    while below:
        name, condition = below.pop()
        child = table.schema.tables[name]
        for key in table.schema.parents.get(name, ()):
            parent = table.schema.tables.get(key.parent)
            if parent is None or key.parent in seen:
                continue
            seen.add(key.parent)
            referred = select(*(child.c[column] for column in key.columns)).where(condition)
            targets = [parent.c[column] for column in key.targets]
            above = within(targets, referred)
            part = _part_of(database, key.parent)
            if part is not None:
                bound = database.bound(connection, part)
                if bound.primary_key:
                    count += _insert(connection, bound, above, wanted)
            below.append((key.parent, above))
    return count


def _part_of(database: Database, table: str) -> TableBinding | None:
    return next((part for part in database.parts() if part.table == table), None)


def _insert(connection: Connection, table: BoundTable, rows: Bool, wanted: Wanted) -> int:
    there = exists(
        select(literal(1))
        .where(
            and_(
                exclusion.c.table_name == table.table.name,
                exclusion.c.row_key == table.row_key,
                exclusion.c.effect == wanted.effect,
                exclusion.c.reference == wanted.reference,
            )
        )
        .correlate(table.table)
    )
    values: list[Any] = [
        literal(table.table.name), table.row_key, literal(wanted.effect), literal(wanted.reference), literal(wanted.law),
        literal(wanted.placed_at, UtcDateTime()),
        null() if wanted.ends_at is None else literal(wanted.ends_at, UtcDateTime()),
    ]  # fmt: skip
    query: Select[Any] = select(*values).select_from(table.table).where(rows, ~there)
    statement = insert(exclusion).from_select(_COLUMNS, query).execution_options(preserve_rowcount=True)
    return connection.execute(statement).rowcount
