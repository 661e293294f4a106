"""Restriction of a subject's rows (Art. 18 GDPR): into the restricted place, and back.

Rows leave the live tables, referring ones first, and keep standing under the exclusion `restriction`, so that no sweep
erases them. Where rows that stay refer to them, they are masked instead: emptied in place, whole in the restricted one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    false,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    true,
    update,
)

from zusage.stores.bindings import Change, Recipe, TableBinding
from zusage.stores.paths import BadPath
from zusage.stores.sql import journal
from zusage.stores.sql.acting import RowsChanged
from zusage.stores.sql.bound import BoundTable
from zusage.stores.sql.closure import Roots, deleting, dependent_rows, emptying
from zusage.stores.sql.database import Database
from zusage.stores.sql.excluding import Wanted, exclude_rows
from zusage.stores.sql.identity import Identity
from zusage.stores.sql.narrowing import Narrow, narrowed
from zusage.stores.sql.recipes import changed_values, pending
from zusage.stores.sql.restricting import (
    KEY,
    REFERENCE,
    all_copied,
    begun_to_return,
    copy_rows,
    drop_stale,
    forget_return,
    note_return,
    root_key_of,
)
from zusage.stores.sql.schema import Schema
from zusage.stores.sql.subject_tables import KeptBy, SubjectTable, erase_order, subject_tables
from zusage.stores.subjects import Found

#: what restricted data may be looked at for (Art. 18(2))
REASONS = ("statutory-retention", "legal-claim", "consent", "rights-of-others", "public-interest")
_ATTEMPTS = 4
_EVER = datetime(2020, 1, 1, tzinfo=UTC)


def restrict_subject(
    database: Database,
    identities: Sequence[Identity],
    reference: str,
    now: datetime,
    only: KeptBy | None = None,
    skip: Collection[str] = (),
    *,
    masked: bool = True,
    narrow: Narrow | None = None,
) -> list[Found]:
    """Move the subject's rows into the restricted place under `reference` (a request); how many rows, by table.

    `only`: just the rows that a law still needs. Without `masked`, rows that others refer to are left as they are: they
    still lead to the person. `narrow`: only these of the rows, and what goes with them.

    Raises `BadPath` where the store has no restricted place.
    """
    database.install_journal()

    def live(connection: Connection) -> list[SubjectTable]:
        tables = subject_tables(connection, database, identities, skip)
        return [each for each in narrowed(tables, narrow) if not each.restricted]

    with database.writing() as connection:
        tables = live(connection)
        places = [database.prepare_place(connection, each.table, each.closure) for each in tables]
    if database.dialect == "sqlite":
        return _in_two_files(database, live, reference, now, only, places, masked=masked)
    with database.writing() as connection:
        if database.has_journal(connection):
            journal.take_turn(connection, alone=True)
        done = []
        for each, place in zip(live(connection), places, strict=True):
            _copy(connection, database, each, place, reference, now, _rows(each, only, masked))
            done.append(_restrict(connection, database, each, reference, now, only, masked))
        return done


def _in_two_files(
    database: Database, live: Callable[[Connection], list[SubjectTable]], reference: str, now: datetime,
    only: KeptBy | None, places: Sequence[Schema], *, masked: bool,
) -> list[Found]:  # fmt: skip
    """SQLite commits two files one after the other. So each transaction writes to one of them: first every row that may go
    is copied, then rows go whose copy says what they say, then the copies of those that stayed go again.

    Whatever ends in between, no row is lost, and the next attempt finds the copies and makes them anew.
    """
    if _returning(database, reference):
        unrestrict_subject(database, reference)
    for _ in range(_ATTEMPTS):
        with database.writing() as connection:
            tables = list(zip(live(connection), places, strict=True))
            for each, place in tables:
                _drop_untouched(connection, database, each, place, reference)
                _copy(connection, database, each, place, reference, now, _rows(each, only, masked=True))
        try:
            with database.writing() as connection:
                done = []
                for each, place in zip(live(connection), places, strict=True):
                    _see_copies(connection, database, each, place, _rows(each, only, masked))
                    done.append(_restrict(connection, database, each, reference, now, only, masked))
        except RowsChanged:
            continue
        with database.writing() as connection:
            for each, place in tables:
                _drop_untouched(connection, database, each, place, reference)
        return done
    raise RowsChanged(f"a person's rows in '{database.name}' change all the time; nothing was restricted")


def _returning(database: Database, reference: str) -> bool:
    with database.reading() as connection:
        if database.has_journal(connection):
            return journal.stands(connection, _returned(reference))
        return begun_to_return(connection, reference)


def _returned(reference: str) -> journal.Exclusion:
    """Stands while what was restricted under a reference is back, and its copies have not gone yet (SQLite)."""
    return journal.Exclusion(journal.TURN, reference, "returned", journal.TURN, _EVER)


def _rows(each: SubjectTable, only: KeptBy | None, masked: bool) -> Any:
    rows = each.rows if only is None else and_(each.rows, each.needed(only(each.activity, each.part)))
    return rows if masked else and_(rows, not_(each.referred_to()))


def _copy(
    connection: Connection, database: Database, each: SubjectTable, place: Schema, reference: str, now: datetime,
    rows: ColumnElement[bool],
) -> None:  # fmt: skip
    for part, here in _with_dependents(connection, database, each, rows):
        key = root_key_of(each.table.schema, each.closure, each.table, part.table.name)
        copy_rows(connection, place, part, key, here, reference, now)


def _drop_untouched(
    connection: Connection, database: Database, each: SubjectTable, place: Schema, reference: str
) -> None:
    """Copies of rows that stand in the live tables as they were."""
    for part, here in _with_dependents(connection, database, each, each.rows):
        drop_stale(connection, place, part, reference, and_(here, _untouched(each, part)))


def _see_copies(
    connection: Connection, database: Database, each: SubjectTable, place: Schema, rows: ColumnElement[bool]
) -> None:
    """Raises `RowsChanged` unless every row that is about to go, or to be masked, stands in the place as it is now."""
    for part, here in _with_dependents(connection, database, each, rows):
        if not all_copied(connection, place, part, and_(here, _untouched(each, part))):
            raise RowsChanged(f"rows of '{part.table.name}' changed after they were copied")


def _with_dependents(
    connection: Connection, database: Database, each: SubjectTable, rows: ColumnElement[bool]
) -> Iterator[tuple[BoundTable, ColumnElement[bool]]]:
    for name in each.closure.tables:
        if name == each.part.table:
            yield each.table, rows
        else:
            part = _bound(connection, database, each.table, name)
            yield part, dependent_rows(each.table.schema, each.closure, part.table, rows)


def _untouched(each: SubjectTable, part: BoundTable) -> ColumnElement[bool]:
    """Rows that an earlier attempt has not masked: what is masked must not be copied over what it was."""
    if part is not each.table:
        return true()
    try:
        return pending(part, _mask(each)) if _mask(each) else true()
    except BadPath:
        return false()


def _mask(each: SubjectTable) -> Recipe:
    return _mask_of(each.part)


def _mask_of(part: TableBinding) -> Recipe:
    return part.recipes.get("mask") or {name: Change(null=True) for name in part.columns}


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
    connection: Connection, database: Database, each: SubjectTable, reference: str, now: datetime,
    only: KeptBy | None, masked: bool,
) -> Found:  # fmt: skip
    rows = _rows(each, only, masked)
    if each.table.journalled and only is None:
        exclude_rows(connection, None, each.table, rows, Wanted("restriction", reference, "gdpr:18", now))
    schema, hit = each.table.schema, 0
    if not each.part.dependents.keep:
        away = Roots(rows, joined=each.table.dialect == "mysql")
        for _, statement in emptying(schema, each.closure, away):
            connection.execute(statement)
        for _, removal in deleting(schema, each.closure, away):
            connection.execute(removal)
        going = and_(rows, not_(each.referred_to()))
        hit = connection.execute(delete(each.table.table).where(going)).rowcount
    recipe = _mask(each)
    if recipe and masked:
        values = changed_values(each.table, recipe, reference)
        hit += connection.execute(update(each.table.table).where(rows).values(values)).rowcount
    return Found(database.name, each.activity, each.name, hit)


def unrestrict_subject(database: Database, reference: str) -> list[Found]:
    """Bring everything back that was restricted under `reference`; how many rows, by table."""
    if database.dialect == "sqlite" and not database.binding.journal:
        return _return_without_journal(database, reference)
    found: list[Found] = []
    two_files = database.dialect == "sqlite" and database.install_journal()
    done = _returned(reference)
    with database.writing() as connection:
        if not database.has_place(connection):
            return found
        place, schema = database.place_schema(connection), database.schema(connection)
        names = [name for name in place.tables if name in schema.tables]
        back_already = two_files and journal.stands(connection, done)
        for name in () if back_already else reversed(_order(database, schema, names)):
            back = _bring_back(connection, schema, place, name, reference)
            if back:
                found.append(Found(database.name, "", name, back))
        if database.has_journal(connection):
            journal.lift(connection, reference)
        if two_files:
            # committed by itself: if we end here, the next attempt does not bring back what may have changed since
            journal.exclude(connection, [done])
        else:
            _empty(connection, place, names, reference)
    if two_files:
        with database.writing() as connection:
            _empty(connection, place, names, reference)
        with database.writing() as connection:
            journal.take_out(connection, done.table, done.row_key, done.effect, done.reference)
    return found


def _return_without_journal(database: Database, reference: str) -> list[Found]:
    """SQLite commits two files one after the other, and the live one takes no note of ours. So each transaction writes to one
    of them: the place notes what is about to return, rows return all at once, and note and copies go together.

    Whoever finds such a note looks whether a row is back as it was: then all of them were.
    """
    found: list[Found] = []
    with database.writing() as connection:
        if not database.has_place(connection):
            return found
        again = begun_to_return(connection, reference)
        note_return(connection, reference)
    with database.writing() as connection:
        place, schema = database.place_schema(connection), database.schema(connection)
        names = [name for name in place.tables if name in schema.tables]
        if not (again and any(_is_back(connection, database, place, name, reference) for name in names)):
            for name in reversed(_order(database, schema, names)):
                if back := _bring_back(connection, schema, place, name, reference):
                    found.append(Found(database.name, "", name, back))
    with database.writing() as connection:
        _empty(connection, place, names, reference)
        forget_return(connection, reference)
    return found


def _is_back(connection: Connection, database: Database, place: Schema, name: str, reference: str) -> bool:
    """A row stands in the live table as its copy says, and not because there was nothing in it to be masked."""
    schema = database.schema(connection)
    if not schema.primary_key(name):
        return False
    live, there = schema.tables[name], place.tables[name].alias("kept")
    same = [
        column.is_not_distinct_from(there.c[column.name]) for column in live.columns if column.name in there.c
    ]
    part = next((part for part in database.parts() if part.table == name), None)
    if part is not None and (recipe := _mask_of(part)):
        same.append(pending(database.bound(connection, part), recipe))
    query = (
        select(literal(1)).select_from(live).join(there, and_(*same)).where(there.c[REFERENCE] == reference)
    )
    return connection.execute(query.limit(1)).first() is not None


def _empty(connection: Connection, place: Schema, names: Sequence[str], reference: str) -> None:
    for name in names:
        table = place.tables[name]
        connection.execute(delete(table).where(table.c[REFERENCE] == reference))


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
