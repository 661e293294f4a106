"""`ConsentMiddleware` for FastAPI and Starlette, and any other ASGI application.

    app.add_middleware(ConsentMiddleware, zusage=Zusage("http://127.0.0.1:8600", key))

Handlers find the visitor as `request.scope["zusage"]`, a `Visit`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from zusage_client.client import Zusage
from zusage_client.passing import MOST, Call, Returned, is_passed, network_of
from zusage_client.sharing import as_recorded, must_compare
from zusage_client.visits import Header, Treatment, Visit, is_page

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Slipped = Callable[[str, str, str], None] | None
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class ConsentMiddleware:
    """Filters what leaves, sets the banner into pages, sends the policy, passes the service's public paths on.

    Without a `zusage` nothing that needs a yes leaves either: no cookie but the `necessary` ones, no third party. `passed`
    are further paths that belong to the service (`/notice`, `/rights/`); `treatment` holds the options. Place it inside of
    anything that compresses.
    """

    def __init__(
        self,
        app: App,
        zusage: Zusage | None = None,
        *,
        passed: Sequence[str] = (),
        treatment: Treatment | None = None,
    ) -> None:
        self.app = app
        self.zusage = zusage
        self.passed = tuple(passed)
        self.treatment = treatment or Treatment()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if self.zusage is not None and is_passed(scope["path"], self.passed):
            await _answer(send, await self._pass_on(self.zusage, scope, headers, receive))
            return
        visit = self.treatment.visit(await self._published(), headers)
        if self.zusage is not None and must_compare(visit, headers):
            origin, now = _origin(scope, headers), self.treatment.now()
            visit = await asyncio.to_thread(as_recorded, self.zusage, visit, origin, now)
        scope["zusage"] = visit
        # a file sent by its path could not be changed
        scope["extensions"] = {
            name: one
            for name, one in (scope.get("extensions") or {}).items()
            if name != "http.response.pathsend"
        }
        response = _Response(
            self.treatment, visit, headers, send, self.zusage.slipped if self.zusage else None
        )
        await self.app(scope, receive, response.send)

    async def _published(self) -> Any:
        if self.zusage is None:
            return None
        if self.zusage.is_fresh:
            return self.zusage.published()
        return await asyncio.to_thread(self.zusage.published)

    async def _pass_on(
        self, zusage: Zusage, scope: Scope, headers: dict[str, str], receive: Receive
    ) -> Returned:
        body = await _body(receive)
        raw = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
        query = scope.get("query_string", b"").decode("latin-1")
        client = scope.get("client")
        call = Call(
            scope["method"], raw + (f"?{query}" if query else ""), _origin(scope, headers), headers, body,
            network_of(client[0]) if client else "",
        )  # fmt: skip
        return await asyncio.to_thread(zusage.pass_on, call)


def _origin(scope: Scope, headers: dict[str, str]) -> str:
    host = next((value for name, value in headers.items() if name.lower() == "host"), "localhost")
    return f"{scope.get('scheme', 'http')}://{host}"


async def _body(receive: Receive) -> bytes:
    """The request's body; of a longer one than may be passed on so much that it shows."""
    taken = bytearray()
    while True:
        message = await receive()
        taken += message.get("body", b"")
        if len(taken) > MOST or not message.get("more_body", False):
            return bytes(taken)


async def _answer(send: Send, returned: Returned) -> None:
    headers = [*returned.headers, ("content-length", str(len(returned.body)))]
    await send({"type": "http.response.start", "status": returned.status, "headers": _raw(headers)})
    await send({"type": "http.response.body", "body": returned.body})


def _raw(headers: list[Header]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


class _Response:
    """Takes an application's messages and sends on what may leave: pages whole, everything else as it comes."""

    def __init__(
        self, treatment: Treatment, visit: Visit, sent: dict[str, str], send: Send, slipped: Slipped
    ) -> None:
        self.treatment, self.visit, self.sent, self.pass_to = treatment, visit, sent, send
        self.slipped = slipped
        self.page: tuple[Message, list[Header]] | None = None
        self.body = bytearray()

    async def send(self, message: Message) -> None:
        """One message of the application."""
        if message["type"] == "http.response.start":
            headers = [
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in message.get("headers", ())
            ]
            left = self.treatment.headers(self.visit, headers, self.sent, self.slipped)
            if is_page(headers):
                self.page = message, self.treatment.page_headers(self.visit, left)
                return
            message["headers"] = _raw(left)
        elif message["type"] == "http.response.body" and self.page is not None:
            await self._page(message, *self.page)
            return
        await self.pass_to(message)

    async def _page(self, message: Message, start: Message, headers: list[Header]) -> None:
        self.body += message.get("body", b"")
        if message.get("more_body", False):
            return
        body = self.treatment.page(self.visit, bytes(self.body)) if self.body else b""
        if body:
            headers = [*headers, ("content-length", str(len(body)))]
        start["headers"] = _raw(headers)
        await self.pass_to(start)
        await self.pass_to({"type": "http.response.body", "body": body})
