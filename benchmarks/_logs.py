"""Synthetic access logs and measuring for the benchmarks of logs; nothing here is run by itself."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

AGENTS = [
    *(f"Mozilla/5.0 (X11; Linux x86_64; rv:{n}.0) Gecko/20100101 Firefox/{n}.0" for n in range(90, 140)),
    *(f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{n}.0.0.0 Safari/537.36"
      for n in range(100, 150)),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """What one measured run took: wall seconds, CPU seconds of the process tree, peak anonymous memory in MB."""

    seconds: float
    cpu: float
    megabytes: float


#: so many bytes are invented; a larger log is these again, day by day
INVENTED = 256_000_000


def write_lines(path: Path, size: int, *, as_json: bool = False, seed: int = 1) -> None:
    """About `size` bytes of combined (or JSON) lines: ads, pages, mail addresses in queries, TLS garbage, 1 in 7 IPv6."""
    first = "2026-04-01" if as_json else "01/Apr/2026"
    with path.open("wb") as file:
        for content in _invented(min(size, INVENTED), as_json, seed):
            file.write(content)
    with path.open("r+b") as file:
        block = file.read() if size > INVENTED else b""
        day, written = datetime(2026, 4, 1, tzinfo=UTC), len(block)
        while block and written < size:
            day += timedelta(days=1)
            named = day.strftime("%Y-%m-%d" if as_json else "%d/%b/%Y")
            file.write(block.replace(first.encode(), named.encode()))
            written += len(block)


def beginning(path: Path, size: int) -> Path:
    """The first lines of a log, about `size` bytes, in a file beside it; the log itself if it is not larger."""
    if path.stat().st_size <= size:
        return path
    short = path.with_name("beginning.log")
    with path.open("rb") as file:
        content = file.read(size)
    short.write_bytes(content[: content.rfind(b"\n") + 1])
    return short


def _invented(size: int, as_json: bool, seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    addresses = [
        f"2003:{chance.randrange(65536):x}:{chance.randrange(65536):x}:{n % 65536:x}::{chance.randrange(65536):x}"
        if n % 7 == 0
        else f"{chance.randrange(1, 224)}.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
        for n in range(400_000)
    ]
    at, written, number = datetime(2026, 4, 1, tzinfo=UTC), 0, 0
    while written < size:
        lines = []
        for _ in range(2000):
            if number % 18 == 0:
                at += timedelta(seconds=1)
            lines.append(_line(chance, addresses, at, number, as_json))
            number += 1
        content = "".join(lines).encode()
        yield content
        written += len(content)


def _line(chance: random.Random, addresses: list[str], at: datetime, number: int, as_json: bool) -> str:
    address = addresses[min(len(addresses) - 1, int(chance.paretovariate(0.3)))]
    kind, banner = chance.random(), min(400, int(chance.paretovariate(1)))
    if kind < 0.45:
        request = f"GET /deliver?banner=B{banner}&zone=Z{chance.randrange(40)}&cb={chance.randrange(10**9)} HTTP/1.1"
    elif kind < 0.5:
        request = f"GET /konto?mail=p{number}@example.org HTTP/1.1"
    elif kind < 0.5005:
        request = "\\x16\\x03\\x01"
    else:
        request = f"GET /seite/{min(3000, int(chance.paretovariate(0.8)))}/artikel.html HTTP/1.1"
    status, size, agent = (
        chance.choice((200, 200, 200, 304, 404)),
        chance.randrange(100, 90_000),
        chance.choice(AGENTS),
    )
    referrer = f"https://www.beispiel{chance.randrange(300)}.example/pfad/{number % 300}"
    if as_json:
        content = {
            "time": at.isoformat(), "ip": address, "request": request, "status": status, "size": size,
            "referrer": referrer, "ua": agent,
        }  # fmt: skip
        return json.dumps(content) + "\n"
    stamp = at.strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'{address} - - [{stamp}] "{request}" {status} {size} "{referrer}" "{agent}"\n'


def measure(command: Sequence[str], source: Path | None = None, target: str = os.devnull) -> Run:
    """Run a command (standard input from `source`) and watch its process tree."""
    before, start = os.times(), time.perf_counter()
    with open(source or os.devnull, "rb") as given, open(target, "wb") as taken:  # noqa: PTH123
        process = subprocess.Popen(command, stdin=given, stdout=taken, stderr=subprocess.DEVNULL)
        peak = _Peak(process.pid)
        code = process.wait()
    seconds, after = time.perf_counter() - start, os.times()
    peak.stop()
    if code:
        raise RuntimeError(f"{command[0]} failed with {code}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(seconds, cpu, peak.megabytes)


class _Peak:
    """Polls the anonymous memory of a process and its children."""

    def __init__(self, pid: int) -> None:
        self.megabytes, self._pid, self._over = 0.0, pid, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self.megabytes = max(self.megabytes, sum(map(_anonymous, _tree(self._pid))) / 1000)

    def stop(self) -> None:
        self._over.set()
        self._thread.join()


def _tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in _tree(int(child)))]


def _anonymous(pid: int) -> int:
    """Anonymous memory and shared memory (memfd) in kB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon", "RssShmem")))


def best(run: Callable[[], Run], times: int) -> Run:
    """The fastest of several runs."""
    return min((run() for _ in range(times)), key=lambda each: each.seconds)


def anonip(source: Path, times: int) -> Run | None:
    """The rival: anonip with /24 and /48, as declared; None where it is not installed."""
    if importlib.util.find_spec("anonip") is None:
        print("anonip is not installed (pip install anonip): no ratio to it")
        return None
    command = [sys.executable, "-m", "anonip", "-4", "8", "-6", "80"]
    return best(lambda: measure(command, source), times)


def row(name: str, run: Run, size: int, rival: Run | None) -> None:
    """One line of a table: MB/s, MB per CPU second, peak memory, ratio of wall time and of CPU time to the rival."""
    ratio = f"{rival.seconds / run.seconds:6.1f} ×  {rival.cpu / run.cpu:6.1f} ×" if rival else ""
    print(
        f"{name:<44}{size / run.seconds / 1e6:8.1f}{size / run.cpu / 1e6:10.1f}{run.megabytes:8.0f}   {ratio}",
        flush=True,
    )


def heading(size: int) -> None:
    """The table's head."""
    print(f"{size / 1e6:.0f} MB, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'':<44}{'MB/s':>8}{'MB/CPU-s':>10}{'MB':>8}   anonip: wall, CPU")
