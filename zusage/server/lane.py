"""The fast lane: the few routes that every page view may ask go past the router, which would try some hundred others first.

The same functions are declared as routes, too, so that they are described and reached in every case.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zusage.server.applications import Application
from zusage.server.entrance import vouched

Endpoint = Callable[[Request], Awaitable[Response]]
#: all that such answers need: nobody shows them, nobody keeps them
_HEADERS = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]


class FastLane:
    """Sends `POST` requests of exactly these paths to their functions, everything else on.

    The functions read no more of a body than they need, and answer errors themselves.
    """

    def __init__(self, app: ASGIApp, posts: Mapping[str, Endpoint], application: Application) -> None:
        self.app, self.posts, self.application = app, posts, application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        endpoint = self.posts.get(scope["path"]) if scope.get("method") == "POST" else None
        if endpoint is None:
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        scope = vouched(scope, self.application)
        try:
            answer = await endpoint(Request(scope, receive))
        except ClientDisconnect:
            return
        await answer(scope, receive, with_headers)
