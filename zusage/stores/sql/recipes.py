"""Recipes as SQL: what becomes of columns, and which rows still have something to become."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    DateTime,
    String,
    cast,
    func,
    literal,
    null,
    or_,
    type_coerce,
)
from sqlalchemy import Text as SqlText

from zusage.stores.bindings import Change, Recipe
from zusage.stores.paths import BadPath
from zusage.stores.sql.bound import BoundTable

Bool = ColumnElement[bool]


def changed_values(table: BoundTable, recipe: Recipe, salt: str) -> dict[str, Any]:
    """Column → new value for an UPDATE. `salt` is random, used for one act and thrown away. Raises `BadPath`."""
    return {name: _new_value(table, _column(table, name), change, salt) for name, change in recipe.items()}


def pending(table: BoundTable, recipe: Recipe) -> Bool:
    """Rows that the recipe has not yet changed: so that it runs once and a proof can look.

    A digest cannot be told from a value, so `hash` alone leaves nothing to see; another column must say it.
    """
    checks = [_differs(table, _column(table, name), change) for name, change in recipe.items()]
    seen = [check for check in checks if check is not None]
    if not seen:
        raise BadPath(f"the recipe for '{table.table.name}' leaves no trace by which changed rows are known",
                      hint="change one more column to null, a constant, or a unique prefix")  # fmt: skip
    return or_(*seen)


def _column(table: BoundTable, name: str) -> Column[Any]:
    if name not in table.table.c:
        raise BadPath(f"the recipe names a column '{name}' that the table '{table.table.name}' does not have")
    return table.table.c[name]


def _new_value(table: BoundTable, column: Column[Any], change: Change, salt: str) -> Any:
    if change.null:
        return null()
    if change.constant is not None:
        return literal(change.constant, None if isinstance(change.constant, bool) else column.type)
    if change.truncate is not None:
        return func.substr(column, 1, change.truncate)
    if change.unique is not None:
        return literal(change.unique, SqlText()).concat(table.row_key)
    if change.year:
        return _first_of_year(table.dialect, column)
    digest = _sha256(table.dialect, literal(salt, SqlText()).concat(cast(column, String(200))))
    length = getattr(column.type, "length", None)
    return func.substr(digest, 1, min(length or 32, 32))


def _sha256(dialect: str, value: ColumnElement[str]) -> ColumnElement[str]:
    if dialect == "postgresql":
        return func.encode(func.sha256(func.convert_to(value, "UTF8")), "hex")
    if dialect == "mysql":
        return func.sha2(value, 256)
    return func.zusage_sha256(value)


def _first_of_year(dialect: str, column: Column[Any]) -> ColumnElement[Any]:
    if dialect == "postgresql" and isinstance(column.type, Date | DateTime):
        return cast(func.date_trunc("year", column), column.type)
    if dialect == "mysql" and isinstance(column.type, Date | DateTime):
        return cast(func.date_format(column, "%Y-01-01"), column.type)
    return func.substr(type_coerce(column, SqlText()), 1, 4).concat("-01-01")


def _differs(table: BoundTable, column: Column[Any], change: Change) -> Bool | None:
    if change.null:
        return column.is_not(None)
    if change.constant is not None:
        return column.is_distinct_from(
            literal(change.constant, None if isinstance(change.constant, bool) else column.type)
        )
    if change.truncate is not None:
        return func.length(column) > change.truncate
    if change.unique is not None:
        return ~func.coalesce(column.startswith(change.unique, autoescape=True), False)
    if change.year:
        return column != _first_of_year(table.dialect, column)
    return None
