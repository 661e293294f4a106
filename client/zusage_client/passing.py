"""The service's few public paths, passed on by the application, so that everything stands on the site's own origin.

Only what the service needs goes there: of the cookies the choice, never the application's session; of the address the
network, for limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from zusage_client.consent.choice import sent_cookies
from zusage_client.visits import ONCE, Header

#: paths, and beginnings of paths (those that end in `/`, `-` or `.`)
PUBLIC = (
    "/zusage.", "/zusage-", "/settings", "/api/v1/consents", "/api/v1/slips", "/unsubscribe/", "/confirm/",
)  # fmt: skip
#: bytes of a body that is passed on
MOST = 65_536
_SENT = frozenset({
    "accept", "accept-language", "content-type", "origin", "sec-fetch-site", "sec-gpc", "dnt", "if-none-match", "user-agent",
    "access-control-request-method", "access-control-request-headers",
})  # fmt: skip
_NOT_RETURNED = frozenset({
    "connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "date", "server", "upgrade",
    "proxy-authenticate", "trailer", "te",
})  # fmt: skip
#: the language that was chosen on the service's own pages
_LANGUAGE = "lang"


@dataclass(frozen=True, slots=True)
class Call:
    """A request to be passed on: `target` is path and query as they were sent, `origin` the site's own, `network` the
    visitor's (/24, /48)."""

    method: str
    target: str
    origin: str
    headers: Mapping[str, str]
    body: bytes = b""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """What the service answered."""

    status: int
    headers: list[Header] = field(default_factory=list)
    body: bytes = b""


def said(status: int, text: str) -> Returned:
    """A short answer of our own."""
    return Returned(status, [("content-type", "text/plain; charset=utf-8")], text.encode())


def is_passed(path: str, more: Iterable[str] = (), base: str = "") -> bool:
    """Whether a path belongs to the service; `more` are further ones that the site gives to it, with all below them."""
    own = any(
        path == one or (not one[-1].isalnum() and path.startswith(one))
        for one in (f"{base}{public}" for public in PUBLIC)
    )
    return own or any(path == one or path.startswith(f"{one.rstrip('/')}/") for one in more)


def sent_headers(headers: Mapping[str, str], cookie: str) -> dict[str, str]:
    """Of a visitor's headers those that go to the service; `cookie` is the name of the choice's cookie."""
    lower = {name.lower(): value for name, value in headers.items()}
    kept = {name: value for name, value in lower.items() if name in _SENT}
    cookies = sent_cookies(lower.get("cookie", ""))
    own = [f"{name}={cookies[name]}" for name in (cookie, f"{cookie}{ONCE}", _LANGUAGE) if name in cookies]
    return kept | ({"cookie": "; ".join(own)} if own else {})


def returned_headers(headers: Iterable[Header]) -> list[Header]:
    """Of the service's headers those that go to the visitor."""
    return [(name, value) for name, value in headers if name.lower() not in _NOT_RETURNED]


def network_of(address: str) -> str:
    """The network of an address: /24 or /48."""
    return ":".join(address.split(":")[:3]) if ":" in address else ".".join(address.split(".")[:3])
