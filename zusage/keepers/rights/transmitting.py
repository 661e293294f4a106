"""Portability to another controller (Art. 20(2)): the same file that the person gets, to the address a person here released.

An address that somebody typed is never called by rule: a member of staff grants, and only https is spoken, without following
redirects. The request is answered once the other side took the file; what it did not take is tried again.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx2

from zusage.errors import StoreUnreachable
from zusage.keepers.context import Context
from zusage.keepers.rights.packages import download_token, open_package
from zusage.registers.requests import Kind, Request

_TIMEOUT = 30.0  # seconds
_LOCAL = ("127.0.0.1", "localhost", "::1")


class NotTransmitted(StoreUnreachable):
    """The other controller did not take the file; it is sent again later with the same key."""


def target_of(request: Request) -> str | None:
    """Where the person wants their data sent, if anywhere."""
    said = (request.details or {}).get("transmit_to")
    return str(said) if said and request.kind is Kind.PORTABILITY else None


def is_address(said: str) -> bool:
    """Whether an address may be used: https, or this very machine."""
    parts = urlsplit(said)
    return bool(parts.hostname) and (parts.scheme == "https" or parts.hostname in _LOCAL)


def transmit(context: Context, request: Request, target: str) -> bool:
    """Send the package; whether there was one. Raises `NotTransmitted`. At least once, with the same key."""
    content = open_package(context, download_token(context, request.id))
    if content is None:
        return False
    headers = {"content-type": "application/zip", "idempotency-key": request.id}
    try:
        answer = httpx2.post(
            target, content=content, headers=headers, timeout=_TIMEOUT, follow_redirects=False
        )
    except httpx2.HTTPError:
        raise NotTransmitted("the other controller cannot be reached") from None
    if not 200 <= answer.status_code < 300:
        raise NotTransmitted(f"the other controller answered {answer.status_code}")
    return True
