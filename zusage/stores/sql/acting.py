"""Acts on a table in batches: one transaction each, a root row never split from its dependents, journalled inside.

A batch locks its rows in the order of the key, empties and deletes dependents by those keys, and changes the root rows by
the same keys *and the rule again*. Where the two counts differ, something changed in between, and the batch is undone.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Select,
    Update,
    and_,
    delete,
    func,
    literal,
    not_,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from zusage.database.failures import failure_code
from zusage.errors import ZusageError
from zusage.stores.bindings import Recipe, SqlStore
from zusage.stores.selection import Selection
from zusage.stores.sql import journal
from zusage.stores.sql.bound import BoundTable
from zusage.stores.sql.closure import Closure, Roots, deleting, dependent_rows, emptying
from zusage.stores.sql.database import Database
from zusage.stores.sql.excluding import Wanted, exclude_rows
from zusage.stores.sql.pacing import Pace
from zusage.stores.sql.recipes import changed_values, pending
from zusage.stores.sql.restricting import all_copied, copy_rows, drop_stale, root_key_of
from zusage.stores.sql.schema import Schema, fingerprint
from zusage.stores.sql.stretch import Stretch

Action = Literal["erase", "change", "move", "mask", "tell"]
#: rows of a batch where it follows the time it takes: the first one, whose price nobody knows yet, the least and the most
_FIRST, _SMALLEST, _LARGEST = 1_000, 100, 100_000
_COMPOSITE = 1_000


class SchemaChanged(ZusageError):
    """The database's schema changed after the preflight; the batch was not begun."""


class RowsChanged(ZusageError):
    """Rows of a batch changed between its first and its last statement; the batch was undone."""


#: deadlock and serialization failure by their codes in PostgreSQL and MariaDB
_IN_THE_WAY = ("40P01", "40001", "1213", "1205")


def in_the_way(error: DBAPIError) -> bool:
    """Another transaction was in the way, and the database undid this one: it may be tried again."""
    return any(part in _IN_THE_WAY for part in failure_code(error).split(":"))


@dataclass(frozen=True, slots=True)
class TableAct:
    """What is to be done to which rows of a table. `id` names the act in the journal."""

    id: str
    promise: str
    action: Action
    table: BoundTable
    selection: Selection
    closure: Closure
    recipe: Recipe = field(default_factory=dict)
    #: for `move` and `mask`: every table of the closure as bound, so that its events and identities are known
    parts: Mapping[str, BoundTable] = field(default_factory=dict)
    #: where rows go under `move` and `mask`
    place: Schema | None = None
    #: table of the closure → column with a file's path → files store
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: what the journal calls it: `erase`, `anonymise`, `deactivate`
    label: str = "erase"
    target: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction did, and how long it took in milliseconds."""

    number: int
    hit: int
    dependents: Mapping[str, int]
    milliseconds: float
    #: of these, what any batch costs, however small: turn, schema check, exclusions
    overhead: float = 0.0


def wanted_rows(act: TableAct, *, none_excluded: bool = False) -> ColumnElement[bool]:
    """The rows of an act: the selection, and for changes only rows that still have something to change."""
    rows = act.table.where(act.selection, none_excluded=none_excluded)
    if act.action == "change":
        return and_(rows, pending(act.table, act.recipe))
    if act.action == "tell":
        return (
            and_(rows, not_(act.table.told(act.promise, act.selection.due[0])))
            if act.table.journalled
            else rows
        )
    if act.action == "mask":
        masked = act.table.excluded(("masked",), act.promise)
        return and_(rows, not_(masked) if act.table.journalled else pending(act.table, act.recipe))
    return rows


def count_rows(connection: Connection, act: TableAct, *, held: bool = False) -> int:
    """How many rows the act would touch now, or, with `held`, how many only an exclusion keeps."""
    if is_empty(connection, act.table):
        return 0
    if held and (not act.table.journalled or _none_excluded(connection, act)):
        return 0
    return int(connection.execute(counting(act, held=held)).scalar_one())


def is_empty(connection: Connection, table: BoundTable) -> bool:
    """Whether the table holds no row at all: asked first, because no condition need then be put together."""
    name = connection.dialect.identifier_preparer.format_table(table.table)
    return connection.exec_driver_sql(f"SELECT 1 FROM {name} LIMIT 1").first() is None  # noqa: S608 quoted


def nothing_due(connection: Connection, act: TableAct) -> bool:
    """Whether the act would touch no row now; ends with the first row found."""
    if is_empty(connection, act.table):
        return True
    found = select(literal(1)).select_from(act.table.table).where(wanted_rows(act)).limit(1)
    return connection.execute(found).first() is None


def counting(act: TableAct, *, held: bool = False) -> Select[int]:
    """The statement that `count_rows` runs: what a proof shows as the way it found out."""
    where = act.table.where(act.selection, held=True) if held else wanted_rows(act)
    return select(func.count()).select_from(act.table.table).where(where)


def oldest_event(connection: Connection, act: TableAct) -> datetime | None:
    """The earliest event among the act's rows."""
    event = act.table.event_of(act.selection.due[0])
    if event is None:
        return None
    value = connection.execute(
        select(func.min(event.expression)).select_from(act.table.table).where(wanted_rows(act))
    ).scalar()
    return event.instant(value)


def run(database: Database, act: TableAct, now: datetime, *, finished: int = 0) -> Iterator[Batch]:
    """Do the act batch by batch until no row is left; yields each batch after its commit. `finished`: batches so far.

    Raises `SchemaChanged`, `RowsChanged`, and database errors, each after its own batch was undone.
    """
    pace = _pace(act, database.binding)
    salt = secrets.token_hex(16)
    stretch = Stretch(act.table, pace.size)
    number = finished
    while True:
        began = time.perf_counter()
        if _in_two_files(act):
            _copy_first(database, act, now, stretch)
        with database.writing() as connection:
            batch = _one(connection, act, now, number + 1, stretch, salt)
        if batch is None:
            return
        number += 1
        took = (time.perf_counter() - began) * 1000
        yield Batch(number, batch.hit, batch.dependents, took)
        if act.table.key_columns:
            if batch.hit < stretch.size:
                return
            stretch.last = stretch.keys.last
        if batch.hit >= stretch.size:
            stretch.size = pace.note(batch.hit, took, 2 * batch.overhead)


def _pace(act: TableAct, binding: SqlStore) -> Pace:
    most = _COMPOSITE if len(act.table.key_columns) > 1 else _LARGEST
    first = min(binding.batch, most)
    if act.table.dialect == "sqlite":
        # nobody else writes meanwhile, whatever the size: the one that is said is the quickest
        return Pace(first, float("inf"), first, first)
    first = min(first, _FIRST)
    if act.table.dialect == "mysql":
        # a transaction of its own costs more there, and small ones would take twice as long for all
        return Pace(first, 2 * binding.batch_ms, first, most)
    return Pace(first, binding.batch_ms, min(_SMALLEST, first), most)


def _one(
    connection: Connection, act: TableAct, now: datetime, number: int, stretch: Stretch, salt: str
) -> Batch | None:
    table = act.table
    began = time.perf_counter()
    free = _begin(connection, act)
    wanted = stretch.once(f"wanted {free}", lambda: wanted_rows(act, none_excluded=free))
    overhead = (time.perf_counter() - began) * 1000
    if not table.key_columns:
        return _without_key(connection, act, now, number, stretch.size, wanted, salt)
    if not stretch.fetch(connection, wanted, f"{free}"):
        return None
    roots = stretch.roots()
    if _in_two_files(act):
        _see_copies(connection, act, roots)
    else:
        _copy(connection, act, roots, now)
    _ask_again(connection, act, stretch, wanted)
    dependents = _dependents(connection, act, stretch)
    kind = f"root {free} {stretch.last is None}"
    root = stretch.once(kind, lambda: _root(act, _still_wanted(act, stretch, wanted), salt))
    hit = connection.execute(root).rowcount
    if hit != stretch.keys.count:
        raise RowsChanged(f"rows of '{table.table.name}' changed during a batch; it was undone")
    if act.action == "mask" and table.journalled:
        exclude_rows(connection, None, table, roots.condition, Wanted("masked", act.promise, None, now))
    _journal(connection, act, number, hit, dependents, now)
    return Batch(number, hit, dependents, 0.0, overhead)


def _still_wanted(act: TableAct, stretch: Stretch, wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """The rows of the batch, and the rule again."""
    condition, dialect = stretch.roots().condition, stretch.table.dialect
    if dialect == "sqlite" or _looks_at_dependents(act):
        # alone since its first statement: the rule was asked when the keys were fetched, and still says the same
        return condition
    if dialect == "postgresql":
        return and_(condition, wanted)
    return and_(stretch.within(), wanted)


def _looks_at_dependents(act: TableAct) -> bool:
    """The rule may look at rows that go along: once they are gone, it says something else."""
    binding = act.table.binding
    dated = [source.sql for source in (*binding.events.values(), *binding.ends.values())]
    said = (*dated, binding.where, *binding.conditions.values(), *binding.consents.values())
    asked = any("select" in expression.lower() for expression in said if expression)
    return asked and bool(act.closure.erased or act.closure.emptied)


def _ask_again(connection: Connection, act: TableAct, stretch: Stretch, wanted: ColumnElement[bool]) -> None:
    """Such a rule is asked once more before the first row goes: whoever waited for a lock may have seen what was before."""
    if act.table.dialect == "sqlite" or not _looks_at_dependents(act):
        return
    rows = and_(stretch.roots().condition, wanted)
    if (
        connection.execute(select(func.count()).select_from(act.table.table).where(rows)).scalar()
        != stretch.keys.count
    ):
        raise RowsChanged(f"rows of '{act.table.table.name}' changed during a batch; it was undone")


def _copy_first(database: Database, act: TableAct, now: datetime, stretch: Stretch) -> None:
    """SQLite commits two files one after the other: the copy must stand before the row goes."""
    with database.writing() as connection:
        if stretch.fetch(connection, wanted_rows(act), "copied"):
            _copy(connection, act, stretch.roots(), now)


def _in_two_files(act: TableAct) -> bool:
    return act.place is not None and act.table.dialect == "sqlite"


def _see_copies(connection: Connection, act: TableAct, roots: Roots) -> None:
    """The transaction that takes rows away writes nothing else: every copy must stand by now, and say what the row says."""
    for _, part, rows in _copied_rows(act, roots):
        if act.place is not None and not all_copied(connection, act.place, part, rows):
            raise RowsChanged(f"rows of '{part.table.name}' changed after they were copied; nothing was done")


def forget_stale_copies(database: Database, act: TableAct) -> None:
    """After an interrupted act on SQLite, and after each one: no row that was not touched stands in both places."""
    if act.place is None or not _in_two_files(act):
        return
    with database.writing() as connection:
        for part in act.parts.values():
            masked = part.excluded(("masked",), act.promise)
            untouched = None if act.action == "move" else not_(masked)
            if act.action == "mask" and not part.journalled:
                untouched = pending(act.table, act.recipe)
            drop_stale(connection, act.place, part, act.promise, untouched)


def _begin(connection: Connection, act: TableAct) -> bool:
    """Take turns with the placing of holds, and see that the schema is the one that was checked.

    Returns whether no exclusion names the table: then, and only then, the statements need not ask for each row.
    """
    if act.table.journalled:
        journal.take_turn(connection, alone=False)
    if fingerprint(connection, act.table.schema.name) != act.table.schema.fingerprint:
        raise SchemaChanged("the schema changed while a sweep ran; the rest is left for the next one")
    return _none_excluded(connection, act)


def _none_excluded(connection: Connection, act: TableAct) -> bool:
    return act.table.journalled and not journal.any_exclusion(connection, act.table.table.name)


def _copy(connection: Connection, act: TableAct, roots: Roots, now: datetime) -> None:
    """Rows that are restricted are copied into the place before they leave, or are masked in, the live tables."""
    if act.place is None:
        return
    for name, part, rows in _copied_rows(act, roots):
        key = root_key_of(act.table.schema, act.closure, act.table, name)
        copy_rows(connection, act.place, part, key, rows, act.promise, now)


def _copied_rows(act: TableAct, roots: Roots) -> Iterator[tuple[str, BoundTable, ColumnElement[bool]]]:
    root, schema = act.closure.root, act.table.schema
    for name in act.closure.tables if act.action == "move" else (root,):
        part = act.parts[name]
        rows = roots.condition if name == root else dependent_rows(schema, act.closure, part.table, roots)
        yield name, part, rows


def _dependents(connection: Connection, act: TableAct, stretch: Stretch) -> dict[str, int]:
    counts: dict[str, int] = {}
    if act.action not in ("erase", "move"):
        return counts
    roots, schema = stretch.roots(), act.table.schema
    _remember_files(connection, act, roots.condition)
    for key, statement in stretch.once("emptied", lambda: tuple(emptying(schema, act.closure, roots))):
        hit = connection.execute(statement).rowcount
        counts[f"{key.child} kept"] = counts.get(f"{key.child} kept", 0) + hit
    for name, removal in stretch.once("deleted", lambda: tuple(deleting(schema, act.closure, roots))):
        counts[name] = counts.get(name, 0) + connection.execute(removal).rowcount
    return counts


def _root(act: TableAct, rows: ColumnElement[bool], salt: str) -> Delete | Update:
    table = act.table.table
    if act.action in ("erase", "move"):
        return delete(table).where(rows)
    return update(table).where(rows).values(changed_values(act.table, act.recipe, salt))


def _remember_files(connection: Connection, act: TableAct, roots: ColumnElement[bool]) -> None:
    """Files that go with the rows and their dependents, written down before the rows are gone; moved rows keep theirs."""
    if not act.table.journalled or act.action != "erase":
        return
    schema, root = act.table.schema, act.closure.root
    for name, columns in {root: act.table.binding.files, **act.files}.items():
        table = act.table.table if name == root else schema.tables[name]
        rows = roots if name == root else dependent_rows(schema, act.closure, table, roots)
        journal.note_files(connection, act.id, table, columns, rows)


def _journal(
    connection: Connection, act: TableAct, number: int, hit: int, dependents: Mapping[str, int], now: datetime
) -> None:
    if act.table.journalled:
        target = act.target or act.table.table.name
        row = journal.JournalRow(act.id, number, act.promise, target, act.label, hit, dependents, now)
        journal.record(connection, row, act.table.file)


def _without_key(
    connection: Connection,
    act: TableAct,
    now: datetime,
    number: int,
    size: int,
    wanted: ColumnElement[bool],
    salt: str,
) -> Batch | None:
    """A table without key and row address (MariaDB): so many rows at a time, whichever they are."""
    table = act.table.table
    statement: Any = delete(table).where(wanted)
    if act.action == "change":
        statement = update(table).where(wanted).values(changed_values(act.table, act.recipe, salt))
    hit = connection.execute(statement.with_dialect_options(mysql_limit=size, mariadb_limit=size)).rowcount
    if not hit:
        return None
    _journal(connection, act, number, hit, {}, now)
    return Batch(number, hit, {}, 0.0)
