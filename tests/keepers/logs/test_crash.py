"""kill -9 while taking in: no line lost, none twice, statistics a recount of the sealed lines."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.keepers.logs.conftest import Room
from tests.keepers.logs.test_intake import ADS, _agree, _traffic

Rooms = Callable[..., Room]

#: takes in with tiny batches and units, so that a kill finds it anywhere; expires nothing
CHILD = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from zusage.database.engines import create_engine
from zusage.keepers.logs import intake, publishing, sources
from zusage.keepers.logs.scanning import connect
from zusage.keepers.logs.vault import open_vault
from zusage.keys import KeyRing
from zusage.ledger import Ledger
from tests.keepers.logs.conftest import Room, declared
import yaml

folder = Path(sys.argv[1])
keys = KeyRing.open(folder / "keys")
policy = yaml.safe_load((folder / "policy.yaml").read_text())
room = Room(folder, declared(policy), create_engine(f"sqlite:///{folder / 'state.db'}"), keys, Ledger(keys))
publishing.UNIT_BYTES = 24_000
real = sources.batches
intake.batches = lambda file: real(file, 6_000)
connect().close()
print("ready", flush=True)
intake.take_in(room.vault(), datetime(2026, 4, 1, 15, tzinfo=UTC))
print("done", flush=True)
"""


def _killed_and_again(room: Room, lines: list[bytes], kills: int, seed: int) -> int:
    """Runs the child again and again while the log grows and rotates, killing it; returns how often that hit."""
    chance, hit = random.Random(seed), 0
    parts = [
        lines[start : start + len(lines) // kills + 1]
        for start in range(0, len(lines), len(lines) // kills + 1)
    ]
    for number in range(kills):
        if number < len(parts):
            if chance.random() < 0.4 and room.log.exists():
                _rotate(room.log)
            with room.log.open("ab") as file:
                file.write(b"".join(parts[number]))
        with subprocess.Popen(
            [sys.executable, "-c", CHILD, str(room.folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as child:
            assert child.stdout is not None
            first = child.stdout.readline()
            assert first == "ready\n", child.stderr.read() if child.stderr else ""
            time.sleep(chance.random() * 0.5)
            hit += child.poll() is None
            child.send_signal(signal.SIGKILL)
    return hit


def _rotate(log: Path) -> None:
    for number in range(30, 0, -1):
        older = log.with_name(f"access.log.{number}")
        if older.exists():
            older.rename(log.with_name(f"access.log.{number + 1}"))
    log.rename(log.with_name("access.log.1"))


def _run(room: Rooms, kills: int, count: int, seed: int) -> int:
    policy = {"opened_by": ["management", "dpo"], "suppress_below": 1, **ADS}
    here, lines = room(ADS), _traffic(count, seed)
    (here.folder / "policy.yaml").write_text(yaml.safe_dump(policy))
    hit = _killed_and_again(here, lines, kills, seed)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(here.folder)], capture_output=True, text=True, timeout=100
    )
    assert done.stdout == "ready\ndone\n", done.stderr
    _agree(here, lines)
    vault = here.vault()
    assert len(vault.key_store.segments()) == len(list(vault.sealed.rglob("*.seg")))
    assert not list(vault.folder.rglob("*.part"))
    return hit


def test_killed_anywhere_nothing_is_lost_and_nothing_twice(room: Rooms) -> None:
    assert _run(room, kills=4, count=2000, seed=11) >= 1


@pytest.mark.torture
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(4))
def test_killed_a_hundred_times(room: Rooms, seed: int) -> None:
    assert _run(room, kills=25, count=12_000, seed=seed) >= 10
