"""One person with 22,001 rows over five tables, erased: Zusage against the five statements written by hand.

    python -m benchmarks.subject [--databases sqlite,postgres,mariadb]

Among 10,000 customers, 15,000 addresses, 50,000 orders, 100,000 items and 20,000 tickets of others. Ours finds the rows,
checks schema and neighbours, erases in one transaction and counts again; the rival only deletes. Each round has fresh
databases; the best of each counts, because a busy machine is never too quick.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from benchmarks.retention import several_databases
from zusage.database.engines import create_engine
from zusage.stores.bindings import SqlStore
from zusage.stores.sql.database import Database
from zusage.stores.sql.identity import Identity
from zusage.stores.subjects import erase_subject

SCHEMA = (
    "CREATE TABLE customer (id INTEGER PRIMARY KEY, email VARCHAR(80), name VARCHAR(40))",
    (
        "CREATE TABLE address (id INTEGER PRIMARY KEY, customer_id INTEGER, street VARCHAR(60),"
        " FOREIGN KEY (customer_id) REFERENCES customer (id))"
    ),
    (
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, note VARCHAR(60),"
        " FOREIGN KEY (customer_id) REFERENCES customer (id))"
    ),
    (
        "CREATE TABLE item (id INTEGER PRIMARY KEY, order_id INTEGER, label VARCHAR(60),"
        " FOREIGN KEY (order_id) REFERENCES orders (id))"
    ),
    (
        "CREATE TABLE ticket (id INTEGER PRIMARY KEY, customer_id INTEGER, body VARCHAR(60),"
        " FOREIGN KEY (customer_id) REFERENCES customer (id))"
    ),
    "CREATE INDEX ix_email ON customer (email)",
    "CREATE INDEX ix_address ON address (customer_id)",
    "CREATE INDEX ix_orders ON orders (customer_id)",
    "CREATE INDEX ix_item ON item (order_id)",
    "CREATE INDEX ix_ticket ON ticket (customer_id)",
)
#: table → rows of others, rows of the heavy person (customer 1)
SIZES = {"address": (15_000, 0), "orders": (50_000, 2_000), "item": (100_000, 20_000), "ticket": (20_000, 0)}
ROWS = 22_001
BINDINGS: tuple[dict[str, Any], ...] = (
    {"table": "customer", "subject": {"email": "email"}, "columns": {"email": "c", "name": "c"}},
    {"table": "address", "subject": {"email": "customer_id.email"}, "columns": {"street": "c"}},
    {"table": "orders", "subject": {"email": "customer_id.email"}, "columns": {"note": "c"}},
    {"table": "item", "subject": {"email": "order_id.customer_id.email"}, "columns": {"label": "c"}},
    {"table": "ticket", "subject": {"email": "customer_id.email"}, "columns": {"body": "c"}},
)
BY_HAND = (
    (
        "DELETE FROM item WHERE order_id IN (SELECT id FROM orders WHERE customer_id IN"
        " (SELECT id FROM customer WHERE email = 'person1@example.org'))"
    ),
    *(
        f"DELETE FROM {table} WHERE customer_id IN (SELECT id FROM customer WHERE email = 'person1@example.org')"
        for table in ("orders", "address", "ticket")
    ),
    "DELETE FROM customer WHERE email = 'person1@example.org'",
)


def fill(engine: Engine) -> None:
    """The shop."""
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))
        people = [{"id": n, "email": f"person{n}@example.org"} for n in range(1, 10_001)]
        connection.execute(text("INSERT INTO customer VALUES (:id, :email, 'Jemand')"), people)
        for table, (others, mine) in SIZES.items():
            first = [{"id": n, "to": 1} for n in range(1, mine + 1)]
            if table == "item":
                first = [{"id": n, "to": 1 + n % 2_000} for n in range(1, mine + 1)]
            rest = [{"id": mine + n, "to": _other(table, n)} for n in range(1, others + 1)]
            connection.execute(text(f"INSERT INTO {table} VALUES (:id, :to, 'something')"), first + rest)


def _other(table: str, number: int) -> int:
    return 2_001 + number % 50_000 if table == "item" else 2 + number % 9_999


def by_hand(url: str) -> float:
    """Seconds of the rival."""
    engine = create_engine(url)
    fill(engine)
    began = time.perf_counter()
    with engine.begin() as connection:
        gone = sum(connection.execute(text(statement)).rowcount for statement in BY_HAND)
    took = time.perf_counter() - began
    engine.dispose()
    assert gone == ROWS
    return took


def by_zusage(url: str, folder: Path) -> float:
    """Seconds of ours: find, check, erase, journal, count again."""
    engine = create_engine(url)
    fill(engine)
    engine.dispose()
    said = {"kind": "sql", "url": url, "activities": {"a": BINDINGS}}
    database = Database("main", SqlStore.model_validate(said), folder)
    database.install_journal()
    with database.reading() as connection:
        database.schema(connection)
    began = time.perf_counter()
    now = datetime(2026, 6, 1, tzinfo=UTC)
    done = erase_subject(database, [Identity("email", "person1@example.org")], "bench", now)
    took = time.perf_counter() - began
    database.close()
    assert sum(one.hit for one in done) == ROWS
    return took


def measure(kind: str, folder: Path, rounds: int) -> bool:
    """Measure one kind of database and print the ratio of the best rounds; whether it is within three times the rival."""
    hand, ours = [], []
    with several_databases(kind, folder, 2 * rounds) as urls:
        for first, second in zip(urls[::2], urls[1::2], strict=True):
            hand.append(by_hand(first))
            ours.append(by_zusage(second, folder))
    ratio = min(ours) / min(hand)
    each = ", ".join(f"{1000 * one:.0f}/{1000 * other:.0f}" for one, other in zip(hand, ours, strict=True))
    print(
        f"{kind:9} {ROWS:,} rows: by hand {min(hand) * 1000:.0f} ms, zusage {min(ours) * 1000:.0f} ms, {ratio:.1f} times "
        f"(rounds: {each})",
        flush=True,
    )
    return ratio <= 3


def main() -> int:
    """Exit code 1 where ours takes more than three times as long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="sqlite,postgres,mariadb")
    parser.add_argument("--rounds", type=int, default=3)
    said = parser.parse_args()
    good = True
    for kind in said.databases.split(","):
        with tempfile.TemporaryDirectory(prefix="zusage-benchmark-") as folder:
            good &= measure(kind, Path(folder), said.rounds)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
