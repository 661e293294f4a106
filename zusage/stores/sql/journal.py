"""The tables that Zusage keeps in a bound database, where it may (DESIGN, rule 3). They hold row keys, never values.

`zusage_journal`: what each batch did, written in the transaction that did it, copied to the ledger and trimmed. SQLite
commits an attached file by itself, so its restricted place has a journal of its own: what is erased there stands there.
`zusage_exclusion`: row keys that something keeps (`hold`, `restriction`, …) or allows (`consent`, `notice`);
every erasing statement looks here. `zusage_unlink`: files that go with erased rows, until they are gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Index,
    Insert,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    delete,
    exists,
    insert,
    inspect,
    literal,
    select,
    union_all,
)  # fmt: skip

from zusage.database.dialects import creating_tables, insert_ignoring, kind, upsert
from zusage.database.types import ExactText, UtcDateTime

#: effects that keep a row; all others allow something
KEEPING = ("hold", "restriction", "objection")
#: stands for every row of the table
EVERY = "*"
#: the row that a sweep's batch and the placing of a hold take turns on
TURN = "zusage"

_metadata = MetaData()


journal = Table(
    "zusage_journal",
    _metadata,
    Column("act", String(40), primary_key=True),
    Column("batch", Integer, primary_key=True, autoincrement=False),
    Column("promise", String(200), nullable=False),
    Column("target", String(200), nullable=False),
    Column("action", String(20), nullable=False),
    Column("hit", BigInteger, nullable=False),
    Column("dependents", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
exclusion = Table(
    "zusage_exclusion",
    _metadata,
    Column("table_name", ExactText(64), primary_key=True),
    Column("row_key", ExactText(190), primary_key=True),
    Column("effect", ExactText(20), primary_key=True),
    Column("reference", ExactText(150), primary_key=True),
    #: the law of a hold; for a notice, the event it was about
    Column("law", ExactText(190)),
    Column("placed_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime),
    Index("ix_zusage_exclusion_reference", "reference"),
)
unlink = Table(
    "zusage_unlink",
    _metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("act", String(40), nullable=False),
    Column("store", String(80), nullable=False),
    Column("path", Text, nullable=False),
)


_turn = select(exclusion.c.reference).where(exclusion.c.table_name == TURN)
# asked in each batch: made once
_ALONE, _TOGETHER = _turn.with_for_update(), _turn.with_for_update(read=True)
_NAMED = select(literal(1)).where(exclusion.c.table_name == bindparam("table")).limit(1)


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One batch as the store's journal has it."""

    act: str
    batch: int
    promise: str
    target: str
    action: str
    hit: int
    dependents: Mapping[str, int]
    at: datetime


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One row key that something keeps or allows; `reference` is the hold, promise or consent."""

    table: str
    row_key: str
    effect: str
    reference: str
    placed_at: datetime
    law: str | None = None
    ends_at: datetime | None = None


def install(connection: Connection) -> None:
    """Create what is missing of the tables, and the row that batches and holds take turns on."""
    with creating_tables(connection):
        _metadata.create_all(connection)
    statement = insert_ignoring(connection, exclusion, "table_name", "row_key", "effect", "reference")
    at = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    connection.execute(
        statement.values(table_name=TURN, row_key=EVERY, effect="turn", reference=TURN, placed_at=at)
    )


def install_beside(connection: Connection, place: str) -> None:
    """Create the journal of an attached file."""
    _journal_in(place).create(connection, checkfirst=True)


def stands_in(connection: Connection, place: str) -> bool:
    """Whether an attached file has its journal."""
    return inspect(connection).has_table(journal.name, schema=place)


@cache
def _journal_in(place: str | None) -> Table:
    return journal if place is None else journal.to_metadata(MetaData(), schema=place)


@cache
def _entering(place: str | None) -> Insert:
    return insert(_journal_in(place))


def installed(connection: Connection) -> bool:
    """Whether the tables are there."""
    found = inspect(connection)
    return all(found.has_table(table.name) for table in _metadata.sorted_tables)


def take_turn(connection: Connection, *, alone: bool) -> None:
    """Wait until nobody else is in: batches share their turn, the placing of a hold is `alone`.

    So that a hold, once acknowledged, was seen by every batch that runs afterwards. SQLite writes one at a time anyway.
    """
    if kind(connection) != "sqlite":
        connection.execute(_ALONE if alone else _TOGETHER).all()


def any_exclusion(connection: Connection, table: str) -> bool:
    """Whether an exclusion of any kind names the table. Holds as long as the transaction has its turn."""
    return connection.execute(_NAMED, {"table": table}).first() is not None


def named_tables(connection: Connection, tables: Iterable[str]) -> set[str]:
    """Which of these tables an exclusion of any kind names: one look into the key for each, one statement for all."""
    names = tuple(dict.fromkeys(tables))
    return set(connection.execute(_named(names)).scalars()) if names else set()


@lru_cache(maxsize=256)
def _named(tables: tuple[str, ...]) -> CompoundSelect[Any]:
    """Written out once: it goes with every erasure."""
    looks = [
        select(literal(name)).where(exists(select(literal(1)).where(exclusion.c.table_name == name)))
        for name in tables
    ]
    return union_all(*looks)


def record(connection: Connection, row: JournalRow, place: str | None = None) -> None:
    """Write a batch into the journal (of the attached file `place`), in the transaction that did it."""
    record_all(connection, [row], place)


def record_all(connection: Connection, rows: Sequence[JournalRow], place: str | None = None) -> None:
    """Write several batches of one transaction, with one statement."""
    values = [
        {
            "act": row.act, "batch": row.batch, "promise": row.promise, "target": row.target, "action": row.action,
            "hit": row.hit, "at": row.at, "dependents": json.dumps(dict(row.dependents), sort_keys=True),
        }
        for row in rows
    ]  # fmt: skip
    if values:
        connection.execute(_entering(place), values)


def recorded(connection: Connection, place: str | None = None, act: str | None = None) -> list[JournalRow]:
    """Everything in the journal (of one act) that was not yet taken over and trimmed, in the order it was done."""
    table = _journal_in(place)
    query = select(table).order_by(table.c.at, table.c.act, table.c.batch)
    rows = connection.execute(query if act is None else query.where(table.c.act == act))
    return [_journal_row(dict(row._mapping)) for row in rows]


def trim(connection: Connection, act: str, batch: int, place: str | None = None) -> int:
    """Remove an act's batches up to `batch`, which the ledger has taken over; returns how many rows that were."""
    table = _journal_in(place)
    return connection.execute(delete(table).where(table.c.act == act, table.c.batch <= batch)).rowcount


def _journal_row(values: dict[str, Any]) -> JournalRow:
    values["dependents"] = json.loads(values["dependents"])
    return JournalRow(**values)


def exclude(connection: Connection, rows: Iterable[Exclusion], *, renew: bool = False) -> int:
    """Put row keys under exclusion; those already there are left alone, or with `renew` take the new law and dates."""
    values = [
        {
            "table_name": row.table, "row_key": row.row_key, "effect": row.effect, "reference": row.reference,
            "law": row.law, "placed_at": row.placed_at, "ends_at": row.ends_at,
        }
        for row in rows
    ]  # fmt: skip
    unique = ("table_name", "row_key", "effect", "reference")
    if values and renew:
        connection.execute(upsert(connection, exclusion, unique, ("law", "placed_at", "ends_at")), values)
    elif values:
        connection.execute(insert_ignoring(connection, exclusion, *unique), values)
    return len(values)


def lift(connection: Connection, reference: str) -> int:
    """Take every row key of a hold, restriction or notice out again; returns how many."""
    return connection.execute(delete(exclusion).where(exclusion.c.reference == reference)).rowcount


def take_out(connection: Connection, table: str, row_key: str, effect: str, reference: str) -> int:
    """Take one row key out of one exclusion again; whether it was there."""
    mine = (exclusion.c.table_name == table) & (exclusion.c.row_key == row_key)
    mine &= (exclusion.c.effect == effect) & (exclusion.c.reference == reference)
    return connection.execute(delete(exclusion).where(mine)).rowcount


def stands(connection: Connection, row: Exclusion) -> bool:
    """Whether one exclusion is there."""
    mine = (exclusion.c.table_name == row.table) & (exclusion.c.row_key == row.row_key)
    mine &= (exclusion.c.effect == row.effect) & (exclusion.c.reference == row.reference)
    return connection.execute(select(exclusion.c.reference).where(mine)).first() is not None


def expire(connection: Connection, now: datetime) -> int:
    """Remove exclusions whose end has come; returns how many."""
    ended = exclusion.c.ends_at.is_not(None) & (exclusion.c.ends_at <= now)
    return connection.execute(delete(exclusion).where(ended)).rowcount


def note_files(
    connection: Connection, act: str, table: Table, files: Mapping[str, str], rows: ColumnElement[bool]
) -> None:
    """Files that go with rows of `table` (column → files store), written down before the rows are gone."""
    for column, store in files.items():
        path = table.c[column]
        query = select(literal(act), literal(store), path).where(rows, path.is_not(None))
        connection.execute(insert(unlink).from_select(["act", "store", "path"], query))
