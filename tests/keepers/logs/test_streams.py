"""Lines from a pipe and by syslog on loopback: each once, on one line, and not from outside."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable

import pytest

from tests.keepers.logs.conftest import NOW, Room, line
from zusage.keepers.logs.binding import LogSource
from zusage.keepers.logs.intake import take_stream
from zusage.keepers.logs.streams import NotLoopback, Syslog, frames, runs, without_head

Rooms = Callable[..., Room]
SOURCE = LogSource(path="-", site="shop.example", customer="own")


def test_a_pipe_is_taken_in_and_published_on_the_way(room: Rooms) -> None:
    here = room()
    lines = [line(n) for n in range(500)]
    taken = take_stream(
        here.vault(), SOURCE, runs(io.BytesIO(b"".join(lines)), size=9000), lambda: NOW, every=20_000
    )
    assert taken.lines == 500
    assert here.acts("logs/taken-in") != ["logs/taken-in"]
    assert sorted(here.lines().splitlines()) == sorted(b"".join(lines).splitlines())
    assert here.counted() == here.recounted()


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (b"<190>Apr  1 10:00:00 web nginx: 1.2.3.4 - -", b"1.2.3.4 - -"),
        (b"<190>Apr  1 10:00:00 nginx: 1.2.3.4 - -", b"1.2.3.4 - -"),
        (b"<190>1 2026-04-01T10:00:00Z web nginx 12 ID [a@1 b=\"c\"] 1.2.3.4 - -", b"1.2.3.4 - -"),
        (b"<190>1 2026-04-01T10:00:00Z web nginx - - - \xef\xbb\xbf1.2.3.4 - -", b"1.2.3.4 - -"),
        (b"1.2.3.4 - -", b"1.2.3.4 - -"),
        (b"<190>Apr  1 10:00:00 web nginx: 1.2.3.4\n9.9.9.9 forged", b"1.2.3.4 9.9.9.9 forged"),
    ],
)  # fmt: skip
def test_heads_come_off_and_a_message_stays_one_line(message: bytes, text: bytes) -> None:
    assert without_head(message) == text


def test_frames_by_count_and_by_line_end() -> None:
    buffer = bytearray(b"5 <1>ab8 <1>c\nd e<2>rest\nhalf")
    assert frames(buffer) == [b"<1>ab", b"<1>c\nd e"[:8], b"<2>rest"]
    assert buffer == b"half"


def test_syslog_over_udp_and_tcp(room: Rooms) -> None:
    here = room()
    server = Syslog()
    lines = [line(n).rstrip(b"\n") for n in range(300)]

    def send() -> None:
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for each in lines[:100]:
            udp.sendto(b"<190>Apr  1 10:00:00 web nginx: " + each, (server.host, server.port))
        with socket.create_connection((server.host, server.port)) as tcp:
            for each in lines[100:200]:
                message = b"<190>1 2026-04-01T10:00:00Z web nginx - - - " + each
                tcp.sendall(str(len(message)).encode() + b" " + message)
            for each in lines[200:]:
                tcp.sendall(b"<190>Apr  1 10:00:00 web nginx: " + each + b"\n")
        udp.close()
        threading.Timer(0.5, server.stop).start()

    threading.Thread(target=send).start()
    taken = take_stream(here.vault(), SOURCE, server.runs(wait=0.1), lambda: NOW)
    assert (taken.lines, taken.counted) == (300, 300)
    assert sorted(here.lines().splitlines()) == sorted(lines)


def test_only_loopback_is_listened_on() -> None:
    with pytest.raises(NotLoopback):
        Syslog("0.0.0.0")
