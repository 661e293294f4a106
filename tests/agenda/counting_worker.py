"""A worker for the tests that kill: every item counts its three steps in the state database, one transaction each.

Run as a program: URL of the database, name of the worker, length of its leases in seconds.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, String, Table, insert

from zusage.agenda import Handlers, OutsideWork, State, Then, Work, items, tick
from zusage.database import create_engine

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
EFFECTS = Table(
    "test_effect",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("key", String(40)),
    Column("step", String(20)),
)


def handlers(outside: Path | None = None) -> Handlers:
    """start → middle → (outside →) end; each step leaves one row."""
    made = Handlers()

    def step(name: str, then: str | None) -> None:
        def work(work: Work) -> Then | None:
            work.connection.execute(insert(EFFECTS).values(key=work.item.key, step=name))
            time.sleep(0.001)
            work.connection.execute(insert(EFFECTS).values(key=work.item.key, step=f"{name}, second half"))
            return Then(then) if then else None

        made.add("count", work, name=name)

    def elsewhere(work: OutsideWork) -> Then:
        assert outside is not None
        with (outside / work.item.key).open("a") as file:
            file.write("x")
        return Then("end")

    step("start", "middle")
    step("middle", "outside" if outside else "end")
    made.add_outside("count", elsewhere, name="outside")
    step("end", None)
    return made


def main(url: str, name: str, lease: str, folder: str) -> None:
    """Tick until nothing is waiting."""
    engine, registered = create_engine(url), handlers(Path(folder))
    print("ready", flush=True)
    while True:
        tick(engine, registered, NOW, name, limit=10, lease=timedelta(seconds=float(lease)))
        with engine.connect() as connection:
            if not any(items(connection, state=State.WAITING)):
                return
        time.sleep(0.01)


if __name__ == "__main__":
    main(*sys.argv[1:])
