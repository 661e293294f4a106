"""What every answer carries and every change must show: headers, same origin, CSRF token, limits."""

from __future__ import annotations

import hmac
import threading
import time
from collections import OrderedDict
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: nothing from elsewhere, no inline script or style
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
)
_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    # not `no-referrer`: browsers would then send the forms of our own pages without saying where they come from
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
#: the same as they go out, and: pages are not stored by caches
_RAW = [(name.encode(), value.encode()) for name, value in {**_HEADERS, "cache-control": "no-store"}.items()]


class SecurityHeaders:
    """Adds the headers to every answer that does not set its own; pages are not stored by caches."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message.get("headers", ())
                names = {name.lower() for name, _ in own}
                message["headers"] = [*own, *(one for one in _RAW if one[0] not in names)]
            await send(message)

        await self.app(scope, receive, with_headers)


def same_origin(headers: Headers) -> bool:
    """Whether a browser says that a request comes from our own pages; programs, which say nothing, pass."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def csrf_matches(request: Request, expected: str, sent: str | None) -> bool:
    """Whether a change carries the session's token, as form field or header, from our own origin."""
    token = sent or request.headers.get("x-csrf-token") or ""
    return same_origin(request.headers) and hmac.compare_digest(token, expected)


class TokenBucket:
    """At most `rate` events a second on average and `burst` at once, per key; keys are forgotten when full again."""

    def __init__(self, rate: float, burst: int, *, most_keys: int = 50_000) -> None:
        self.rate, self.burst, self.most_keys = rate, burst, most_keys
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> bool:
        """Whether one more event of `key` is allowed now."""
        moment = time.monotonic()
        with self._lock:
            level, since = self._filled.pop(key, (float(self.burst), moment))
            level = min(self.burst, level + (moment - since) * self.rate)
            allowed = level >= 1
            self._filled[key] = (level - 1 if allowed else level, moment)
            if len(self._filled) > self.most_keys:
                self._filled.popitem(last=False)
        return allowed


def network_of(request: Request) -> str:
    """The caller's network (/24, /48), for limits only; never stored."""
    host = request.client.host if request.client else ""
    if ":" in host:
        return ":".join(host.split(":")[:3])
    return ".".join(host.split(".")[:3])
