"""Workers for the tests that kill: every item counts its three steps in the state database, one transaction each.

Run as a program (URL, folder, seed, number of kills) it forks workers, two at a time, each of which kills itself with
SIGKILL at a random statement, before or after it ran; the last two live until nothing is waiting.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, String, Table, event, insert

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


LEASE = timedelta(seconds=0.2)


def run(url: str, folder: Path, name: str, left: int | None) -> None:
    """Tick until nothing is waiting, or until `left` database events have passed, and then die without a word."""
    engine, registered, events = create_engine(url), handlers(folder), 0

    def count(*_: object) -> None:
        nonlocal events
        events += 1
        if events == left:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(engine, moment, count)
    while True:
        report = tick(engine, registered, NOW, name, limit=10, lease=LEASE)
        if report.failed:
            raise AssertionError(report.failed)
        with engine.connect() as connection:
            if not any(items(connection, state=State.WAITING)):
                return
        time.sleep(0.01)


def fork(url: str, folder: Path, name: str, left: int | None) -> int:
    """Start a worker as a process of its own; returns its number."""
    process = os.fork()
    if process == 0:
        try:
            run(url, folder, name, left)
        except BaseException:  # noqa: BLE001 a child must not return into its parent
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return process


def main(url: str, folder: str, seed: str, kills: str) -> None:
    """Let so many workers die, then two finish the work; prints how many were killed."""
    chance, killed, alive = random.Random(seed), 0, set[int]()
    for number in range(int(kills)):
        alive.add(fork(url, Path(folder), f"w{number}", chance.randint(1, 90)))
        while len(alive) >= 2:
            process, status = os.wait()
            alive.remove(process)
            killed += os.WIFSIGNALED(status)
    for name in ("last", "but one"):
        alive.add(fork(url, Path(folder), name, None))
    for _ in alive:
        killed += os.WIFSIGNALED(os.wait()[1])
    print(killed)


if __name__ == "__main__":
    main(*sys.argv[1:])
