"""The fast lane: the few routes that every page view may ask go past the router, which would try some hundred others first.

The same functions are declared as routes, too, so that they are described and reached in every case.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from zusage.server.applications import Application
from zusage.server.entrance import vouched

Endpoint = Callable[[Request], Awaitable[Response]]
#: all that such answers need: nobody shows them, nobody keeps them
_HEADERS = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]


class FastLane:
    """Serves `POST` requests of exactly these paths by their functions.

    The functions read no more of a body than they need, and answer errors themselves.
    """

    def __init__(self, posts: Mapping[str, Endpoint], application: Application) -> None:
        self.posts, self.application = posts, application

    def serves(self, scope: Scope) -> bool:
        """Whether a request goes here."""
        return scope.get("method") == "POST" and scope["path"] in self.posts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI, for what it serves."""
        endpoint = self.posts[scope["path"]]

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
