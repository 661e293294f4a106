"""A sweep against the same batched deletion written by hand: expired rows with a child table, on three databases.

    python -m benchmarks.retention [--rows 500000] [--databases sqlite,postgres,mariadb]

One row in five is expired, every second row has a child row. The rival walks the primary key, deletes the same child
rows and writes one journal row a transaction. The two take turns, batch by batch on two servers, so that what else
the machine does meanwhile slows both. Preflight, plan and fresh count, and the physical step are timed apart.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from tests.support.servers import start_mariadb, start_postgres
from zusage.database.engines import create_engine
from zusage.stores.bindings import SqlStore
from zusage.stores.selection import Cut, Passed, Selection
from zusage.stores.sql.acting import TableAct, count_rows, run
from zusage.stores.sql.database import Database
from zusage.stores.sql.physical import physical_step
from zusage.stores.sql.preflight import check_erase

NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
CUT = Cut(datetime(2024, 6, 1, tzinfo=UTC), date(2024, 6, 1))
BATCH = 10_000
#: milliseconds that 95 of 100 of our transactions may take on PostgreSQL
ALLOWED = 50
PAYLOAD = "x" * 80
SCHEMA = (
    "CREATE TABLE visit (id INTEGER PRIMARY KEY, ended TIMESTAMP NULL, payload VARCHAR(100))",
    (
        "CREATE TABLE note (id INTEGER PRIMARY KEY, visit_id INTEGER NOT NULL, body VARCHAR(60),"
        " FOREIGN KEY (visit_id) REFERENCES visit (id))"
    ),
    "CREATE INDEX ix_note_visit ON note (visit_id)",
    "CREATE INDEX ix_visit_ended ON visit (ended)",
    "CREATE TABLE journal (batch INTEGER PRIMARY KEY, hit INTEGER)",
)
_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows) SELECT i FROM n",
    "postgresql": "SELECT i FROM generate_series(1, :rows) AS g(i)",
    "mysql": "SELECT seq AS i FROM seq_1_to_{rows}",
}


#: rows of a batch, and the milliseconds of its transaction
Step = tuple[int, float]


@dataclass
class Measured:
    """What one side has done so far."""

    rows: int = 0
    seconds: float = 0.0
    #: milliseconds of each transaction
    transactions: list[float] = field(default_factory=list)
    #: seconds of this process's own work: all of it for SQLite; the servers' is not in it
    cpu: float = 0.0

    def add(self, step: Step | None, seconds: float, cpu: float) -> None:
        """A turn that took so long; None when it only found that nothing is left."""
        self.seconds, self.cpu = self.seconds + seconds, self.cpu + cpu
        if step is not None:
            self.rows += step[0]
            self.transactions.append(step[1])

    @property
    def rate(self) -> float:
        return self.rows / self.seconds

    def percentile(self, share: float) -> float:
        """The smallest time that this share of the transactions took at most."""
        ordered = sorted(self.transactions)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def fill(engine: Engine, rows: int) -> None:
    """Rows with one in five expired, spread evenly; children for every second row."""
    numbers = _NUMBERS[engine.dialect.name].format(rows=rows)
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))
        ended = "CASE WHEN i % 5 = 0 THEN TIMESTAMP '2024-01-15 10:00:00' ELSE TIMESTAMP '2026-01-15 10:00:00' END"
        if engine.dialect.name == "sqlite":
            ended = ended.replace("TIMESTAMP ", "")
        connection.execute(
            text(f"INSERT INTO visit SELECT i, {ended}, '{PAYLOAD}' FROM ({numbers}) AS s"), {"rows": rows}
        )
        connection.execute(
            text(
                f"INSERT INTO note SELECT i, i, 'a note of some length' FROM ({numbers}) AS s WHERE i % 2 = 0"
            ),
            {"rows": rows},
        )
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def by_hand(engine: Engine) -> Iterator[Step]:
    """The rival, through the driver itself."""
    raw: Any = engine.raw_connection()
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    cut, last, number = "2024-06-01 00:00:00", 0, 0
    cursor = raw.cursor()
    while True:
        start = time.perf_counter()
        if engine.dialect.name == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(
            f"SELECT max(id) FROM (SELECT id FROM visit WHERE id > {mark} AND ended < {mark} ORDER BY id LIMIT {BATCH}) s",
            (last, cut),
        )
        high = cursor.fetchone()[0]
        if high is None:
            raw.rollback()
            break
        rows = f"id > {mark} AND id <= {mark} AND ended < {mark}"
        children = f"DELETE FROM note WHERE visit_id IN (SELECT id FROM visit WHERE {rows})"
        if engine.dialect.name == "mysql":
            # MariaDB takes no subquery of a DELETE for a join
            children = f"DELETE note FROM note JOIN visit ON visit_id = visit.id WHERE visit.{rows}"
            children = children.replace("AND id", "AND visit.id")
        cursor.execute(children, (last, high, cut))
        cursor.execute(f"DELETE FROM visit WHERE {rows}", (last, high, cut))
        hit, number = cursor.rowcount, number + 1
        cursor.execute(f"INSERT INTO journal VALUES ({mark}, {mark})", (number, hit))
        raw.commit()
        last = high
        yield hit, (time.perf_counter() - start) * 1000
    raw.close()


def by_turns(rival: Iterator[Step], ours: Iterator[Step]) -> list[Measured]:
    """Both to their ends, whoever has done fewer rows next."""
    runners, done = [rival, ours], [Measured(), Measured()]
    open_ones = {0, 1}
    while open_ones:
        turn = min(open_ones, key=lambda one: done[one].rows)
        began, worked = time.perf_counter(), time.process_time()
        step = next(runners[turn], None)
        done[turn].add(step, time.perf_counter() - began, time.process_time() - worked)
        if step is None:
            open_ones.remove(turn)
    return done


@dataclass
class Sweeping:
    """Our sweep of the same rows, and what is timed apart."""

    database: Database
    apart: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.database.install_journal()
        part = next(self.database.parts())
        with self.timed("preflight"), self.database.reading() as connection:
            table = self.database.bound(connection, part)
            found = self.database.closure(table)
            assert not list(check_erase("main", table, found))
        selection = Selection((Passed("ended", CUT),), NOW)
        self.act = TableAct(
            id="bench", promise="bench", action="erase", table=table, selection=selection, closure=found
        )
        with self.timed("plan"), self.database.reading() as connection:
            self.planned = count_rows(connection, self.act)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.apart[what] = time.perf_counter() - began

    def steps(self) -> Iterator[Step]:
        """Batch by batch."""
        for batch in run(self.database, self.act, NOW):
            yield batch.hit, batch.milliseconds

    def look_again(self) -> None:
        """Nothing is left, and the space is given back."""
        with self.timed("fresh count"), self.database.reading() as connection:
            assert count_rows(connection, self.act) == 0
        with self.timed("physical"):
            physical_step(self.database, self.act.closure.tables, NOW, "Europe/Berlin")


@contextmanager
def several_databases(kind: str, folder: Path, count: int) -> Iterator[list[str]]:
    """URLs of fresh databases of a kind, each on a server of its own: what one leaves to be tidied up is not the other's."""
    if kind == "sqlite":
        yield [f"sqlite:///{folder}/bench{number}.db" for number in range(count)]
        return
    start: Callable[[], Any] = start_postgres if kind == "postgres" else start_mariadb
    with ExitStack() as stack:
        urls = []
        for _ in range(count):
            server = start()
            stack.callback(server.stop)
            server.create("bench")
            urls.append(server.url("bench"))
        yield urls


def measure(kind: str, rows: int, folder: Path) -> bool:
    """Measure one kind of database and print the ratio; whether it is what was asked for."""
    with several_databases(kind, folder, 2) as (rival_url, our_url):
        rival = create_engine(rival_url)
        fill(rival, rows)
        engine = create_engine(our_url)
        fill(engine, rows)
        engine.dispose()
        dated = {"table": "visit", "subject": {}, "columns": {"payload": "c"}, "events": {"ended": "ended"}}
        said = {
            "kind": "sql",
            "url": our_url,
            "activities": {"a": [dated, {"table": "note", "columns": {"body": "c"}}]},
        }
        database = Database("main", SqlStore.model_validate(said), folder)
        sweeping = Sweeping(database)
        hand, ours = by_turns(by_hand(rival), sweeping.steps())
        assert hand.rows == ours.rows == sweeping.planned
        sweeping.look_again()
        database.close()
        rival.dispose()
    ratio, p95 = ours.rate / hand.rate, ours.percentile(0.95)
    print(
        f"{kind:9} {ours.rows:,} of {rows:,}: by hand {hand.rate:,.0f}/s, zusage {ours.rate:,.0f}/s, ratio {ratio:.2f}; "
        f"{len(ours.transactions)} transactions p50 {ours.percentile(0.5):.0f} p95 {p95:.0f} max {max(ours.transactions):.0f} ms "
        f"(by hand p95 {hand.percentile(0.95):.0f} ms); cpu here {hand.cpu:.1f} and {ours.cpu:.1f} s; "
        + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in sweeping.apart.items()),
        flush=True,
    )
    return ratio >= 0.8 and (kind != "postgres" or p95 < ALLOWED)


def main() -> int:
    """Exit code 1 where the ratio is below 0.8, PostgreSQL's p95 not below 50 ms, or our memory above 150 MB."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--databases", default="sqlite,postgres,mariadb")
    said = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory(prefix="zusage-benchmark-") as folder:
        for kind in said.databases.split(","):
            good &= measure(kind, said.rows, Path(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process: {peak:.0f} MB")
    return 0 if good and peak < 150 else 1


if __name__ == "__main__":
    sys.exit(main())
