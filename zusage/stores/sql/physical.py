"""Physical residue: what follows logical erasure so that bytes are gone, and what is still there afterwards.

Logical erasure and physical residue are two findings. SQLite zeroes deleted cells (`secure_delete`), VACUUM rewrites the
file, and the WAL is truncated. PostgreSQL's VACUUM frees rows but leaves part of the bytes; VACUUM FULL rewrites the
table. MariaDB's OPTIMIZE TABLE rebuilds it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text

from zusage.stores.sql.database import Database
from zusage.stores.sql.schema import ATTACHED


@dataclass(frozen=True, slots=True)
class PhysicalStep:
    """What was done to which tables: `vacuum`, `full`, `none`, or `later` outside the maintenance window."""

    store: str
    step: str
    tables: tuple[str, ...] = ()


def in_window(window: str | None, now: datetime, zone: str) -> bool:
    """Whether `now` lies in `02:00-04:30`, civil time; a window may pass midnight."""
    if window is None:
        return True
    first, last = (time.fromisoformat(part) for part in window.split("-"))
    local = now.astimezone(ZoneInfo(zone)).time()
    return first <= local < last if first <= last else local >= first or local < last


def physical_step(database: Database, tables: Iterable[str], now: datetime, zone: str) -> PhysicalStep:
    """Do what the store's policy says to the tables from which rows were erased."""
    policy, names = database.binding.physical, tuple(sorted(set(tables)))
    if policy.policy == "none" or not names:
        return PhysicalStep(database.name, "none", names)
    if not in_window(policy.window, now, zone):
        return PhysicalStep(database.name, "later", names)
    engine = database.engine(writing=True)
    if database.dialect == "sqlite":
        _sqlite(engine)
    elif database.dialect == "postgresql":
        _each(
            engine,
            "VACUUM (FULL)" if policy.policy == "full" else "VACUUM",
            names,
            database.binding.schema_name,
        )
    else:
        _each(engine, "OPTIMIZE TABLE", names, None)
    return PhysicalStep(database.name, policy.policy, names)


def _sqlite(engine: Engine) -> None:
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        if any(row[1] == ATTACHED for row in cursor.execute("PRAGMA database_list").fetchall()):
            cursor.execute(f"VACUUM {ATTACHED}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
    finally:
        raw.close()


def _each(engine: Engine, verb: str, tables: Iterable[str], schema: str | None) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        quote = connection.dialect.identifier_preparer.quote
        for table in tables:
            name = f"{quote(schema)}.{quote(table)}" if schema else quote(table)
            connection.execute(text(f"{verb} {name}"))


def sqlite_files(path: Path) -> list[Path]:
    """The files of an SQLite database: itself, its WAL and its journal."""
    return [each for each in (path, Path(f"{path}-wal"), Path(f"{path}-journal")) if each.exists()]


def residue(files: Iterable[Path], values: Iterable[str]) -> dict[str, int]:
    """How often each value still stands in the files, as UTF-8: the search that a person may repeat with grep."""
    needles = {value: value.encode() for value in values}
    counts = dict.fromkeys(needles, 0)
    for path in files:
        content = path.read_bytes()
        for value, needle in needles.items():
            counts[value] += content.count(needle)
    return counts
