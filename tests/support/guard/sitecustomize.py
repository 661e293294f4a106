"""Refuses connections to other machines in this process; see `tests/support/loopback.py`.

As `sitecustomize` on `PYTHONPATH`, Python imports it at the start of every process that a test starts.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import Any

_LOCAL_NAMES = {"", "localhost", "localhost.localdomain", "ip6-localhost", None}
_WATCHED = {"socket.connect", "socket.sendto", "socket.sendmsg"}
_ASKING = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}

#: Every attempt, also those whose error a library swallowed.
outside: list[str] = []


class OutsideConnection(PermissionError):
    """Something tried to reach another machine."""


def is_local(host: Any) -> bool:
    """Whether a host is this machine: a loopback address, `localhost`, or nothing."""
    if isinstance(host, bytes):
        host = host.decode("ascii", errors="replace")
    if host in _LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return str(host).endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def _refuse(event: str, host: Any) -> None:
    outside.append(f"{event} {host}")
    raise OutsideConnection(f"the tests forbid {event} to {host!r}: it is not this machine")


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _WATCHED:
        connection, address = arguments[0], arguments[1]
        if connection.family in (socket.AF_INET, socket.AF_INET6) and address and not is_local(address[0]):
            _refuse(event, address[0])
    elif event in _ASKING and not is_local(arguments[0]) and arguments[0] != socket.gethostname():
        _refuse(event, arguments[0])


sys.addaudithook(_watch)
