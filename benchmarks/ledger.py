"""`python -m benchmarks.ledger`: what the ledger does a second, against its limits and against the bare database.

Ratios come from one run on one machine: the rival of appending is the same rows inserted by the driver alone, without
canonical bytes and checks; the rival of verifying is reading and hashing the same bytes. About ten seconds.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine, select

from zusage.database import create_engine
from zusage.database.engines import sqlite_url
from zusage.database.migrations import migrate
from zusage.keys import KeyRing
from zusage.ledger import Act, Ledger, Wanted, export, verify
from zusage.ledger.leaves import ENTRIES

NOW = datetime(2026, 3, 1, tzinfo=UTC)
#: entries a second (the spine's figures)
LIMITS = {"append": 20_000, "verify": 200_000}
BATCH = 1_000


def acts(keys: KeyRing, count: int) -> list[Act]:
    """Entries as a sweep writes them, about a thousand subjects."""
    subjects = [keys.pseudonym("subjects", str(number), 2026) for number in range(1_000)]
    facts = {"store": "crm", "table": "applications", "rule": "applications/erase-after-6m", "result": "done"}
    return [
        Act("retention/erased", {**facts, "count": number}, NOW, subjects[number % 1_000], "worker")
        for number in range(count)
    ]


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def append_all(engine: Engine, ledger: Ledger, entries: list[Act]) -> None:
    """In durable transactions of a thousand entries."""
    for start in range(0, len(entries), BATCH):
        with engine.begin() as connection:
            ledger.append_many(connection, entries[start : start + BATCH])


def append_bare(folder: Path, rows: list[tuple[object, ...]]) -> None:
    """The same rows, by the driver alone, into the same table with the same durability."""
    url = sqlite_url(folder / "bare.db")
    migrate(create_engine(url))
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    for start in range(0, len(rows), BATCH):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO ledger_entry (at, kind, subject, id, bytes) VALUES (?, ?, ?, ?, ?)",
            rows[start : start + BATCH],
        )
        connection.execute("COMMIT")
    connection.close()


def hash_bare(path: Path) -> None:
    """Read the same bytes in order and hash them, nothing else."""
    connection = sqlite3.connect(path)
    for (content,) in connection.execute("SELECT bytes FROM ledger_entry ORDER BY position"):
        sha256(b"\x00" + content).digest()
    connection.close()


def main() -> int:
    """Prints the table; exit code 1 if a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    count: int = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine, keys = create_engine(sqlite_url(folder / "state.db")), KeyRing.create(folder / "keys")
        migrate(engine)
        ledger, entries = Ledger(keys), acts(keys, count)
        took = {"append": seconds(lambda: append_all(engine, ledger, entries))}
        took["seal"] = seconds(lambda: ledger.seal(engine, NOW))
        took["verify"] = seconds(lambda: verify(engine, keys.public_key))
        took["export"] = seconds(lambda: export(engine, folder / "ledger.txt"))
        took["verify the file"] = seconds(lambda: verify(folder / "ledger.txt", keys.public_key))
        with engine.connect() as connection:
            columns = (ENTRIES.c.at, ENTRIES.c.kind, ENTRIES.c.subject, ENTRIES.c.id, ENTRIES.c.bytes)
            rows = [tuple(row) for row in connection.execute(select(*columns).order_by(ENTRIES.c.seq))]
            assert sum(1 for _ in ledger.entries(connection, Wanted(limit=10))) == min(10, count)
        bare = {
            "append": seconds(lambda: append_bare(folder, rows)),
            "verify": seconds(lambda: hash_bare(folder / "state.db")),
        }
    missed = False
    print(f"{count} entries, SQLite, WAL, synchronous=FULL, batches of {BATCH}")
    print(f"{'':16} {'entries/s':>10}  {'of the limit':>12}  {'of the bare database':>20}")
    for what, time_taken in took.items():
        rate = count / time_taken
        limit = f"{rate / LIMITS[what]:.2f}" if what in LIMITS else ""
        ratio = f"{bare[what] / time_taken:.2f}" if what in bare else ""
        missed |= what in LIMITS and rate < LIMITS[what]
        print(f"{what:16} {rate:>10,.0f}  {limit:>12}  {ratio:>20}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
