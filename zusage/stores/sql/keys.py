"""Row keys in sets: fetched in the order of the key, handed back as one parameter where the database can."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)

Bool = ColumnElement[bool]
Key = tuple[Any, ...]


def among(columns: Sequence[ColumnElement[Any]], keys: Sequence[Key], dialect: str) -> Bool:
    """`columns` are one of `keys`, in one statement of constant shape whatever the number of keys.

    PostgreSQL takes an array, SQLite a JSON list; MariaDB, whose DELETE does not join, a list of literals.
    """
    if len(columns) > 1:
        return tuple_(*columns).in_(keys)
    column, values = columns[0], [key[0] for key in keys]
    if dialect == "postgresql":
        if is_address(column):
            listed = ",".join(f'"{value}"' for value in values)
            return column.op("=")(literal_column(f"ANY('{{{listed}}}'::tid[])", Integer()))
        return column == func.any(bindparam(None, values, type_=ARRAY(column.type)))
    if all(type(value) is int for value in values):
        if dialect == "sqlite":
            rows = func.json_each(bindparam(None, json.dumps(values))).table_valued("value")
            return column.in_(select(rows.c.value))
        return column.op("IN")(literal_column(f"({','.join(map(str, values))})", Integer()))
    return column.in_(values)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a batch's rows, in their order: as rows, or as one text that the database wrote and will read again."""

    count: int
    last: Key
    rows: Sequence[Key] = ()
    text: str = ""

    def among(self, columns: Sequence[ColumnElement[Any]], dialect: str) -> Bool:
        """`columns` are one of the keys."""
        if not self.text:
            return among(columns, self.rows, dialect)
        return _in_text(columns[0], self.text, dialect)


def fetch_keys(
    connection: Connection, columns: Sequence[ColumnElement[Any]], query: Select[Any], dialect: str
) -> Keys | None:
    """The keys that `query` selects in order, locked as it says; None if there are none.

    Whole numbers come as one text and go back as they came: a driver that takes each of 10,000 apart, twice, costs as much as
    erasing them.
    """
    whole = len(columns) == 1 and isinstance(columns[0], Column) and isinstance(columns[0].type, Integer)
    if not whole or dialect == "mysql":
        rows = [tuple(row) for row in connection.execute(query).all()]
        return Keys(len(rows), rows[-1], rows) if rows else None
    found = query.subquery("keys").c[0]
    listed = cast(func.array_agg(found), Text) if dialect == "postgresql" else func.json_group_array(found)
    count, last, text = connection.execute(select(func.count(), func.max(found), listed)).one()
    return Keys(int(count), (last,), text=str(text)) if count else None


def _in_text(column: ColumnElement[Any], text: str, dialect: str) -> Bool:
    if dialect == "postgresql":
        return column == func.any(cast(bindparam(None, text, type_=Text()), ARRAY(column.type)))
    rows = func.json_each(bindparam(None, text)).table_valued("value")
    return column.in_(select(rows.c.value))


def within(columns: Sequence[ColumnElement[Any]], rows: Select[Any]) -> Bool:
    """`columns` are one of the keys that a query gives."""
    return columns[0].in_(rows) if len(columns) == 1 else tuple_(*columns).in_(rows)


def is_address(column: ColumnElement[Any]) -> bool:
    """Whether this is PostgreSQL's own row address, which stands in for a missing key."""
    return str(column).endswith(".ctid")


def after(columns: Sequence[ColumnElement[Any]], key: Key) -> Bool:
    """`columns` sort behind `key`."""
    if len(columns) > 1:
        return tuple_(*columns) > tuple_(
            *(literal(part, column.type) for part, column in zip(key, columns, strict=True))
        )
    if is_address(columns[0]):
        return columns[0] > literal_column(f"'{key[0]}'::tid")
    return columns[0] > literal(key[0], columns[0].type)


def between(columns: Sequence[ColumnElement[Any]], last: Key | None, high: Key) -> Bool:
    """`columns` sort behind `last` and not behind `high`: the stretch of one batch."""
    upto = ~after(columns, high)
    return upto if last is None else after(columns, last) & upto
