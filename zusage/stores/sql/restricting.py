"""Restricted rows (Art. 18 GDPR, and data that only a retention duty still needs): a place of their own.

The place is a schema (PostgreSQL), a database (MariaDB) or a file (SQLite) that one role reads. Its tables have the
columns of the live ones, and four kinds more: `zusage_key` (the row's key), `zusage_root` (the key of the row it went
with), `zusage_event_…` and `zusage_subject_…` (what dated the row, and whose it is, as that stood when it was moved: the
rows that said so may be gone by the time it is asked).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    String,
    Table,
    Text,
    delete,
    exists,
    insert,
    inspect,
    literal,
    select,
    text,
    true,
)  # fmt: skip
from sqlalchemy.schema import CreateSchema

from zusage.database.dialects import creating_tables
from zusage.database.types import UtcDateTime
from zusage.stores.bindings import EventSource, TableBinding
from zusage.stores.paths import parse_path
from zusage.stores.sql.bound import BoundTable
from zusage.stores.sql.closure import Closure
from zusage.stores.sql.events import value_at
from zusage.stores.sql.schema import ATTACHED, ForeignKey, Schema

Bool = ColumnElement[bool]
KEY, ROOT, SINCE, REFERENCE = "zusage_key", "zusage_root", "zusage_since", "zusage_reference"


#: what is about to return from the place, in its own file: where the live one takes no note of ours
_RETURNS = Table(
    "zusage_returning", MetaData(), Column("reference", String(200), primary_key=True), schema=ATTACHED
)


def event_column(event: str) -> str:
    """Where a moved row keeps the instant of an event."""
    return f"zusage_event_{event.replace('-', '_')}"


def subject_column(kind: str) -> str:
    """Where a moved row keeps an identity of its subject."""
    return f"zusage_subject_{kind.replace('-', '_')}"


def moved_binding(part: TableBinding) -> TableBinding:
    """How a binding reads in the place: own key, own events and identities; conditions read the copy."""
    events = {
        name: EventSource(column=event_column(name), format=each.format) for name, each in part.events.items()
    }
    ends = {
        name: EventSource(column=event_column(name), format=each.format) for name, each in part.ends.items()
    }
    return part.model_copy(
        update={
            "primary_key": (KEY,),
            "events": events,
            "ends": ends,
            "subject": {kind: subject_column(kind) for kind in part.subject},
            "where": None,
            "consents": {},
            "contact": None,
        }
    )


def moved_keys(schema: Schema, tables: Sequence[str], root: str) -> Iterator[ForeignKey]:
    """In the place, what went with a row refers to it by `zusage_root`."""
    for name in tables:
        if name != root and name in schema.tables:
            yield ForeignKey(name, (ROOT,), root, (KEY,), declared=False)


def create_place(connection: Connection, place: str, reader: str | None) -> None:
    """The schema or database of the place, closed to everybody else. SQLite's file is made when it is attached."""
    name = connection.dialect.name
    if name == "sqlite" or place in inspect(connection).get_schema_names():
        return
    connection.execute(CreateSchema(place, if_not_exists=True))
    if name == "postgresql":
        quoted = connection.dialect.identifier_preparer.quote(place)
        connection.execute(text(f"REVOKE ALL ON SCHEMA {quoted} FROM PUBLIC"))
        if reader:
            role = connection.dialect.identifier_preparer.quote(reader)
            connection.execute(text(f"GRANT USAGE ON SCHEMA {quoted} TO {role}"))
            connection.execute(
                text(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {quoted} GRANT SELECT ON TABLES TO {role}")
            )


def create_tables(connection: Connection, place: str, parts: Sequence[BoundTable], closure: Closure) -> None:
    """The tables of the place for a root and what goes with it, where they are missing."""
    schema, metadata = parts[0].schema, MetaData()
    for name in closure.tables:
        bound = [part for part in parts if part.table.name == name]
        columns = [Column(each.name, each.type, nullable=True) for each in schema.tables[name].columns]
        columns += [
            Column(KEY, String(190), primary_key=True),
            Column(ROOT, String(190), index=True),
            Column(SINCE, UtcDateTime),
            Column(REFERENCE, String(200)),
        ]
        for part in bound:
            for event, source in dated(part):
                columns.append(Column(event_column(event), _event_type(part, source)))
            columns += [Column(subject_column(kind), Text()) for kind in part.binding.subject]
        unique = {column.name: column for column in columns}
        Table(name, metadata, *unique.values(), schema=place)
    with creating_tables(connection):
        metadata.create_all(connection)


def dated(part: BoundTable) -> list[tuple[str, EventSource]]:
    """Everything that the binding dates, by name."""
    ends: list[tuple[str, EventSource]] = [(str(end), source) for end, source in part.binding.ends.items()]
    return [*part.binding.events.items(), *ends]


def drop_stale(
    connection: Connection, place: Schema, part: BoundTable, reference: str, rows: Bool | None = None
) -> int:
    """Remove copies whose row (of `rows`) is in the live table as it was: what was begun ended before it touched the row."""
    target = place.tables[part.table.name]
    live = select(part.row_key).select_from(part.table).where(true() if rows is None else rows)
    return connection.execute(
        delete(target).where(target.c[REFERENCE] == reference, target.c[KEY].in_(live))
    ).rowcount


def all_copied(connection: Connection, place: Schema, part: BoundTable, rows: Bool) -> bool:
    """Whether each of the rows stands in the place as it is now: what SQLite asks before it touches the rows, because it
    commits the two files one after the other."""
    target = place.tables[part.table.name].alias("kept")
    same = [target.c[column.name].is_not_distinct_from(column) for column in part.table.columns]
    copy = exists(select(literal(1)).select_from(target).where(target.c[KEY] == part.row_key, *same))
    missing = select(literal(1)).select_from(part.table).where(rows, ~copy).limit(1)
    return connection.execute(missing).first() is None


def note_return(connection: Connection, reference: str) -> None:
    """Note in the place's own file (SQLite) that what is there under a reference is about to return."""
    _RETURNS.create(connection, checkfirst=True)
    if not begun_to_return(connection, reference):
        connection.execute(insert(_RETURNS).values(reference=reference))


def begun_to_return(connection: Connection, reference: str) -> bool:
    """Whether that was noted, and has not ended."""
    if not inspect(connection).has_table(_RETURNS.name, schema=ATTACHED):
        return False
    noted = select(_RETURNS.c.reference).where(_RETURNS.c.reference == reference)
    return connection.execute(noted).first() is not None


def forget_return(connection: Connection, reference: str) -> None:
    """What was there has returned, and its copies are gone."""
    connection.execute(delete(_RETURNS).where(_RETURNS.c.reference == reference))


def _event_type(part: BoundTable, source: EventSource) -> Any:
    event = part.source_event(source)
    return event.column_type


def copying(
    place: Schema, part: BoundTable, root_key: ColumnElement[Any], rows: Bool, reference: str, now: datetime
) -> tuple[Table, Select[Any], list[str]]:
    """INSERT … SELECT of rows into the place: the target, the query, and the target's columns."""
    target = place.tables[part.table.name]
    values: dict[str, Any] = {column.name: column for column in part.table.columns if column.name in target.c}
    values[KEY] = part.row_key
    values[ROOT] = root_key
    values[SINCE] = literal(now, UtcDateTime())
    values[REFERENCE] = literal(reference)
    for event, source in dated(part):
        values[event_column(event)] = part.source_event(source).expression
    for kind, path in part.binding.subject.items():
        values[subject_column(kind)] = value_at(part.schema, part.table, parse_path(path))
    return target, select(*values.values()).select_from(part.table).where(rows), list(values)


def copy_rows(
    connection: Connection, place: Schema, part: BoundTable, root_key: ColumnElement[Any], rows: Bool, reference: str,
    now: datetime,
) -> int:  # fmt: skip
    """Copy rows into the place, those already there left alone."""
    target, query, names = copying(place, part, root_key, rows, reference, now)
    there = select(target.c[KEY])
    query = query.where(part.row_key.not_in(there))
    statement = insert(target).from_select(names, query).execution_options(preserve_rowcount=True)
    return connection.execute(statement).rowcount


def root_key_of(schema: Schema, closure: Closure, root: BoundTable, table: str) -> ColumnElement[Any]:
    """For rows of a dependent table: the key of the root row they go with, over the first reference that leads there."""
    if table == root.table.name:
        return root.row_key
    key = closure.followed[table][0]
    child, parent = schema.tables[key.child], schema.tables[key.parent]
    joined = [
        child.c[mine] == parent.c[theirs] for mine, theirs in zip(key.columns, key.targets, strict=True)
    ]
    above = root_key_of(schema, closure, root, key.parent)
    return select(above).select_from(parent).where(*joined).limit(1).correlate(child).scalar_subquery()
