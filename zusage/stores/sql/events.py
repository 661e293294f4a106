"""When events happened, as SQL: paths to columns, and comparisons of stored instants with a cut.

How instants are stored decides how they are compared: time zones, text in ISO 8601, days alone, seconds since 1970.
A comparison errs on the late side, never on the early one. Events that are NULL have not happened.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Numeric,
    String,
    Table,
    and_,
    case,
    collate,
    func,
    literal,
    literal_column,
    or_,
    select,
    type_coerce,
)  # fmt: skip
from sqlalchemy import Text as SqlText

from zusage.stores.bindings import EventSource
from zusage.stores.paths import BadPath, ColumnPath, Hop, parse_path
from zusage.stores.selection import Cut
from zusage.stores.sql.schema import ForeignKey, Schema

Stored = Literal["zoned", "naive", "text", "date", "epoch", "epoch-ms"]
Bool = ColumnElement[bool]


def resolve_hop(schema: Schema, table: str, hop: Hop) -> ForeignKey:
    """The foreign key that a hop follows. Raises `BadPath`."""
    if hop.table is not None:
        return ForeignKey(table, hop.columns, hop.table, hop.targets, declared=False)
    for key in schema.parents.get(table, ()):
        if set(key.columns) == set(hop.columns):
            return key
    raise BadPath(
        f"no foreign key of the table '{table}' has the columns {', '.join(hop.columns)}",
        hint=f"name the target: {hop.columns[0]}->table(column)",
    )


def resolve_path(schema: Schema, table: str, path: ColumnPath) -> tuple[list[ForeignKey], Table]:
    """The foreign keys along a path, and the table at its end. Raises `BadPath` where it leads nowhere."""
    keys: list[ForeignKey] = []
    for hop in path.hops:
        keys.append(resolve_hop(schema, table, hop))
        table = keys[-1].parent
    last = schema.tables.get(table)
    if last is None or path.column not in last.c:
        raise BadPath(f"there is no column '{path.column}' in the table '{table}'")
    return keys, last


def value_at(schema: Schema, table: Table, path: ColumnPath) -> ColumnElement[Any]:
    """The value at a path's end for a row of `table`: the column itself, or a scalar subquery over its hops."""
    keys, _ = resolve_path(schema, table.name, path)
    if not keys:
        return table.c[path.column]
    here = table
    joins: list[Bool] = []
    aliases: list[Any] = []
    for key in keys:
        there = schema.tables[key.parent].alias()
        joins += [
            here.c[column] == there.c[target] for column, target in zip(key.columns, key.targets, strict=True)
        ]
        aliases.append(there)
        here = there  # type: ignore[assignment]  # aliases have columns like tables
    # limit: a hop over something that is not unique must not make the statement fail
    return select(here.c[path.column]).where(and_(*joins)).limit(1).correlate(table).scalar_subquery()


class Event:
    """One dated event of a binding: its expression, and how its instants are stored."""

    def __init__(self, schema: Schema, table: Table, source: EventSource, zone: str, dialect: str) -> None:
        self.zone = ZoneInfo(zone)
        self.dialect = dialect
        if source.column is not None:
            path = parse_path(source.column)
            _, last = resolve_path(schema, table.name, path)
            self.expression = value_at(schema, table, path)
            self.column_type: Any = last.c[path.column].type
            self.stored = _stored(self.column_type, source.format, dialect)
            if self.stored == "naive" and isinstance(last.c[path.column].type, TIMESTAMP):
                self.zone = ZoneInfo("UTC")  # MariaDB turns these into the session's zone, which is UTC
        else:
            self.expression = literal_column(f"({source.sql})")
            self.stored = _stored(None, source.format, dialect)
            self.column_type = _type_of_expression(self.stored, dialect)

    def happened(self) -> Bool:
        """The event is dated."""
        return self.expression.is_not(None)

    def before(self, cut: Cut) -> Bool:
        """The event lies before the cut."""
        value = self.expression
        if self.stored == "date":
            return value < literal(cut.day, Date())
        if self.stored == "zoned":
            return value < literal(cut.instant, DateTime(timezone=True))
        if self.stored == "epoch":
            return value < literal(_seconds(cut.instant), Numeric(20, 6))
        if self.stored == "epoch-ms":
            return value < literal(_seconds(cut.instant) * 1000, Numeric(20, 3))
        local = cut.instant.astimezone(self.zone).replace(tzinfo=None)
        if self.stored == "naive":
            return value < literal(local, DateTime())
        return self._text_before(local, cut)

    def _text_before(self, local: datetime, cut: Cut) -> Bool:
        """ISO 8601 text, with a blank or a T, with or without fraction, Z, or only a day.

        The cut is written without trailing zeros, so that a shorter text sorts before a longer one exactly where the
        instant does.
        """
        said = local.isoformat(sep=" ", timespec="microseconds").rstrip("0").rstrip(".")
        value = type_coerce(self.expression, SqlText())
        if self.dialect == "postgresql":
            value = collate(value, "C")  # type: ignore[assignment]
        seventh = func.substr(value, 11, 1)
        bound = case(
            (seventh == "T", literal(said.replace(" ", "T"))),
            (seventh == "", literal(cut.day.isoformat())),
            else_=literal(said),
        )
        # cheap tests first: whatever is before the cut, in any writing, sorts before the next full second; and what sorts
        # before its day is before it, so that only texts of that very day are looked at closely
        most = (local.replace(microsecond=0) + timedelta(seconds=1)).isoformat(sep="T")
        day = min(local.date(), cut.day).isoformat()
        return and_(value < literal(most), or_(value < literal(day), func.rtrim(value, "Z") < bound))

    def readable(self) -> Bool | None:
        """The stored value can be compared at all; None where its type guarantees it."""
        if self.stored != "text" or self.dialect != "sqlite":
            return None
        value = type_coerce(self.expression, SqlText())
        shaped = value.op("GLOB")("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*")
        zoned = value.op("GLOB")("*[+-][0-9][0-9]:[0-9][0-9]")
        return and_(shaped, ~zoned | value.op("GLOB")("*+00:00"))

    def instant(self, value: Any) -> datetime | None:
        """A fetched value as an instant in UTC; a day alone counts from its beginning."""
        if value is None:
            return None
        if self.stored in ("epoch", "epoch-ms"):
            return datetime.fromtimestamp(float(value) / (1000 if self.stored == "epoch-ms" else 1), UTC)
        if isinstance(value, datetime):
            found = value
        elif isinstance(value, str):
            try:
                found = datetime.fromisoformat(value)
            except ValueError:
                return None
        else:
            found = datetime(value.year, value.month, value.day)  # noqa: DTZ001 the zone follows
        return (found if found.tzinfo else found.replace(tzinfo=self.zone)).astimezone(UTC)


def _stored(column_type: Any, said: str, dialect: str) -> Stored:
    if said in ("date", "epoch", "epoch-ms"):
        return said  # type: ignore[return-value]
    if said == "iso":
        return "text"
    if isinstance(column_type, DateTime):
        if dialect == "sqlite":
            return "text"
        return "zoned" if column_type.timezone else "naive"
    if isinstance(column_type, Date):
        return "text" if dialect == "sqlite" else "date"
    if isinstance(column_type, BigInteger | Integer | Numeric):
        return "epoch"
    if isinstance(column_type, String):
        return "text"
    return "text" if dialect == "sqlite" else "zoned" if dialect == "postgresql" else "naive"


def _type_of_expression(stored: Stored, dialect: str) -> Any:
    """The type in which an expression's instants are kept when they are copied."""
    if stored == "date":
        return Date()
    if stored in ("epoch", "epoch-ms"):
        return Numeric(20, 6)
    if stored == "text" or dialect == "sqlite":
        return SqlText()
    return DateTime(timezone=stored == "zoned")


def _seconds(instant: datetime) -> float:
    return instant.timestamp()
