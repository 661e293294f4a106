"""What goes with a row: dependent tables in the order in which they are erased, and references that are emptied.

A reference that would close a circle (a message that answers a message) is emptied before anything is deleted; the rest
is deleted from the leaves to the root. Which rows these are follows from the root's keys, in one statement a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Delete, Select, Table, Update, and_, delete, false, or_, select, update

from zusage.stores.bindings import Recipe
from zusage.stores.sql.keys import within
from zusage.stores.sql.schema import ForeignKey, Schema

Bool = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Closure:
    """`erased`: dependent tables, leaves first. `followed`: the references that lead there, by child table.

    `emptied`: references that are emptied instead (circles, rows that stay), with the recipe for other columns.
    `undeclared`: references from tables that no binding knows.
    """

    root: str
    erased: tuple[str, ...] = ()
    followed: Mapping[str, tuple[ForeignKey, ...]] = field(default_factory=dict)
    emptied: tuple[tuple[ForeignKey, Recipe], ...] = ()
    undeclared: tuple[ForeignKey, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """Root and dependents."""
        return (self.root, *self.erased)


def closure(schema: Schema, root: str, known: Iterable[str], keep: Mapping[str, Recipe]) -> Closure:
    """The closure of `root` over foreign keys: `known` tables go with it, those in `keep` stay, others are undeclared."""
    erased_with = set(known)
    order: list[str] = []
    followed: dict[str, list[ForeignKey]] = {}
    emptied: list[tuple[ForeignKey, Recipe]] = []
    undeclared: list[ForeignKey] = []
    state: dict[str, str] = {}

    def visit(parent: str) -> None:
        state[parent] = "open"
        for key in schema.children.get(parent, ()):
            if key.child in keep:
                emptied.append((key, keep[key.child]))
            elif state.get(key.child) == "open":
                emptied.append((key, {}))
            elif key.child in erased_with:
                followed.setdefault(key.child, []).append(key)
                if key.child not in state:
                    visit(key.child)
            else:
                undeclared.append(key)
        state[parent] = "done"
        order.append(parent)

    visit(root)
    return Closure(
        root=root,
        erased=tuple(name for name in order if name != root),
        followed={name: tuple(keys) for name, keys in followed.items()},
        emptied=tuple(emptied),
        undeclared=tuple(undeclared),
    )


@dataclass(frozen=True, slots=True)
class Roots:
    """The root rows of an act, as a condition on the root table; by their keys, where those are known.

    `refer`: that columns of another table are one of the keys – no look at the root table needed.
    """

    condition: Bool
    key: tuple[str, ...] = ()
    refer: Callable[[Sequence[ColumnElement[Any]]], Bool] | None = None
    #: MariaDB goes through a whole table for a DELETE or UPDATE with a subquery, and through an index for a join
    joined: bool = False


def dependent_rows(schema: Schema, found: Closure, table: Table, roots: Roots | Bool) -> Bool:
    """The rows of a dependent `table` that go with the root rows."""
    given = roots if isinstance(roots, Roots) else Roots(roots)
    keys = found.followed.get(table.name, ())
    return or_(false(), *(_refers(schema, found, table, key, given) for key in keys))


def _refers(schema: Schema, found: Closure, table: Table, key: ForeignKey, roots: Roots) -> Bool:
    columns: Sequence[ColumnElement[Any]] = [table.c[name] for name in key.columns]
    if key.parent == found.root and roots.refer is not None and key.targets == roots.key:
        return roots.refer(columns)
    return within(columns, _targets(schema, found, key, roots))


def _targets(schema: Schema, found: Closure, key: ForeignKey, roots: Roots) -> Select[Any]:
    """What `key` may refer to where its row goes."""
    parent = schema.tables[key.parent]
    rows = roots.condition if key.parent == found.root else dependent_rows(schema, found, parent, roots)
    return select(*(parent.c[name] for name in key.targets)).where(rows)


def _going(schema: Schema, found: Closure, table: Table, key: ForeignKey, roots: Roots) -> Bool:
    """Rows that refer by `key` to a row that goes, for the WHERE of a DELETE or UPDATE of their table."""
    direct = key.parent == found.root and roots.refer is not None and key.targets == roots.key
    if direct or not roots.joined:
        return _refers(schema, found, table, key, roots)
    targets = _targets(schema, found, key, roots).distinct().subquery()
    pairs = zip(key.columns, targets.c, strict=True)
    return and_(*(table.c[name] == target for name, target in pairs))


def emptying(schema: Schema, found: Closure, roots: Roots | Bool) -> Iterator[tuple[ForeignKey, Update]]:
    """One UPDATE for each reference that is emptied, with the other columns of its recipe."""
    given = roots if isinstance(roots, Roots) else Roots(roots)
    for key, recipe in found.emptied:
        table = schema.tables[key.child]
        values: dict[str, Any] = {name: None for name in key.columns if table.c[name].nullable}
        values |= {name: change.constant for name, change in recipe.items()}
        if any(name in values for name in key.columns):
            yield key, update(table).where(_going(schema, found, table, key, given)).values(values)


def deleting(schema: Schema, found: Closure, roots: Roots | Bool) -> Iterator[tuple[str, Delete]]:
    """One DELETE for each dependent table, leaves first (where it must be a join, one for each reference that leads there);
    the root's own is the caller's."""
    given = roots if isinstance(roots, Roots) else Roots(roots)
    for name in found.erased:
        table = schema.tables[name]
        if not given.joined:
            yield name, delete(table).where(dependent_rows(schema, found, table, given))
            continue
        for key in found.followed.get(name, ()):
            yield name, delete(table).where(_going(schema, found, table, key, given))
