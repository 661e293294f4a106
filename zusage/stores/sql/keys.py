"""Row keys in sets: fetched in the order of the key, handed back as one parameter where the database can."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
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
        if all(type(value) is int for value in values):
            # as text: the driver takes each number of a list by itself
            said = bindparam(None, f"{{{','.join(map(str, values))}}}", type_=Text())
            return column == func.any(cast(said, ARRAY(column.type)))
        return column == func.any(bindparam(None, values, type_=ARRAY(column.type)))
    if all(type(value) is int for value in values):
        if dialect == "sqlite":
            rows = func.json_each(bindparam(None, json.dumps(values))).table_valued("value")
            return column.in_(select(rows.c.value))
        return column.op("IN")(literal_column(f"({','.join(map(str, values))})", Integer()))
    return column.in_(values)


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
