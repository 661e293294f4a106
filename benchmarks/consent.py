"""`python -m benchmarks.consent`: consents written and decisions made, against bare Starlette endpoints in the same run.

Writes are durable on both sides (SQLite, WAL, `synchronous=FULL`, group commit), into the same table with the same
indexes, empty and filled. The processor time of a request is shown beside the rate: it says the same on a machine that is
not idle. Sixteen connections, turns of both in alternation, medians. `--records` is the fill (the goal
is 1,000,000), `--seconds` the length of a turn. Exit code 1 where a ratio or the size of a record misses its goal.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.server.choices import KEY, choice, make_controller
from tests.support.needs import free_port
from zusage.keepers.consent.banner import spec_from, validate_event
from zusage.keepers.consent.service import from_browser, keep_templates, record_group
from zusage.workspace import Workspace
from zusage_client.tokens import make_token

CONNECTIONS = 16
#: who asks for decisions
BROWSER = "c" * 32
GOALS = {"ratio": 0.8, "bytes": 250}


@dataclass(frozen=True)
class Server:
    """A server's port, and the seconds of processor time it has used."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds, of the program and of the system for it, from the clock that Linux keeps for each process."""
        return time.clock_gettime((~self.pid << 3) | 2)


@contextmanager
def serving(which: str, path: Path, said: str = "null") -> Iterator[Server]:
    """One of the servers in a process of its own; the bare one answers every question with `said` (JSON)."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks._consent_server", which, str(path), str(port), said]
    process = subprocess.Popen(command)
    try:
        asyncio.run(_ready(port))
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(10)


async def _ready(port: int) -> None:
    for _ in range(400):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return
    raise SystemExit("the server does not start")


def request(port: int, path: str, body: dict[str, Any], headers: str = "") -> bytes:
    """A request as it goes over the wire."""
    content = json.dumps(body).encode()
    own = f"http://127.0.0.1:{port}"
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\norigin: {own}\r\nsec-fetch-site: same-origin\r\n"
        f"content-type: application/json\r\ncontent-length: {len(content)}\r\n{headers}\r\n"
    )
    return head.encode() + content


async def answer_of(port: int, asked: bytes) -> str:
    """What a server answers to one request, without its head."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(asked.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n", 1))
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    assert head.startswith(b"HTTP/1.1 200"), head
    return body.decode()


async def load(server: Server, make: Callable[[], bytes], seconds: float) -> tuple[float, float]:
    """(requests a second over all connections, processor time of a request in seconds); every answer must be good."""
    end, answered = time.perf_counter() + seconds, 0

    async def one() -> None:
        nonlocal answered
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        while time.perf_counter() < end:
            writer.write(make())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 20"), head
            length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            if length:
                await reader.readexactly(int(length[0].partition(b":")[2]))
            answered += 1
        writer.close()

    start, used = time.perf_counter(), server.cpu()
    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return answered / (time.perf_counter() - start), (server.cpu() - used) / answered


def fill(path: Path, text: bytes, records: int) -> None:
    """Records as years would have left them, ids and persons at random."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    start = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1000)
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        " INSERT INTO consent_event (id, at, person, answers, text, way)"
        " SELECT randomblob(16), ? + i * 60000, randomblob(16), '-marketing statistics', ?, 4 FROM n",
        (records, start, text),
    )
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def used(path: Path) -> int:
    """Bytes of a database that are in use."""
    connection = sqlite3.connect(path)
    pages = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count"))
    size = (next(pages) - next(pages)) * connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    return int(size)


def records_in(path: Path) -> int:
    """How many events there are."""
    connection = sqlite3.connect(path)
    count = connection.execute("SELECT count(*) FROM consent_event").fetchone()[0]
    connection.close()
    return int(count)


def compare(
    title: str,
    ours: Server,
    bare: Server,
    ask: Callable[[int], Callable[[], bytes]],
    turns: int,
    seconds: float,
) -> float:
    """One line of the table; the ratio of the rates: the median of the ratios of neighbouring turns, which had the same
    machine."""
    seen: dict[Server, list[tuple[float, float]]] = {ours: [], bare: []}
    for turn in range(turns):
        # neither is always the first of a pair
        for server in (ours, bare) if turn % 2 else (bare, ours):
            seen[server].append(asyncio.run(load(server, ask(server.port), seconds)))
    mine, other = (
        [statistics.median(column) for column in zip(*seen[one], strict=True)] for one in (ours, bare)
    )
    pairs = list(zip(seen[ours], seen[bare], strict=True))
    ratio = statistics.median(one[0] / two[0] for one, two in pairs)
    spared = statistics.median(two[1] / one[1] for one, two in pairs)
    rates = f"{mine[0]:>7,.0f}/s {other[0]:>7,.0f}/s {ratio:>6.2f}"
    times = f"{mine[1] * 1e6:>7,.0f} µs {other[1] * 1e6:>7,.0f} µs {spared:>6.2f}"
    print(f"{title:30} {rates}   {times}", flush=True)
    return float(ratio)


def asking(
    workspace: Workspace,
) -> tuple[Callable[[int], Callable[[], bytes]], Callable[[int], Callable[[], bytes]]]:
    """Makers of choices and of questions for a port; `BROWSER` has agreed."""
    body = choice(workspace)
    spec, now = spec_from(workspace.declaration), datetime.now(UTC)
    agreed = validate_event(json.dumps(choice(workspace, browser=BROWSER)).encode(), spec)
    with workspace.state.begin() as connection:
        keep_templates(connection, spec, now)
        record_group(workspace.context, connection, [from_browser(agreed, now)], now)
    token = make_token(KEY, {"application": True}, datetime.now(UTC))
    bearer = f"authorization: Bearer {token}\r\n"

    def choices(port: int) -> Callable[[], bytes]:
        whole = request(port, "/api/v1/consents", body)
        first, second = body["id"].encode(), body["browser"].encode()

        def make() -> bytes:
            return whole.replace(first, secrets.token_hex(16).encode()).replace(
                second, secrets.token_hex(16).encode()
            )

        return make

    def questions(port: int) -> Callable[[], bytes]:
        asked = {"purpose": "statistics", "browser": BROWSER}
        whole = request(port, "/api/v1/decisions", asked, bearer)
        return lambda: whole

    return choices, questions


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=0.7)
    parser.add_argument("--turns", type=int, default=7)
    wanted = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as name:
        workspace = make_controller(Path(name) / "zusage")
        state, other = workspace.folder / "state.db", Path(name) / "bare.db"
        choices, questions = asking(workspace)
        print(f"{'':30} {'zusage':>9} {'bare':>9} {'ratio':>6}   {'processor':>10} {'bare':>10} {'ratio':>6}")
        for records in (0, wanted.records):
            if records:
                fill(state, bytes.fromhex(choice(workspace)["template"]), records)
            _copy(state, other)
            before, there = used(state), records_in(state)
            with ExitStack() as stack:
                ours = stack.enter_context(serving("zusage", workspace.folder))
                said = asyncio.run(answer_of(ours.port, questions(ours.port)()))
                bare = stack.enter_context(serving("bare", other, said))
                ratio = compare(
                    f"consents, {there:,} on record", ours, bare, choices, wanted.turns, wanted.seconds
                )
                good &= ratio >= GOALS["ratio"]
                if not records:
                    ratio = compare("decisions", ours, bare, questions, wanted.turns, wanted.seconds)
                    good &= ratio >= GOALS["ratio"]
            written = records_in(state) - there
            size = (used(state) - before) / written
            print(
                f"{'':34} {size:.0f} bytes a record ({written:,} written), with indexes and ledger (goal {GOALS['bytes']})"
            )
            good &= size <= GOALS["bytes"]
    return 0 if good else 1


def _copy(state: Path, other: Path) -> None:
    """The same database for the rival."""
    with sqlite3.connect(state) as source, sqlite3.connect(other) as target:
        source.backup(target)
    source.close()
    target.close()


if __name__ == "__main__":
    sys.exit(main())
