"""The fast lane: the few routes that every page view may ask go past the router, which would try some hundred others first.

The same functions are declared as routes, too, so that they are described and reached in every case.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

Endpoint = Callable[[Request], Awaitable[Response]]


class FastLane:
    """Sends `POST` requests of exactly these paths to their functions, everything else on."""

    def __init__(self, app: ASGIApp, posts: Mapping[str, Endpoint]) -> None:
        self.app, self.posts = app, posts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        endpoint = self.posts.get(scope["path"]) if scope.get("method") == "POST" else None
        if endpoint is None:
            await self.app(scope, receive, send)
            return
        try:
            answer = await endpoint(Request(scope, receive))
        except ClientDisconnect:
            return
        await answer(scope, receive, send)
