"""The preflight of an act: everything that could stop it half way or leave something behind, before its first statement.

Pure: it looks at the reflected schema only. Findings of the severity `error` forbid the act.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from zusage.findings import Finding, Place, Severity
from zusage.stores.bindings import Recipe, TableBinding
from zusage.stores.paths import BadPath, parse_path
from zusage.stores.sql.bound import BoundTable
from zusage.stores.sql.closure import Closure
from zusage.stores.sql.recipes import pending
from zusage.stores.sql.schema import ForeignKey, Schema
from zusage.text import Text


def check_erase(
    store: str, table: BoundTable, found: Closure, must_stay: Collection[str] = ()
) -> Iterator[Finding]:
    """Before rows of `table` are erased with their closure. `must_stay`: tables whose rows a law keeps longer."""
    for key in found.undeclared:
        yield _undeclared_neighbour(store, key)
    for name in found.erased:
        if name in must_stay:
            yield _stays_longer(store, name, found.root)
    for keys in found.followed.values():
        for key in keys:
            yield from _index(store, table.schema, key)
    for key, recipe in found.emptied:
        yield from _index(store, table.schema, key)
        yield from _can_be_emptied(store, table.schema, key, recipe)
    if not table.key_columns and (found.erased or found.emptied):
        yield Finding(
            "store/no-key", Severity.ERROR,
            Text(f"Die Tabelle {found.root} hat keinen Schlüssel, andere Tabellen verweisen auf sie.",
                 f"The table {found.root} has no key, and other tables refer to it."),
            _place(store, found.root),
        )  # fmt: skip


def check_change(store: str, table: BoundTable, recipe: Recipe, *, whole: bool) -> Iterator[Finding]:
    """Before columns are changed by a recipe; `whole`: nothing personal may stay in the row."""
    name = table.table.name
    if not recipe:
        yield Finding(
            "store/no-recipe", Severity.ERROR,
            Text(f"Für die Tabelle {name} sagt die Anbindung nicht, was aus den Spalten wird.",
                 f"The binding of the table {name} does not say what becomes of its columns."),
            _place(store, name),
            instead=Text("unter recipes eintragen", "add it under recipes"),
        )  # fmt: skip
        return
    for column, change in recipe.items():
        if column not in table.table.c:
            yield _missing(store, name, column)
            continue
        if change.null and not table.table.c[column].nullable:
            yield _not_null(store, name, column)
        if change.constant is not None and table.schema.unique(name, column):
            yield _unique(store, name, column)
    try:
        pending(table, {column: change for column, change in recipe.items() if column in table.table.c})
    except BadPath as error:
        yield Finding(
            "store/no-trace", Severity.ERROR, Text(error.message, error.message), _place(store, name)
        )
    if whole:
        for column in undeclared_columns(table.schema, name, [table.binding]):
            if column not in recipe:
                yield undeclared_column(store, name, column, Severity.ERROR)


def no_place(store: str, table: str) -> Finding:
    """Rows must be restricted, but the binding has no place for them."""
    return Finding(
        "store/no-place", Severity.ERROR,
        Text(f"Zeilen von {table} sind einzuschränken, der Speicher {store} hat aber keinen Ort dafür.",
             f"Rows of {table} are to be restricted, but the store {store} has no place for them."),
        _place(store, table),
        instead=Text("in stores.yaml: restricted: {to: …}", "in stores.yaml: restricted: {to: …}"),
    )  # fmt: skip


def undeclared_columns(schema: Schema, name: str, parts: Collection[TableBinding]) -> list[str]:
    """Columns of a bound table that no binding of it knows: not keys, not declared, not ignored."""
    known = set(schema.primary_key(name))
    known |= {column for key in schema.parents.get(name, ()) for column in key.columns}
    for part in parts:
        known |= set(part.columns) | set(part.ignore) | set(part.files)
        known |= {column for recipe in part.recipes.values() for column in recipe}
        paths = [
            *part.subject.values(),
            *(each.column for each in part.chosen.values()),
            part.tenant,
            part.contact,
            part.paper.shelf if part.paper else None,
        ]
        dated = (*part.events.values(), *part.ends.values(), *([part.collected] if part.collected else []))
        paths += [event.column for event in dated]
        known |= {parse_path(path).column for path in paths if path and "." not in path and "->" not in path}
    return [column.name for column in schema.tables[name].columns if column.name not in known]


def undeclared_column(store: str, table: str, column: str, severity: Severity) -> Finding:
    """A column that no binding knows."""
    return Finding(
        "store/undeclared-column", severity,
        Text(f"Die Spalte {table}.{column} kennt keine Anbindung.", f"No binding knows the column {table}.{column}."),
        _place(store, f"{table}.{column}"),
        instead=Text("einer Datenkategorie zuordnen oder unter ignore nennen",
                     "give it a data category, or name it under ignore"),
    )  # fmt: skip


def create_index(schema: Schema, key: ForeignKey) -> str:
    """The statement that gives the child side its index."""
    table = schema.tables[key.child]
    name = f"ix_{key.child}_{'_'.join(key.columns)}"[:63]
    where = f"{table.schema}.{key.child}" if table.schema else key.child
    return f"CREATE INDEX {name} ON {where} ({', '.join(key.columns)})"


def _place(store: str, what: str) -> Place:
    return Place(file=store, key=what)


def _undeclared_neighbour(store: str, key: ForeignKey) -> Finding:
    return Finding(
        "store/undeclared-neighbour", Severity.ERROR,
        Text(f"Die Tabelle {key.child} verweist auf {key.parent}, und keine Anbindung kennt sie.",
             f"The table {key.child} refers to {key.parent}, and no binding knows it."),
        _place(store, key.child),
        instead=Text("anbinden, oder unter dependents mit erase oder keep nennen",
                     "bind it, or name it under dependents with erase or keep"),
    )  # fmt: skip


def _stays_longer(store: str, child: str, root: str) -> Finding:
    return Finding(
        "store/kept-longer", Severity.ERROR,
        Text(f"Zeilen von {child} müssen länger bleiben als die von {root}, auf die sie verweisen.",
             f"Rows of {child} must stay longer than those of {root} that they refer to."),
        _place(store, child),
        instead=Text(f"unter dependents: keep: {{{child}: {{}}}}", f"under dependents: keep: {{{child}: {{}}}}"),
    )  # fmt: skip


def _index(store: str, schema: Schema, key: ForeignKey) -> Iterator[Finding]:
    if not schema.indexed(key.child, key.columns):
        yield Finding(
            "store/missing-index", Severity.ERROR,
            Text(f"Dem Fremdschlüssel {key.child}({', '.join(key.columns)}) fehlt ein Index: jede gelöschte Zeile von "
                 f"{key.parent} läse die ganze Tabelle.",
                 f"The foreign key {key.child}({', '.join(key.columns)}) has no index: every erased row of {key.parent} "
                 "would read the whole table."),
            _place(store, key.child),
            instead=Text(create_index(schema, key), create_index(schema, key)),
        )  # fmt: skip


def _can_be_emptied(store: str, schema: Schema, key: ForeignKey, recipe: Recipe) -> Iterator[Finding]:
    table = schema.tables[key.child]
    if not any(table.c[name].nullable or name in recipe for name in key.columns):
        yield _not_null(store, key.child, key.columns[0])
    for name, change in recipe.items():
        if name not in table.c:
            yield _missing(store, key.child, name)
        elif change.null and not table.c[name].nullable:
            yield _not_null(store, key.child, name)
        elif not change.null and change.constant is None:
            yield _kept_recipe(store, f"{key.child}.{name}")


def _kept_recipe(store: str, column: str) -> Finding:
    return Finding(
        "store/kept-recipe", Severity.ERROR,
        Text(f"{column} gehört einer Zeile, die bleibt: dort geht nur leeren oder eine Konstante.",
             f"{column} belongs to a row that stays: it can only be emptied or given a constant."),
        _place(store, column),
        instead=Text("unter keep null oder constant angeben", "under keep, say null or constant"),
    )  # fmt: skip


def no_holds(store: str) -> Finding:
    """Nothing may be created in the database, so no hold, restriction or notice can stand there."""
    return Finding(
        "store/no-holds", Severity.WARNING,
        Text(f"Im Speicher {store} darf Zusage nichts anlegen (journal: false): eine Aufbewahrungssperre kann dort nicht "
             "stehen, und solange eine ihn betrifft, wird dort nichts gelöscht.",
             f"Zusage may create nothing in the store {store} (journal: false): no hold can stand there, and while one "
             "concerns it, nothing is erased there."),
        Place(file=store),
        instead=Text("journal: true, mit den Rechten aus zusage store grants",
                     "journal: true, with the rights of zusage store grants"),
    )  # fmt: skip


def _not_null(store: str, table: str, column: str) -> Finding:
    return Finding(
        "store/not-null", Severity.ERROR,
        Text(f"{table}.{column} darf nicht leer sein.", f"{table}.{column} must not be empty."),
        _place(store, f"{table}.{column}"),
        instead=Text("eine Konstante im Rezept angeben", "give a constant in the recipe"),
    )  # fmt: skip


def _unique(store: str, table: str, column: str) -> Finding:
    return Finding(
        "store/unique", Severity.ERROR,
        Text(f"{table}.{column} muss eindeutig bleiben.", f"{table}.{column} must stay unique."),
        _place(store, f"{table}.{column}"),
        instead=Text("im Rezept unique mit einem Präfix verwenden", "use unique with a prefix in the recipe"),
    )  # fmt: skip


def _missing(store: str, table: str, column: str) -> Finding:
    return Finding(
        "store/missing-column", Severity.ERROR,
        Text(f"Es gibt keine Spalte {table}.{column}.", f"There is no column {table}.{column}."),
        _place(store, f"{table}.{column}"),
    )  # fmt: skip
