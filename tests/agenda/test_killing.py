"""Two workers, killed at random points and started anew: every effect in the database happens exactly once."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.agenda.counting_worker import EFFECTS, NOW
from zusage.agenda import State, items, schedule

_STEPS = ("start", "middle", "end")


def _start(url: str, name: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.agenda.counting_worker", url, name, "0.3", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _survive(engine: Engine, url: str, folder: Path, *, count: int, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    folder.mkdir(exist_ok=True)
    with engine.begin() as connection:
        EFFECTS.create(connection)
        for number in range(count):
            schedule(connection, "count", f"item-{number}", NOW)
    workers = [_start(url, f"worker-{number}", folder) for number in range(2)]
    for kill in range(kills):
        time.sleep(chance.uniform(0.0, 0.08))
        victim = chance.randrange(2)
        workers[victim].kill()
        workers[victim].wait()
        workers[victim] = _start(url, f"replacement-{kill}", folder)
    for worker in workers:
        assert worker.wait(timeout=60) == 0
    with engine.connect() as connection:
        effects = Counter((row.key, row.step) for row in connection.execute(select(EFFECTS)))
        states = Counter(item.state for item in items(connection))
    steps = [name for step in _STEPS for name in (step, f"{step}, second half")]
    assert effects == Counter((f"item-{number}", step) for number in range(count) for step in steps)
    assert states == {State.DONE: count}
    assert len(list(folder.iterdir())) == count, "every step outside happened at least once"


def test_a_sample_of_kills(engine: Engine, state_url: str, tmp_path: Path) -> None:
    _survive(engine, state_url, tmp_path / "outside", count=60, kills=4, seed=1)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(10))
def test_many_kills(engine: Engine, state_url: str, tmp_path: Path, seed: int) -> None:
    _survive(engine, state_url, tmp_path / "outside", count=300, kills=20, seed=seed)
