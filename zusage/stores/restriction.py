"""Restriction of a subject's rows (Art. 18 GDPR): into the restricted place, and back.

Rows leave the live tables, referring ones first, and keep standing under the exclusion `restriction`, so that no sweep
erases them. Where rows that stay refer to them, they are masked instead: emptied in place, whole in the restricted one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, false, func, insert, not_, or_, select, update

from zusage.stores.bindings import Change
from zusage.stores.sql import journal
from zusage.stores.sql.bound import BoundTable
from zusage.stores.sql.closure import dependent_rows, emptying
from zusage.stores.sql.database import Database
from zusage.stores.sql.excluding import Wanted, exclude_rows
from zusage.stores.sql.identity import Identity
from zusage.stores.sql.recipes import changed_values
from zusage.stores.sql.restricting import KEY, REFERENCE, copy_rows, root_key_of
from zusage.stores.sql.schema import Schema
from zusage.stores.sql.subject_tables import KeptBy, SubjectTable, erase_order, subject_tables
from zusage.stores.subjects import Found


def restrict_subject(
    database: Database,
    identities: Sequence[Identity],
    reference: str,
    now: datetime,
    only: KeptBy | None = None,
    skip: Collection[str] = (),
    *,
    masked: bool = True,
) -> list[Found]:
    """Move the subject's rows into the restricted place under `reference` (a request); how many rows, by table.

    `only`: just the rows that a law still needs. Without `masked`, rows that others refer to are left as they are: they
    still lead to the person. Raises `BadPath` where the store has no restricted place.
    """
    database.install_journal()
    with database.writing() as connection:
        tables = _live(connection, database, identities, skip)
        places = [database.prepare_place(connection, each.table, each.closure) for each in tables]
    if database.dialect == "sqlite":
        # two files are committed one after the other: the copies must stand before the rows go
        with database.writing() as connection:
            for each, place in zip(_live(connection, database, identities, skip), places, strict=True):
                _copy(connection, database, each, place, reference, now, only, masked)
    with database.writing() as connection:
        if database.has_journal(connection):
            journal.take_turn(connection, alone=True)
        return [
            _restrict(connection, database, each, place, reference, now, only, masked)
            for each, place in zip(_live(connection, database, identities, skip), places, strict=True)
        ]


def _live(
    connection: Connection, database: Database, identities: Sequence[Identity], skip: Collection[str]
) -> list[SubjectTable]:
    return [each for each in subject_tables(connection, database, identities, skip) if not each.restricted]


def _rows(each: SubjectTable, only: KeptBy | None, masked: bool) -> Any:
    rows = each.rows if only is None else and_(each.rows, each.needed(only(each.activity, each.part)))
    return rows if masked else and_(rows, not_(each.referred_to()))


def _copy(
    connection: Connection, database: Database, each: SubjectTable, place: Schema, reference: str, now: datetime,
    only: KeptBy | None, masked: bool,
) -> None:  # fmt: skip
    rows = _rows(each, only, masked)
    for name in each.closure.tables:
        part = each.table if name == each.part.table else _bound(connection, database, each.table, name)
        here = (
            rows
            if name == each.part.table
            else dependent_rows(each.table.schema, each.closure, part.table, rows)
        )
        copy_rows(
            connection,
            place,
            part,
            root_key_of(each.table.schema, each.closure, each.table, name),
            here,
            reference,
            now,
        )


def _bound(connection: Connection, database: Database, root: BoundTable, name: str) -> BoundTable:
    found = next((part for part in database.parts() if part.table == name), None)
    part = found or root.binding.model_copy(
        update={
            "table": name,
            "subject": {},
            "columns": {},
            "events": {},
            "ends": {},
            "primary_key": (),
            "where": None,
        }
    )
    return database.bound(connection, part)


def _restrict(
    connection: Connection, database: Database, each: SubjectTable, place: Schema, reference: str, now: datetime,
    only: KeptBy | None, masked: bool,
) -> Found:  # fmt: skip
    rows = _rows(each, only, masked)
    _copy(connection, database, each, place, reference, now, only, masked)
    if each.table.journalled and only is None:
        exclude_rows(connection, None, each.table, rows, Wanted("restriction", reference, "gdpr:18", now))
    schema, hit = each.table.schema, 0
    if not each.part.dependents.keep:
        for _, statement in emptying(schema, each.closure, rows):
            connection.execute(statement)
        for name in each.closure.erased:
            child = schema.tables[name]
            connection.execute(delete(child).where(dependent_rows(schema, each.closure, child, rows)))
        going = and_(rows, not_(each.referred_to()))
        hit = connection.execute(delete(each.table.table).where(going)).rowcount
    recipe = each.part.recipes.get("mask") or {name: Change(null=True) for name in each.part.columns}
    if recipe and masked:
        values = changed_values(each.table, recipe, reference)
        hit += connection.execute(update(each.table.table).where(rows).values(values)).rowcount
    return Found(database.name, each.activity, each.name, hit)


def unrestrict_subject(database: Database, reference: str) -> list[Found]:
    """Bring everything back that was restricted under `reference`; how many rows, by table."""
    found: list[Found] = []
    with database.writing() as connection:
        if not database.has_place(connection):
            return found
        place, schema = database.place_schema(connection), database.schema(connection)
        names = [name for name in place.tables if name in schema.tables]
        for name in reversed(_order(database, schema, names)):
            back = _bring_back(connection, schema, place, name, reference)
            if back:
                found.append(Found(database.name, "", name, back))
        for name in names:
            table = place.tables[name]
            connection.execute(delete(table).where(table.c[REFERENCE] == reference))
        if database.has_journal(connection):
            journal.lift(connection, reference)
    return found


def _order(database: Database, schema: Schema, names: list[str]) -> list[str]:
    parts = [part for part in database.parts() if part.table in names]
    first = erase_order(schema, parts)
    return [name for name in names if name not in first] + first


def _bring_back(connection: Connection, schema: Schema, place: Schema, name: str, reference: str) -> int:
    live, there = schema.tables[name], place.tables[name].alias("kept")
    columns = [column.name for column in live.columns if column.name in there.c]
    keys = schema.primary_key(name)
    mine = there.c[REFERENCE] == reference
    same = and_(*(live.c[key] == there.c[key] for key in keys)) if keys else false()
    masked = select(func.count()).select_from(live).where(select(there.c[KEY]).where(mine, same).exists())
    hit = 0
    if keys and connection.execute(masked).scalar_one():
        values = {
            column: select(there.c[column]).where(mine, same).limit(1).scalar_subquery()
            for column in columns
            if column not in keys
        }
        statement = update(live).where(select(there.c[KEY]).where(mine, same).exists()).values(values)
        hit += connection.execute(statement).rowcount
    absent = not_(select(live.c[keys[0]]).where(same).exists()) if keys else or_(mine)
    rows = select(*(there.c[column] for column in columns)).where(mine, absent)
    added = insert(live).from_select(columns, rows).execution_options(preserve_rowcount=True)
    return hit + connection.execute(added).rowcount
