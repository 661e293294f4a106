"""A subject in the stores: find, export, erase, restrict, rectify – a fixed number of statements for each table.

An erasure is one transaction a database, with the preflight before its first statement and a fresh count before its
end: half an erasure does not exist. What a hold or a law keeps stays, and is counted under its reason.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    func,
    literal_column,
    not_,
    select,
    union_all,
    update,
)

from zusage.errors import ZusageError
from zusage.findings import Finding, Severity
from zusage.stores.bindings import TableBinding
from zusage.stores.selection import Kept
from zusage.stores.sql import journal
from zusage.stores.sql.closure import Roots, deleting, emptying
from zusage.stores.sql.database import Database
from zusage.stores.sql.identity import Identity
from zusage.stores.sql.narrowing import Narrow, narrowed
from zusage.stores.sql.neighbours import undeclared_neighbours
from zusage.stores.sql.preflight import check_erase
from zusage.stores.sql.subject_tables import KeptBy, SubjectTable, count_if, subject_tables


class NotCovered(ZusageError):
    """The preflight of a whole erasure found something that would stay behind or stop it; nothing was touched."""

    def __init__(self, store: str, findings: Sequence[Finding]) -> None:
        super().__init__(
            f"the store '{store}' is not covered: {findings[0].message.says('en')}",
            hint=findings[0].instead.says("en") if findings[0].instead else None,
        )
        self.findings = list(findings)


@dataclass(frozen=True, slots=True)
class Found:
    """How many rows of the subject a table holds. `held` of them are kept by a hold or restriction."""

    store: str
    activity: str
    table: str
    count: int
    held: int = 0


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """The subject's rows of one table, with the data category of each bound column; `part` is how it is bound."""

    store: str
    activity: str
    table: str
    categories: Mapping[str, str]
    rows: Sequence[Mapping[str, Any]]
    restricted: bool = False
    part: TableBinding | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of the subject's rows in one table; `why` names by reason what stayed (`hold`, a law, `referred_to`).

    `earlier`: how many an interrupted run of the same act erased, by the store's own journal.
    """

    store: str
    activity: str
    table: str
    before: int
    hit: int
    left: int
    dependents: Mapping[str, int] = field(default_factory=dict)
    why: Mapping[str, int] = field(default_factory=dict)
    earlier: int = 0


def find_subject(
    database: Database, identities: Sequence[Identity], skip: Collection[str] = ()
) -> list[Found]:
    """How many rows each bound table holds of the subject, restricted ones included: one statement for all tables."""
    with database.reading() as connection:
        tables = subject_tables(connection, database, identities, skip)
        counts = [
            select(literal_column(str(number), Integer()), func.count(), count_if(each.kept_out()))
            .select_from(each.table.table)
            .where(each.rows)
            for number, each in enumerate(tables)
        ]
        return [
            Found(database.name, tables[number].activity, tables[number].name, count, kept)
            for number, count, kept in sorted(_each(connection, counts))
        ]


def export_subject(
    database: Database, identities: Sequence[Identity], skip: Collection[str] = ()
) -> list[ExportedTable]:
    """The subject's rows, table by table, one statement each, every column of them. Holds hide nothing from the subject.

    Only our own columns and the address of whoever looks after a row (`contact`) are left out.
    """
    exported: list[ExportedTable] = []
    with database.reading() as connection:
        for each in subject_tables(connection, database, identities, skip):
            first = (*each.table.primary_key, *each.part.columns)
            names = [
                name
                for name in dict.fromkeys((*first, *each.table.table.c.keys()))
                if name in each.table.table.c
                and not name.startswith("zusage_")
                and _of_subject(each.part, name)
            ]
            query = select(*(each.table.table.c[name] for name in names)).where(each.rows)
            if each.table.key_columns:
                query = query.order_by(*each.table.key_columns)
            rows = [dict(row._mapping) for row in connection.execute(query)] if names else []
            exported.append(
                ExportedTable(
                    database.name,
                    each.activity,
                    each.name,
                    each.part.columns,
                    rows,
                    each.restricted,
                    each.part,
                )
            )
    return exported


def _of_subject(part: TableBinding, column: str) -> bool:
    return column != part.contact or column in part.columns or column in part.subject.values()


def check_subject(
    database: Database, identities: Sequence[Identity], skip: Collection[str] = ()
) -> list[Finding]:
    """What forbids the erasure of a subject as a whole: the preflight of all tables, and neighbours nobody declared."""
    with database.reading() as connection:
        return _check(connection, database, subject_tables(connection, database, identities, skip))


def undeclared_data(database: Database) -> list[Finding]:
    """Tables that seem to reach people and that nobody declared: an answer over them would not be whole."""
    with database.reading() as connection:
        found = undeclared_neighbours(database, database.schema(connection))
        return [finding for finding in found if finding.severity is Severity.ERROR]


def _check(connection: Connection, database: Database, tables: Sequence[SubjectTable]) -> list[Finding]:
    found = list(undeclared_neighbours(database, database.schema(connection)))
    for each in tables:
        found += check_erase(database.name, each.table, each.closure)
    return [finding for finding in found if finding.severity is Severity.ERROR]


def nothing_kept(activity: str, part: Any) -> Sequence[Kept]:
    """No law keeps anything."""
    return ()


def erase_subject(
    database: Database,
    identities: Sequence[Identity],
    act: str,
    now: datetime,
    kept_by: KeptBy = nothing_kept,
    skip: Collection[str] = (),
    *,
    wait: bool = False,
    narrow: Narrow | None = None,
) -> list[Erased]:
    """Erase the subject's rows that no hold and no law (`kept_by`) keeps: one transaction, all tables or none.

    `wait`: rows that are the way from a row under a duty to the person stay, until that one is in the restricted place.
    `narrow`: only these of the rows, and what goes with them.

    Raises `NotCovered` before anything was touched, and database errors after everything was undone.
    """
    database.install_journal()
    with database.writing() as connection:
        tables = narrowed(_in_turn(connection, database, identities, skip), narrow)
        if forbidden := _check(connection, database, tables):
            raise NotCovered(database.name, forbidden)
        counts = _counts(connection, tables, kept_by)
        needed = _needed(tables, kept_by) if wait else {}
        # the act may run again, after a crash or when a hold is gone: its batches are counted on
        so_far = _journalled(connection, database, act)
        first = 1 + max((row.batch for row in so_far), default=0)
        done = [
            replace(
                _erase(connection, database, each, before, act, kept_by, needed),
                earlier=sum(row.hit for row in so_far if _about(each, row)),
            )
            for each, before in zip(tables, counts, strict=True)
        ]
        _record(connection, tables, done, act, first, now)
        return _look_again(connection, tables, done)


def _in_turn(
    connection: Connection, database: Database, identities: Sequence[Identity], skip: Collection[str]
) -> list[SubjectTable]:
    """The subject's tables, while nobody places a hold: where none stands, no row needs to be asked about one."""
    tables = subject_tables(connection, database, identities, skip)
    if not database.has_journal(connection):
        return tables
    journal.take_turn(connection, alone=False)
    named = journal.named_tables(connection, [one.part.table for one in tables])
    return [replace(one, none_excluded=one.part.table not in named) for one in tables]


def _about(each: SubjectTable, row: journal.JournalRow) -> bool:
    return (row.target, row.promise) == (each.name, f"request/{each.activity}")


def _journalled(connection: Connection, database: Database, act: str) -> list[journal.JournalRow]:
    """What earlier runs of the act did, by the store's own journal."""
    places = database.journals(connection)
    return [row for place in places for row in journal.recorded(connection, place, act)]


def _counts(connection: Connection, tables: Sequence[SubjectTable], kept_by: KeptBy) -> list[dict[str, int]]:
    """Before the act, of each table: all rows of the subject, and by reason those that stay. One statement for all."""
    reasons = [kept_by(each.activity, each.part) for each in tables]
    most = max(map(len, reasons), default=0)
    parts: list[Any] = []
    for number, (each, kept) in enumerate(zip(tables, reasons, strict=True)):
        columns = [literal_column(str(number), Integer()), func.count(), count_if(each.kept_out())]
        columns += [count_if(each.table.protected(one)) for one in kept]
        columns += [literal_column("0", Integer())] * (most - len(kept))
        parts.append(select(*columns).select_from(each.table.table).where(each.rows))
    counts: list[dict[str, int]] = [{} for _ in tables]
    for number, count, held, *laws in _each(connection, parts):
        counts[number] = {"all": count, "hold": held}
        for one, protected in zip(reasons[number], laws, strict=False):
            counts[number][one.why] = counts[number].get(one.why, 0) + protected
    return counts


def _each(connection: Connection, parts: Sequence[Any]) -> list[list[int]]:
    """The rows of several statements of one row each, asked as one."""
    if not parts:
        return []
    return [[int(value) for value in row] for row in connection.execute(union_all(*parts))]


def _erase(
    connection: Connection, database: Database, each: SubjectTable, before: Mapping[str, int], act: str,
    kept_by: KeptBy, needed: Mapping[str, ColumnElement[bool]],
) -> Erased:  # fmt: skip
    rows = and_(each.erasable(kept_by(each.activity, each.part)), not_(each.leads_to(needed)))
    schema, dependents = each.table.schema, dict[str, int]()
    if each.table.journalled and not each.restricted:
        journal.note_files(connection, act, each.table.table, each.part.files, rows)
    going = Roots(rows, joined=each.table.dialect == "mysql")
    for key, statement in emptying(schema, each.closure, going):
        name = f"{key.child} kept"
        dependents[name] = dependents.get(name, 0) + connection.execute(statement).rowcount
    for name, removal in deleting(schema, each.closure, going):
        dependents[name] = dependents.get(name, 0) + connection.execute(removal).rowcount
    hit = connection.execute(each.table.table.delete().where(rows)).rowcount
    why = {reason: count for reason, count in before.items() if reason != "all" and count}
    return Erased(database.name, each.activity, each.name, before["all"], hit, 0, dependents, why)


def _record(
    connection: Connection, tables: Sequence[SubjectTable], done: Sequence[Erased], act: str, first: int,
    now: datetime,
) -> None:  # fmt: skip
    """Into the journal of each file, in one statement."""
    rows: dict[str | None, list[journal.JournalRow]] = {}
    for number, (each, one) in enumerate(zip(tables, done, strict=True), first):
        if each.table.journalled:
            row = journal.JournalRow(
                act, number, f"request/{each.activity}", each.name, "erase", one.hit, one.dependents, now
            )
            rows.setdefault(each.table.file, []).append(row)
    for place, mine in rows.items():
        journal.record_all(connection, mine, place)


def _needed(tables: Sequence[SubjectTable], kept_by: KeptBy) -> dict[str, ColumnElement[bool]]:
    """Table → its rows that a law still needs."""
    live = [each for each in tables if not each.restricted]
    reasons = [(each, kept_by(each.activity, each.part)) for each in live]
    return {each.part.table: each.needed(kept) for each, kept in reasons if kept}


def _look_again(
    connection: Connection, tables: Sequence[SubjectTable], done: Sequence[Erased]
) -> list[Erased]:
    """What is left of the subject in each table, asked again after the last statement."""
    parts = [
        select(literal_column(str(number), Integer()), func.count())
        .select_from(each.table.table)
        .where(each.rows)
        for number, each in enumerate(tables)
    ]
    left = {row[0]: row[1] for row in _each(connection, parts)}
    found = []
    for number, erased in enumerate(done):
        explained = sum(erased.why.values())
        more = {"referred_to": left[number] - explained} if left[number] > explained else {}
        found.append(replace(erased, left=left[number], why=dict(erased.why) | more))
    return found


def rectify_subject(
    database: Database,
    identities: Sequence[Identity],
    corrections: Mapping[str, Mapping[str, Any]],
    now: datetime,
    skip: Collection[str] = (),
) -> list[Found]:
    """Correct columns (`{table: {column: value}}`) in the subject's rows; how many rows changed, table by table.

    Raises `KeyError` for a column that is not there, and database errors after everything was undone.
    """
    changed: list[Found] = []
    with database.writing() as connection:
        tables = [
            each
            for each in subject_tables(connection, database, identities, skip)
            if corrections.get(each.part.table)
        ]
        for each in tables:
            values = {each.table.table.c[name]: value for name, value in corrections[each.part.table].items()}
            different = [column.is_distinct_from(value) for column, value in values.items()]
            statement = update(each.table.table).where(each.rows, not_(and_(*(~one for one in different))))
            hit = connection.execute(
                statement.values({column.name: value for column, value in values.items()})
            ).rowcount
            changed.append(Found(database.name, each.activity, each.name, hit))
    return changed
