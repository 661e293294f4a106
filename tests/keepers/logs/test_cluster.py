"""Counting on a cluster of two workers, one of them killed: the same figures as on one machine."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_logs import BINDING, DECLARATION
from tests.keepers.logs.conftest import NOW, Room
from tests.keepers.logs.test_intake import ADS, _traffic
from zusage.cli.main import run
from zusage.declaration.logs import LogPolicy
from zusage.founding import create_workspace
from zusage.keepers.logs.cluster import Piece, _runs, add_up, count_here, count_on_cluster, pieces_of, task_of
from zusage.keepers.logs.reading import count_files
from zusage.keepers.logs.scanning import Where
from zusage.sealing.rooms import Refused

POLICY = LogPolicy.model_validate({**ADS, "suppress_below": 3})
TASK = task_of(POLICY, Where("shop.example", "own"), "Europe/Berlin")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A few thousand lines."""
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(_traffic(6000)))
    return path


def test_pieces_hold_every_line_once(log: Path) -> None:
    content = log.read_bytes()
    for size in (1, 999, 4096, 100_000, 10**8) if len(content) < 10**7 else (4096,):
        pieces = pieces_of([log], size) if size > 1 else [Piece(str(log), n, n + 1) for n in range(700)]
        text = b"".join(run for piece in pieces for run in _runs(piece))
        assert text == content if size > 1 else content.startswith(text)


def test_pieces_add_up_to_the_whole(log: Path) -> None:
    whole, cut = count_here(pieces_of([log]), TASK), count_here(pieces_of([log], 100_000), TASK)
    assert len(cut) > 5
    assert sum(each.lines for each in cut) == 6000
    for statistic in POLICY.all_statistics():
        counts = [row[:-1] for row in add_up(whole, POLICY, statistic)]
        assert counts == [row[:-1] for row in add_up(cut, POLICY, statistic)]
        assert sum(row[-2] for row in counts) > 0


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Two workers in processes of their own."""
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
    )
    with cluster, distributed.Client(cluster, set_as_default=False) as client:
        yield client


@pytest.mark.timeout(100)
def test_with_a_worker_killed_the_figures_are_those_of_one_machine(
    log: Path, client: Any, room: Callable[..., Room]
) -> None:
    pieces = pieces_of([log], 150_000)
    alone = count_here(pieces, TASK)
    client.run(__import__, "zusage.keepers.logs.cluster")
    victim = next(iter(client.run(os.getpid).values()))
    killed = threading.Event()

    def kill() -> None:
        time.sleep(0.1)
        os.kill(victim, signal.SIGKILL)
        killed.set()

    threading.Thread(target=kill).start()
    together = count_on_cluster(pieces, TASK, client)
    assert killed.wait(5)
    assert sum(each.lines for each in together) == 6000
    for statistic in POLICY.all_statistics():
        assert add_up(together, POLICY, statistic) == add_up(alone, POLICY, statistic)
    assert count_on_cluster(pieces[:2], TASK, client)[0].lines == alone[0].lines
    here = room({**ADS, "suppress_below": 3})
    near = count_files(here.vault(), "statistics", "ads", [log], NOW, customer="own")
    far = count_files(
        here.vault(), "statistics", "ads", [log], NOW, customer="own", scheduler=client.scheduler.address
    )
    assert far == near
    assert sum(each.count for each in near.cells) > 100
    assert here.acts()[-2:] == ["logs/counted", "logs/counted"]
    assert not list(here.vault().folder.rglob("*.parquet"))
    with pytest.raises(Refused):
        count_files(here.vault(), "advertising", "ads", [log], NOW)


def _counted(capfd: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """What `zusage logs count` says."""
    capfd.readouterr()
    code = run(("logs", "count", "--purpose", "statistics", "--json", *arguments))
    said = capfd.readouterr()
    assert code == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


@pytest.mark.timeout(100)
def test_the_command_counts_on_the_cluster_what_it_counts_here(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, traffic = tmp_path / "workspace", _traffic(6000)
    create_workspace(folder, DECLARATION)
    (folder / "logs.yaml").write_text(BINDING)
    monkeypatch.setenv("ZUSAGE_WORKSPACE", str(folder))
    files = [tmp_path / f"{number}.log" for number in range(6)]
    for number, file in enumerate(files):
        file.write_bytes(b"".join(traffic[number * 1000 : (number + 1) * 1000]))
    names = [str(file) for file in files]
    here = _counted(capfd, *names)
    client.wait_for_workers(2, timeout=30)
    pids = client.run(os.getpid)
    killed = threading.Event()

    def kill() -> None:
        """As soon as a worker counts, it is gone."""
        until = time.monotonic() + 30
        while time.monotonic() < until and not killed.is_set():
            busy = [worker for worker, keys in client.processing().items() if keys and worker in pids]
            if busy:
                os.kill(pids[busy[0]], signal.SIGKILL)
                killed.set()
            killed.wait(0.005)

    killer = threading.Thread(target=kill)
    killer.start()
    there = _counted(capfd, "--scheduler", client.scheduler.address, *names)
    killer.join(35)
    assert killed.is_set(), "a worker was killed while it had something to do"
    assert there == here
    assert sum(cell["count"] for cell in here["cells"]) > 1000
