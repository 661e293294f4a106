"""Clients that send slowly keep nobody else waiting, and are not waited for without end."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import httpx2
import pytest
import uvicorn

from tests.keepers.rights.conftest import Shop
from tests.support.needs import free_port
from zusage.server import patience
from zusage.server.app import create_app

#: bounded: enough to fill every thread of the pool if they took one each
SLOW = 60
HALF_A_HEAD = b"GET /health HTTP/1.1\r\nhost: testserver\r\nx-slow: "
HALF_A_BODY = (
    b"POST /rights HTTP/1.1\r\nhost: testserver\r\ncontent-type: application/x-www-form-urlencoded\r\n"
    b"content-length: 4000\r\n\r\nkind=access&email="
)


@pytest.fixture
def port(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The shop behind the real server, less patient than it is; its port."""
    monkeypatch.setattr(patience, "SECONDS", 2.0)
    where = free_port()
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(shop.workspace),
            host="127.0.0.1",
            port=where,
            log_level="error",
            http=patience.Impatient,
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield where
    server.should_exit = True
    thread.join()


def test_slow_clients_keep_nobody_waiting_and_are_let_go(port: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(SLOW)]
    for number, one in enumerate(slow):
        one.sendall(HALF_A_HEAD if number % 2 else HALF_A_BODY)
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
        for _ in range(3):
            assert client.get("/health").status_code == 200
            form = {"kind": "access", "email": "ada@mail.example"}
            assert client.post("/rights", data=form, headers={"host": "testserver"}).status_code == 303
        dripping, ended = slow[:4], 0
        for one in dripping:
            ended += _drips_until_it_is_let_go(one)
        assert ended == len(dripping), "a byte now and then does not prolong it"
        for one in slow[4:]:
            assert _let_go(one)
        assert client.get("/health").status_code == 200


def _drips_until_it_is_let_go(one: socket.socket) -> bool:
    one.settimeout(0.2)
    for _ in range(100):
        try:
            one.sendall(b"x")
            if one.recv(1000) == b"":
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


def _let_go(one: socket.socket) -> bool:
    try:
        return one.recv(1000) == b""
    except ConnectionError:
        return True
