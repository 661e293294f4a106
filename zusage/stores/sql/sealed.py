"""Rows of the restricted place whose content was sealed: the row keeps its key and what dates it, and nothing else.

So the rule that erases it still finds it when the law's period is over, while nobody reads it there. Beside its key stands
the id of the segment that holds what the row said; identities stand as keyed pseudonyms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, String, Table, bindparam, func, select, text, update
from sqlalchemy.schema import CreateColumn

from zusage.database.dialects import in_parts
from zusage.stores.bindings import TableBinding
from zusage.stores.sql import journal
from zusage.stores.sql.database import Database
from zusage.stores.sql.restricting import KEY, REFERENCE, ROOT, SINCE, subject_column
from zusage.stores.sql.schema import Schema

SEALED = "zusage_sealed"
_OURS = (KEY, ROOT, SINCE, REFERENCE, SEALED)
#: the subject's pseudonym from (kind of identity, value)
Pseudonym = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the place with what went along: table → rows as they were."""

    activity: str
    table: str
    key: str
    rows: Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A sealed row as the place shows it."""

    activity: str
    table: str
    segment: str
    since: Any


def unsealed(
    connection: Connection, database: Database, keep: Collection[str], limit: int = 200
) -> list[Record]:
    """Up to `limit` rows, with what went along, whose content still stands in the place in the clear. What is there under a
    reference of `keep`, or under one that still keeps live rows out (Art. 18), may have to come back, and is left out."""
    found: list[Record] = []
    for activity, part, table, along in _tables(connection, database):
        _add_column(connection, database, table)
        for name in along:
            _add_column(connection, database, name)
        place = database.place_schema(connection)
        target = place.tables[table.name]
        back = {*keep, *_restrictions(connection, database)}
        query = select(target).where(target.c[SEALED].is_(None)).limit(limit - len(found))
        if back:
            query = query.where(func.coalesce(target.c[REFERENCE], "").not_in(back))
        if connection.dialect.name != "sqlite":
            query = query.with_for_update()
        rows = connection.execute(query).mappings().all()
        keys = [str(row[KEY]) for row in rows]
        beside = {name: list(_along(connection, place.tables[name.name], keys)) for name in along}
        for row in rows:
            mine = {
                name.name: [_said(each) for each in each_of if each[ROOT] == row[KEY]]
                for name, each_of in beside.items()
            }
            found.append(Record(activity, part.table, str(row[KEY]), {part.table: [_said(row)], **mine}))
        if len(found) >= limit:
            break
    return found


def _restrictions(connection: Connection, database: Database) -> set[str]:
    if not database.has_journal(connection):
        return set()
    table = journal.exclusion
    return set(connection.scalars(select(table.c.reference).where(table.c.effect == "restriction")))


def _tables(
    connection: Connection, database: Database
) -> Iterator[tuple[str, TableBinding, Table, list[Table]]]:
    """The place's tables that are bound, each with those that only go along with it."""
    if not database.has_place(connection):
        return
    place = database.place_schema(connection)
    bound = {part.table for part in database.parts()}
    for activity, parts in database.binding.activities.items():
        for part in parts:
            moved = database.moved(connection, part)
            if moved is not None:
                along = [
                    place.tables[name]
                    for name in moved[1].tables
                    if name not in bound and name in place.tables
                ]
                yield activity, part, place.tables[part.table], along  # fmt: skip


def _along(connection: Connection, table: Table, keys: list[str]) -> Iterator[Mapping[str, Any]]:
    for part in in_parts(keys):
        query = select(table).where(table.c[ROOT].in_(part))
        yield from (dict(row) for row in connection.execute(query).mappings())


def _said(row: Mapping[Any, Any]) -> dict[str, Any]:
    """What a row said: its own columns, without ours."""
    return {name: value for name, value in row.items() if not str(name).startswith("zusage_")}


def _add_column(connection: Connection, database: Database, table: Table) -> None:
    if SEALED in table.c:
        return
    said = CreateColumn(Column(SEALED, String(64))).compile(dialect=connection.dialect)
    name = connection.dialect.identifier_preparer.format_table(table)
    connection.execute(text(f"ALTER TABLE {name} ADD COLUMN {said}"))


def mark(
    connection: Connection, database: Database, records: Sequence[tuple[Record, str]], pseudonym: Pseudonym
) -> int:
    """Empty the rows of these records, each sealed in the segment beside it; returns how many rows of the place that were."""
    place, hit = database.place_schema(connection), 0
    parts = {part.table: part for part in database.parts()}
    by_table: dict[str, list[tuple[Record, str]]] = {}
    for record, segment in records:
        by_table.setdefault(record.table, []).append((record, segment))
    for name, each in by_table.items():
        hit += _empty(connection, place, place.tables[name], KEY, each, parts[name], pseudonym)
        for beside in {table for record, _ in each for table in record.rows} - {name}:
            _empty(connection, place, place.tables[beside], ROOT, each, None, pseudonym)
    return hit


def _empty(
    connection: Connection, place: Schema, table: Table, by: str, records: Sequence[tuple[Record, str]],
    part: TableBinding | None, pseudonym: Pseudonym,
) -> int:  # fmt: skip
    asked = " ".join(part.conditions.values()) if part else ""
    subjects = {subject_column(kind): kind for kind in part.subject} if part else {}
    emptied: dict[str, Any] = {SEALED: bindparam("b_segment")}
    for column in table.c:
        dated = column.name.startswith("zusage_event_")
        if column.name in _OURS or dated or re.search(rf"\b{re.escape(column.name)}\b", asked):
            continue
        emptied[column.name] = bindparam(f"b_{column.name}") if column.name in subjects else None
    values = []
    stands = (
        _identities(connection, table, [record.key for record, _ in records], subjects) if subjects else {}
    )
    for record, segment in records:
        known = {f"b_{column}": _pseudonym(stands.get(record.key, {}).get(column), kind, pseudonym)
                 for column, kind in subjects.items()}  # fmt: skip
        values.append({"b_key": record.key, "b_segment": segment, **known})
    statement = update(table).where(table.c[by] == bindparam("b_key"), table.c[SEALED].is_(None))
    return int(connection.execute(statement.values(emptied), values).rowcount)


def _pseudonym(value: Any, kind: str, pseudonym: Pseudonym) -> str | None:
    return pseudonym(kind, str(value)) if value not in (None, "") else None


def _identities(
    connection: Connection, table: Table, keys: list[str], subjects: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    columns = [table.c[name] for name in subjects]
    found: dict[str, dict[str, Any]] = {}
    for part in in_parts(keys):
        for row in connection.execute(select(table.c[KEY], *columns).where(table.c[KEY].in_(part))):
            found[str(row[0])] = dict(zip(subjects, row[1:], strict=True))
    return found


def sealed_rows(
    connection: Connection, database: Database, subject: tuple[str, str] | None = None
) -> list[SealedRow]:
    """Every sealed row of the place, or those of a subject: (kind of identity, pseudonym)."""
    found = []
    for activity, part, table, _ in _tables(connection, database):
        if SEALED not in table.c:
            continue
        query = select(table.c[SEALED], table.c[SINCE]).where(table.c[SEALED].is_not(None))
        if subject is not None:
            if subject[0] not in part.subject:
                continue
            query = query.where(table.c[subject_column(subject[0])] == subject[1])
        found += [SealedRow(activity, part.table, row[0], row[1]) for row in connection.execute(query)]
    return found


def count_clear(connection: Connection, database: Database, keep: Collection[str]) -> int:
    """How many rows of the place that will not come back stand there in the clear."""
    back = {*keep, *_restrictions(connection, database)}
    count = 0
    for _, _, table, _ in _tables(connection, database):
        query = select(table.c[REFERENCE], func.count()).group_by(table.c[REFERENCE])
        if SEALED in table.c:
            query = query.where(table.c[SEALED].is_(None))
        count += sum(rows for reference, rows in connection.execute(query) if reference not in back)
    return count
