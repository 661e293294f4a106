"""Requests of one ordinary and one heavy person, whole: from the question to the answer, beside limits and the peer.

    python -m benchmarks.rights [--databases sqlite,postgres] [--without-server]

Five tables of 195,000 rows (`benchmarks._shop`). A request is filed, confirmed, planned, decided (an access by rule, an
erasure by the officer, at once), carried out and answered; the state database is SQLite. Statements are those on the
customer's database, the checks of its schema among them; transactions are counted apart. The peer's figures were measured
once on the same numbers of rows, its best on PostgreSQL.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, event

from benchmarks._shop import HEAVY, ORDINARY, address_of, fill, workspace
from benchmarks.retention import several_databases
from tools.measuring import CoreInstallation, server_figures
from zusage.database.engines import create_engine
from zusage.keepers.rights.identity import confirm
from zusage.keepers.rights.intake import Intake, open_request
from zusage.keepers.rights.lifecycle import Decision, decide
from zusage.registers.requests import Kind, State, outcomes_of, request_by
from zusage.stores.sql.database import Database
from zusage.working import tick_workspace
from zusage.workspace import Workspace

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RUNS = 9


@dataclass
class Cost:
    """What one request took."""

    seconds: float = 0.0
    cpu: float = 0.0
    statements: int = 0
    commits: int = 0


@dataclass(frozen=True)
class Limit:
    """The most that the project allows itself, and what the peer took."""

    most: float
    peer: float


SECONDS = {
    "access": Limit(0.03, 0.31),
    "erasure": Limit(0.05, 0.57),
    "heavy erasure": Limit(0.6, 45.1),
    "100 erasures": Limit(4, 88),
}
CPU_OF_PEER = {"access": 0.45, "erasure": 0.86}
STATEMENTS = {"access": Limit(10, 60)}
COMMITS = {"erasure": Limit(1, 20)}


class Counter:
    """Counts statements and commits of a store's engines."""

    def __init__(self, database: Database) -> None:
        self.statements = self.commits = 0
        for writing in (False, True):
            self._watch(database.engine(writing=writing), writing)

    def _watch(self, engine: Engine, writing: bool) -> None:
        def statement(_connection: object, _cursor: object, said: str, *_: object) -> None:
            self.statements += not said.startswith("BEGIN")  # SQLite's; the other drivers begin by themselves

        def commit(_: object) -> None:
            self.commits += writing

        event.listen(engine, "before_cursor_execute", statement)
        event.listen(engine, "commit", commit)


class Bench:
    """One workspace over one filled database."""

    def __init__(self, made: Workspace) -> None:
        self.made = made
        store = made.context.stores["main"]
        assert isinstance(store, Database)
        self.database = store
        self.counter = Counter(store)
        tick_workspace(made, NOW, "bench", 1000)  # the regular duties are done before anything is timed

    def run(self, kind: Kind, people: list[int], rows: int) -> Cost:
        """Requests of these people, to the last answer; each has so many rows. Checks what came out."""
        before, began, cpu = (
            (self.counter.statements, self.counter.commits),
            time.perf_counter(),
            time.process_time(),
        )
        asked = [self._ask(kind, number) for number in people]
        self._tick(len(people))
        if kind is Kind.ERASURE:
            for each in asked:
                decide(self.made.context, each, Decision("grant"), "dpo", NOW)
            self._tick(len(people))
        cost = Cost(
            time.perf_counter() - began, time.process_time() - cpu,
            self.counter.statements - before[0], self.counter.commits - before[1],
        )  # fmt: skip
        with self.made.state.connect() as connection:
            for each in asked:
                request = request_by(connection, id=each)
                assert request is not None
                assert request.state is State.ANSWERED, request
                assert sum(one["hit"] for one in outcomes_of(connection, each)) == rows
        return cost

    def _tick(self, requests: int) -> None:
        report = tick_workspace(self.made, NOW, "bench", 1000 + 10 * requests)
        assert not report.failed, report.failed

    def _ask(self, kind: Kind, number: int) -> str:
        said = Intake(kind, identity=address_of(number), channel="web", identity_kind="email", language="de")
        opened = open_request(self.made.context, said, NOW)
        if opened.confirm_token:
            confirm(self.made.context, opened.confirm_token, NOW)
        return opened.request.id


def median(costs: list[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        statistics.median(one.seconds for one in costs), statistics.median(one.cpu for one in costs),
        max(one.statements for one in costs), max(one.commits for one in costs),
    )  # fmt: skip


def show(what: str, measured: float, limit: Limit, unit: str) -> bool:
    """Print a figure beside its limit and the peer's; whether it fits."""
    fits = measured <= limit.most
    print(
        f"  {what:<34}{measured:>9.3f} {unit:<11} limit {limit.most:>6g} ({measured / limit.most:5.2f} of it)  "
        f"peer {limit.peer:>7g} ({limit.peer / max(measured, 1e-9):7.1f} times ours)  {'ok' if fits else 'OVER'}",
        flush=True,
    )
    return fits


def show_cost(name: str, cost: Cost, requests: int = 1) -> bool:
    """All figures of one measurement."""
    good = show(f"{name}: time", cost.seconds, SECONDS[name], "s")
    peer = CPU_OF_PEER.get(name)
    beside = f"  peer {peer} ({peer / cost.cpu:.1f} times ours)" if peer else ""
    print(f"  {name + ': CPU':<34}{cost.cpu:>9.3f} s{beside}")
    if name in STATEMENTS:
        good &= show(f"{name}: statements", cost.statements, STATEMENTS[name], "statements")
    else:
        print(f"  {name + ': statements':<34}{cost.statements / requests:>9.1f} each")
    if name in COMMITS:
        good &= show(f"{name}: writing transactions", cost.commits, COMMITS[name], "commits")
    return good


def measure(kind: str, folder: Path) -> bool:
    """One kind of database; whether every figure is within its limit."""
    with several_databases(kind, folder, 1) as (url,), _bench(url, folder) as bench:
        fingerprints(bench.database)
        bench.run(
            Kind.ACCESS, [5_000], ORDINARY
        )  # the journal, caches and code paths are there before the clock runs
        bench.run(Kind.ERASURE, [5_001], ORDINARY)
        good = show_cost(
            "access", median([bench.run(Kind.ACCESS, [n], ORDINARY) for n in range(1, RUNS + 1)])
        )
        costs = [bench.run(Kind.ERASURE, [n], ORDINARY) for n in range(1, RUNS + 1)]
        good &= show_cost("erasure", median(costs))
        good &= show_cost("heavy erasure", bench.run(Kind.ERASURE, [0], HEAVY))
        good &= show_cost("100 erasures", bench.run(Kind.ERASURE, list(range(101, 201)), ORDINARY), 100)
    return good


@contextmanager
def _bench(url: str, folder: Path) -> Iterator[Bench]:
    began = time.perf_counter()
    engine = create_engine(url)
    fill(engine)
    engine.dispose()
    print(f"  (filled in {time.perf_counter() - began:.1f} s)")
    os.environ["ZUSAGE_BENCHMARK_STORE"] = url
    made = workspace(folder / "workspace")
    bench = Bench(made)
    yield bench
    bench.database.close()


def fingerprints(database: Database) -> None:
    """The live schema: read for the first time, and asked whether it is still the same."""
    fresh = Database(database.name, database.binding, database.folder)
    taken = []
    for _ in range(2):
        with fresh.reading() as connection:
            connection.exec_driver_sql("SELECT 1")  # connected before the clock runs
            began = time.perf_counter()
            fresh.schema(connection)
            taken.append(time.perf_counter() - began)
    fresh.close()
    print(
        f"  schema: cold {taken[0] * 1000:.1f} ms (read whole), warm {taken[1] * 1000:.2f} ms (fingerprint)"
    )


def main() -> int:
    """Exit code 1 where a figure is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="sqlite")
    parser.add_argument("--without-server", action="store_true")
    said = parser.parse_args()
    print(f"load average {', '.join(f'{one:.1f}' for one in os.getloadavg())}; {os.cpu_count()} cores")
    good = True
    for kind in said.databases.split(","):
        print(f"{kind}:")
        with tempfile.TemporaryDirectory(prefix="zusage-benchmark-") as folder:
            good &= measure(kind, Path(folder))
    if not said.without_server:
        seconds, megabytes = server_figures(CoreInstallation.fresh())
        print("server:")
        good &= show("start until healthy", seconds, Limit(1.5, 9.4), "s")
        good &= show("resident memory", megabytes, Limit(100, 874), "MiB")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
