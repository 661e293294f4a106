"""The bound tables that hold a subject's rows, in the order in which they are erased: referring ones first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from zusage.stores.bindings import TableBinding
from zusage.stores.paths import parse_path
from zusage.stores.selection import Kept
from zusage.stores.sql.bound import BoundTable
from zusage.stores.sql.closure import Closure, closure
from zusage.stores.sql.database import Database
from zusage.stores.sql.events import resolve_path
from zusage.stores.sql.identity import Identity, StoredForms, subject_rows
from zusage.stores.sql.schema import ForeignKey, Schema

Bool = ColumnElement[bool]
#: which rules of law still keep rows of this activity's table
KeptBy = Callable[[str, TableBinding], Sequence[Kept]]


@dataclass(frozen=True, slots=True)
class SubjectTable:
    """One bound table with rows of the subject. `restricted`: its share in the restricted place."""

    activity: str
    part: TableBinding
    table: BoundTable
    closure: Closure
    rows: Bool
    restricted: bool = False
    #: the transaction has seen that no exclusion names the table, and holds the turn of placing one
    none_excluded: bool = False
    #: `referred_to`, where it was put together before
    referred: Bool | None = None

    @property
    def name(self) -> str:
        """As journals and answers call it."""
        return f"restricted.{self.part.table}" if self.restricted else self.part.table

    def kept_out(self) -> Bool:
        """A hold, restriction or objection stands for the row, whenever it ends."""
        return false() if self.none_excluded else self.table.ever_kept_out

    def needed(self, kept_by: Sequence[Kept]) -> Bool:
        """A law still needs the row."""
        return or_(false(), *(self.table.protected(kept) for kept in kept_by))

    def referred_to(self) -> Bool:
        """A row of another table that was not erased still refers to the row."""
        if self.referred is not None:
            return self.referred
        return or_(false(), *(self._reference(key) for key in self._referring()))

    def referred_to_by_others_than(self, going: Mapping[str, Bool]) -> Bool:
        """A row of another table refers to the row and is not among those that go (by table)."""
        found = []
        for key in self._referring():
            stays = case((going[key.child], false()), else_=true()) if key.child in going else true()
            found.append(self._reference(key, stays))
        return or_(false(), *found)

    def _referring(self) -> list[ForeignKey]:
        """References from rows that neither go with the row nor are emptied."""
        emptied = {key for key, _ in self.closure.emptied}
        mine = {self.table.table.name, *self.closure.erased}
        children = self.table.schema.children.get(self.table.table.name, ())
        return [key for key in children if key not in emptied and key.child not in mine]

    def leads_to(self, needed: Mapping[str, Bool]) -> Bool:
        """A row that stays and is `needed` (by table) would lose its way to the person with this row."""
        keys = [key for key, _ in self.closure.emptied if key.child != self.table.table.name]
        found = [self._reference(key, needed[key.child]) for key in keys if key.child in needed]
        return or_(false(), *found)

    def _reference(self, key: ForeignKey, *more: Bool) -> Bool:
        child = self.table.schema.tables[key.child]
        joined = [
            child.c[mine] == self.table.table.c[theirs]
            for mine, theirs in zip(key.columns, key.targets, strict=True)
        ]
        return exists(select(literal(1)).where(and_(*joined, *more)).correlate(self.table.table))

    def erasable(self, kept_by: Sequence[Kept], going: Mapping[str, Bool] | None = None) -> Bool:
        """The subject's rows that nothing keeps; before anything was erased, with what goes of the tables that refer here."""
        referred = self.referred_to() if going is None else self.referred_to_by_others_than(going)
        return and_(self.rows, not_(self.kept_out()), not_(self.needed(kept_by)), not_(referred))


def subject_tables(
    connection: Connection,
    database: Database,
    identities: Sequence[Identity],
    skip: Collection[str] = (),
) -> list[SubjectTable]:
    """Every bound table with a path to one of the identities, referring tables before those they refer to.

    `skip`: activities that are left out, such as those of another controller.

    Raises `BadPath` where a binding does not fit the schema.
    """
    stored = database.stored_forms(connection)
    asked = (tuple(identities), frozenset(skip))
    if asked not in stored.tables:
        stored.tables[asked] = _subject_tables(connection, database, identities, skip, stored)
    return list(stored.tables[asked])


def _subject_tables(
    connection: Connection,
    database: Database,
    identities: Sequence[Identity],
    skip: Collection[str],
    stored: StoredForms,
) -> list[SubjectTable]:
    built = database.schema(connection).built
    stored.ask(_sources(connection, database, identities, skip), built)
    both = [
        *_bound(connection, database, identities, stored),
        *_moved(connection, database, identities, stored),
    ]
    found = [each for each in both if each.activity not in skip]
    schema = database.schema(connection)
    order = erase_order(schema, [each.part for each in found])
    return sorted(found, key=lambda each: (each.restricted, order.index(each.part.table)))


def _sources(
    connection: Connection, database: Database, identities: Sequence[Identity], skip: Collection[str]
) -> Iterator[tuple[Column[Any], Identity]]:
    """The columns in which the paths to the identities end."""
    schema = database.schema(connection)
    for activity, parts in database.binding.activities.items():
        for part in parts if activity not in skip else ():
            for identity in identities:
                if identity.kind in part.subject and part.table in schema.tables:
                    path = parse_path(part.subject[identity.kind])
                    _, last = resolve_path(schema, part.table, path)
                    if path.column in last.c:
                        yield last.c[path.column], identity


def _bound(
    connection: Connection, database: Database, identities: Sequence[Identity], stored: StoredForms
) -> Iterator[SubjectTable]:
    kinds = {identity.kind for identity in identities}
    built = database.schema(connection).built
    for activity, parts in database.binding.activities.items():
        for position, part in enumerate(parts):
            if kinds & set(part.subject):
                key = (activity, position, database.has_journal(connection))
                if key not in built:
                    table = database.bound(connection, part)
                    made = SubjectTable(activity, part, table, _closure(database, table), false())
                    built[key] = replace(made, referred=made.referred_to())
                each = built[key]
                rows = and_(each.table.belongs(), subject_rows(each.table, identities, stored))
                yield replace(each, rows=rows)


def _moved(
    connection: Connection, database: Database, identities: Sequence[Identity], stored: StoredForms
) -> Iterator[SubjectTable]:
    kinds = {identity.kind for identity in identities}
    for activity, parts in database.binding.activities.items():
        for part in parts:
            found = database.moved(connection, part) if kinds & set(part.subject) else None
            if found is not None:
                rows = subject_rows(found[0], identities, stored)
                yield SubjectTable(activity, part, *found, rows, restricted=True)


def _closure(database: Database, table: BoundTable) -> Closure:
    """What goes with a row and has no way to the subject of its own: tables that are bound with one erase theirs."""
    own = {part.table for part in database.parts() if part.subject} - {table.table.name}
    known = {part.table for part in database.parts()} | {
        name for part in database.parts() for name in part.dependents.erase
    }
    whole = closure(table.schema, table.table.name, known - own, table.binding.dependents.keep)
    undeclared = tuple(key for key in whole.undeclared if key.child not in own)
    return replace(whole, undeclared=undeclared)


def erase_order(schema: Schema, parts: Sequence[TableBinding]) -> list[str]:
    """Names of bound tables, referring ones first; hops of subject paths count as references."""
    names = list(dict.fromkeys(part.table for part in parts))
    parents: dict[str, set[str]] = {
        name: {key.parent for key in schema.parents.get(name, ())} for name in names
    }
    for part in parts:
        for said in part.subject.values():
            keys, _ = resolve_path(schema, part.table, parse_path(said))
            parents[part.table] |= {key.parent for key in keys}
    ordered: list[str] = []
    open_: set[str] = set()

    def visit(name: str) -> None:
        if name in ordered or name in open_:
            return
        open_.add(name)
        for other in names:
            if name in parents[other] and other != name:
                visit(other)
        open_.discard(name)
        ordered.append(name)

    for name in names:
        visit(name)
    return ordered


def count_if(condition: Bool) -> ColumnElement[int]:
    """How many rows meet a condition, beside other counts of the same statement."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
