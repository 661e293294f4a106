"""Row keys in sets: fetched in the order of the key, handed back as one parameter where the database can."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
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
from sqlalchemy.types import UserDefinedType

from zusage.errors import ZusageError

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
        return in_text(columns[0], lambda: self.text, dialect)


def whole(columns: Sequence[ColumnElement[Any]]) -> bool:
    """Whole numbers come as one text and go back as they came: a driver that takes each of 10,000 apart, twice, costs as much as
    erasing them."""
    return len(columns) == 1 and isinstance(columns[0], Column) and isinstance(columns[0].type, Integer)


class KeysCut(ZusageError):
    """A list of keys is not whole."""


class _Spliced(UserDefinedType[str]):
    """Whole numbers with commas between them, set into the statement as they are: MariaDB's DELETE takes no list otherwise."""

    cache_ok = True

    def literal_processor(self, dialect: Any) -> Callable[[str], str]:
        def spliced(value: str) -> str:
            if not _NUMBERS.fullmatch(value):
                raise KeysCut("a list of keys holds something else than whole numbers")
            return f"({value})"

        return spliced


_NUMBERS = re.compile(r"-?\d+(,-?\d+)*")
_LISTED: Mapping[str, Callable[[Any], ColumnElement[Any]]] = {
    "postgresql": lambda found: cast(func.array_agg(found), Text),
    "sqlite": func.json_group_array,
    "mysql": func.group_concat,
}


@dataclass(frozen=True, slots=True)
class Fetching:
    """A statement that fetches keys; `as_text`: as one row of their number, the last one, and all in one text."""

    statement: Select[Any]
    as_text: bool


def fetching(columns: Sequence[ColumnElement[Any]], query: Select[Any], dialect: str) -> Fetching:
    """The statement that fetches the keys which `query` selects in order, locked as it says."""
    if not whole(columns):
        return Fetching(query, as_text=False)
    found = query.subquery("fetched").c[0]
    listed = _LISTED[dialect](found)
    return Fetching(select(func.count(), func.max(found), listed), as_text=True)


def fetch_keys(connection: Connection, fetching: Fetching) -> Keys | None:
    """The keys; None if there are none."""
    if not fetching.as_text:
        rows = [tuple(row) for row in connection.execute(fetching.statement).all()]
        return Keys(len(rows), rows[-1], rows) if rows else None
    count, last, text = connection.execute(fetching.statement).one()
    if count and text.count(",") + 1 != count:
        raise KeysCut("the database cut off a list of keys", hint="raise group_concat_max_len")
    return Keys(int(count), (last,), text=str(text)) if count else None


def in_text(column: ColumnElement[Any], text: Callable[[], str], dialect: str) -> Bool:
    """`column` is one of the keys in the text, which is asked for when the statement is executed."""
    keys = bindparam(None, type_=Text(), callable_=text)
    if dialect == "postgresql":
        return column == func.any(cast(keys, ARRAY(column.type)))
    if dialect == "mysql":
        return column.op("IN")(bindparam(None, type_=_Spliced(), callable_=text, literal_execute=True))
    rows = func.json_each(keys).table_valued("value")
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
