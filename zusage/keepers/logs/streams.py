"""Lines that come through a pipe or as syslog on loopback, gathered into runs that are worth a scan.

Syslog: RFC 5424 and 3164 heads are taken off, frames by octet count or line end (RFC 6587) over TCP, one message a
datagram over UDP. Only loopback is listened on: syslog has no authentication, and lines are personal data.
"""

from __future__ import annotations

import ipaddress
import re
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from zusage.errors import ZusageError

#: A run is passed on when it has so many bytes, or its first line has waited so long (seconds).
RUN_BYTES = 4 << 20
WAIT = 2.0
_LARGEST_MESSAGE = 1 << 20

_HEAD = re.compile(
    rb"<\d{1,3}>(?:1 \S+ \S+ \S+ \S+ \S+ (?:-|(?:\[(?:[^\]\\]|\\.)*\])+) ?(?:\xef\xbb\xbf)?"
    rb"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:\S+ )?[^\s:\[]+(?:\[\d+\])?: ?)"
)


class NotLoopback(ZusageError):
    """Syslog on an address that others reach."""


def runs(stream: BinaryIO, size: int = RUN_BYTES, wait: float = WAIT) -> Iterator[bytes]:
    """Whole lines from a pipe or file, in runs; the last one may lack its end."""
    read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    held: list[bytes] = []
    gathered, since = 0, time.monotonic()
    while chunk := read(size):
        held.append(chunk)
        gathered += len(chunk)
        if gathered < size and time.monotonic() - since < wait:
            continue
        joined = b"".join(held)
        end = joined.rfind(b"\n") + 1
        if end:
            yield joined[:end]
            held, gathered = [joined[end:]], len(joined) - end
        since = time.monotonic()
    if rest := b"".join(held):
        yield rest


def without_head(message: bytes) -> bytes:
    """A syslog message's text on one line: line ends inside become spaces, so that nobody forges a line."""
    text = _HEAD.sub(b"", message, count=1) if message.startswith(b"<") else message
    return text.rstrip(b"\r\n\0").replace(b"\n", b" ").replace(b"\r", b" ")


@dataclass(slots=True)
class Syslog:
    """Listens on loopback, UDP and TCP on the same port. `port` 0 takes a free one; read `address` afterwards."""

    host: str = "127.0.0.1"
    port: int = 0

    def __post_init__(self) -> None:
        if not ipaddress.ip_address(self.host).is_loopback:
            raise NotLoopback(
                f"syslog is taken from loopback only, not on {self.host}",
                hint="let a local rsyslog or syslog-ng receive from outside, with TLS, and forward to 127.0.0.1",
            )
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._tcp = socket.create_server((self.host, self.port), family=family)
        self.port = self._tcp.getsockname()[1]
        self._udp = socket.socket(family, socket.SOCK_DGRAM)
        self._udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self._udp.bind((self.host, self.port))
        self._selector = selectors.DefaultSelector()
        self._buffers: dict[int, bytearray] = {}
        for each in (self._tcp, self._udp):
            each.setblocking(False)
            self._selector.register(each, selectors.EVENT_READ)
        self._stopped = False

    _tcp: socket.socket = None  # type: ignore[assignment]
    _udp: socket.socket = None  # type: ignore[assignment]
    _selector: selectors.BaseSelector = None  # type: ignore[assignment]
    _buffers: dict[int, bytearray] = None  # type: ignore[assignment]
    _stopped: bool = False

    def stop(self) -> None:
        """Let `runs` end after what has arrived."""
        self._stopped = True

    def runs(self, size: int = RUN_BYTES, wait: float = WAIT) -> Iterator[bytes]:
        """Whole lines in runs, until `stop`."""
        held: list[bytes] = []
        gathered, since = 0, time.monotonic()
        while True:
            ready = self._selector.select(0.2)
            for key, _ in ready:
                arrived = self._arrived(key.fileobj)
                held += arrived
                gathered += sum(map(len, arrived))
            if held and (gathered >= size or time.monotonic() - since >= wait or self._stopped):
                yield b"".join(held)
                held, gathered = [], 0
            if not held:
                since = time.monotonic()
            if self._stopped and not ready:
                self._close()
                return

    def _arrived(self, ready: object) -> list[bytes]:
        if ready is self._udp:
            messages = []
            while True:
                try:
                    messages.append(without_head(self._udp.recv(65536)) + b"\n")
                except BlockingIOError:
                    return messages
        if ready is self._tcp:
            connection, _ = self._tcp.accept()
            connection.setblocking(False)
            self._selector.register(connection, selectors.EVENT_READ)
            self._buffers[connection.fileno()] = bytearray()
            return []
        assert isinstance(ready, socket.socket)
        return self._from_connection(ready)

    def _from_connection(self, connection: socket.socket) -> list[bytes]:
        buffer = self._buffers[connection.fileno()]
        try:
            chunk = connection.recv(1 << 18)
        except (BlockingIOError, ConnectionResetError):
            chunk = b""
        buffer += chunk
        messages = frames(buffer)
        if not chunk:
            rest = [bytes(buffer)] if buffer else []
            self._selector.unregister(connection)
            del self._buffers[connection.fileno()]
            connection.close()
            messages += rest
        return [without_head(each) + b"\n" for each in messages]

    def _close(self) -> None:
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._selector.close()


def frames(buffer: bytearray) -> list[bytes]:
    """Takes complete messages off a TCP buffer: `LENGTH SP MESSAGE`, or up to a line end."""
    messages = []
    while buffer:
        counted = re.match(rb"([1-9]\d{0,6}) (?=<)", buffer)
        if counted and int(counted[1]) <= _LARGEST_MESSAGE:
            start, length = counted.end(), int(counted[1])
            if len(buffer) < start + length:
                break
            messages.append(bytes(buffer[start : start + length]))
            del buffer[: start + length]
            continue
        end = buffer.find(b"\n")
        if end < 0:
            break
        messages.append(bytes(buffer[:end]))
        del buffer[: end + 1]
    return messages
