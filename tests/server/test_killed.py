"""`kill -9` while many choose: each choice that was acknowledged is on record, and the ledger verifies."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from tests.server.choices import KEY, choice, make_controller
from tests.support.needs import free_port
from zusage import clock
from zusage.cli.main import run
from zusage.registers.consents import EVENTS
from zusage.workspace import Workspace
from zusage_client import Zusage
from zusage_client.tokens import make_token

_START = "from zusage.cli.main import main; main()"
_CONNECTIONS = 16
#: each network may choose two hundred times at once, and no more than five times a second then
_NETWORKS = 1000


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`zusage serve` in a process of its own, and its port."""
    port = free_port()
    command = [sys.executable, "-c", _START, "serve", "-w", str(folder), "--port", str(port), "--no-worker"]
    process = subprocess.Popen(command)
    try:
        for _ in range(200):
            try:
                if httpx2.get(f"http://127.0.0.1:{port}/health", timeout=2).status_code == 200:
                    break
            except httpx2.HTTPError:
                assert process.poll() is None
                time.sleep(0.05)
        yield process, port
    finally:
        process.kill()
        process.wait()


class Crowd:
    """Visitors of as many networks as needed, who choose without end, over a few connections that never rest."""

    def __init__(self, workspace: Workspace, port: int) -> None:
        self.port = port
        self.acknowledged: list[str] = []
        self._body = choice(workspace)
        said = (
            {"origin": "http://testserver", "network": f"10.{n // 250}.{n % 250}"} for n in range(_NETWORKS)
        )
        self._tokens = [make_token(KEY, facts, datetime.now(UTC)) for facts in said]

    async def choose(self) -> None:
        """One connection, until the server is gone."""
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            while True:
                id, browser = secrets.token_hex(16), secrets.token_hex(16)
                body = json.dumps(self._body | {"id": id, "browser": browser}).encode()
                head = (
                    "POST /api/v1/consents HTTP/1.1\r\nhost: zusage\r\norigin: http://testserver\r\n"
                    f"sec-fetch-site: same-origin\r\nzusage-forwarded: {secrets.choice(self._tokens)}\r\n"
                    f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
                )
                writer.write(head.encode() + body)
                said = await reader.readuntil(b"\r\n\r\n")
                assert said.startswith(b"HTTP/1.1 204"), said
                self.acknowledged.append(id)

    async def until_killed(self, process: subprocess.Popen[bytes], seconds: float, least: int) -> None:
        """Everybody chooses for so long and at least so often; then the server is killed."""
        choosing = [asyncio.create_task(self.choose()) for _ in range(_CONNECTIONS)]
        ends = time.monotonic() + seconds
        while len(self.acknowledged) < least or time.monotonic() < ends:
            assert not any(one.done() for one in choosing), [
                one.exception() for one in choosing if one.done()
            ]
            await asyncio.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        await asyncio.gather(*choosing)


@pytest.mark.parametrize("seconds", [0, pytest.param(30, marks=pytest.mark.torture)])
def test_kill_9_under_load_loses_no_acknowledged_choice(tmp_path: Path, seconds: float) -> None:
    controller = make_controller(tmp_path / "zusage")
    with served(controller.folder) as (process, port):
        crowd = Crowd(controller, port)
        asyncio.run(crowd.until_killed(process, seconds, 400))
    print(f"{len(crowd.acknowledged):,} choices were acknowledged in {seconds} s")
    with controller.state.connect() as connection:
        there = {bytes(id).hex() for id in connection.execute(select(EVENTS.c.id)).scalars()}
    assert set(crowd.acknowledged) <= there
    sealed = controller.context.ledger.seal(controller.state, clock.now())
    assert sealed is not None
    assert run(["ledger", "verify", "-w", str(controller.folder)]) == 0
    with served(controller.folder) as (_, port), Zusage(f"http://127.0.0.1:{port}", KEY) as zusage:
        assert zusage.may("statistics").code == "no-consent", "the service goes on"
