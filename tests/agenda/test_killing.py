"""Workers, two at a time, killed at random statements: every effect in the database happens exactly once."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.agenda.counting_worker import EFFECTS, NOW
from zusage.agenda import State, items, schedule

_STEPS = ("start", "middle", "end")


def _survive(
    engine: Engine, url: str, folder: Path, *, count: int, kills: int, seed: int, seconds: int
) -> None:
    folder.mkdir(exist_ok=True)
    with engine.begin() as connection:
        EFFECTS.create(connection)
        for number in range(count):
            schedule(connection, "count", f"item-{number}", NOW)
    command = [sys.executable, "-m", "tests.agenda.counting_worker", url, str(folder), str(seed), str(kills)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        with engine.connect() as connection:
            waiting = list(items(connection, state=State.WAITING))
        pytest.fail(f"not done in time: {len(waiting)} wait, such as {waiting[:3]}")
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) == kills, "the work was done before the last one was killed"
    with engine.connect() as connection:
        effects = Counter((row.key, row.step) for row in connection.execute(select(EFFECTS)))
        states = Counter(item.state for item in items(connection))
    steps = [name for step in _STEPS for name in (step, f"{step}, second half")]
    assert effects == Counter((f"item-{number}", step) for number in range(count) for step in steps)
    assert states == {State.DONE: count}
    assert len(list(folder.iterdir())) == count, "every step outside happened at least once"


def test_a_sample_of_kills(engine: Engine, state_url: str, tmp_path: Path) -> None:
    _survive(engine, state_url, tmp_path / "outside", count=30, kills=20, seed=1, seconds=100)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(2, 7))
def test_many_kills(engine: Engine, state_url: str, tmp_path: Path, seed: int) -> None:
    _survive(engine, state_url, tmp_path / "outside", count=150, kills=100, seed=seed, seconds=900)
