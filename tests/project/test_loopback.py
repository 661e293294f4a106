"""The guard under which the whole suite runs holds in this process and in those it starts."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import urllib.request

import pytest

from tests.support.loopback import OutsideConnection, guard


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "", None, b"localhost", "a.localhost"]
)
def test_this_machine(host: str | bytes | None) -> None:
    assert guard.is_local(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "mail.example.org", "128.0.0.1"])
def test_another_machine(host: str) -> None:
    assert not guard.is_local(host)


def test_connecting_outside_raises_and_is_remembered() -> None:
    with contextlib.closing(socket.socket()) as connection, pytest.raises(OutsideConnection):
        connection.connect(("192.0.2.1", 80))
    with pytest.raises(OutsideConnection):
        socket.getaddrinfo("zusage.example", 443)
    # what a library swallows still counts
    with contextlib.suppress(OSError):
        urllib.request.urlopen("http://zusage.example/", timeout=1)
    assert len(guard.outside) == 3
    guard.outside.clear()


def test_a_child_process_is_guarded() -> None:
    program = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=2)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "OutsideConnection" in done.stderr


def test_loopback_is_free() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as mine,
    ):
        assert mine.getpeername() == server.getsockname()
