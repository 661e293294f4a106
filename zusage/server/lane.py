"""The fast lane: the few routes that every page view may ask go past the router, which would try some hundred others first.

The same functions are declared as routes, too, so that they are described and reached in every case.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from zusage.server.applications import Application
from zusage.server.entrance import vouched

Endpoint = Callable[[Request], Awaitable[Response]]
#: all that such answers need: no cache keeps the answer to a `POST` that does not ask for it (RFC 9110, 9.3.3)
_HEADERS = [(b"x-content-type-options", b"nosniff")]


class FastLane:
    """Serves `POST` requests of exactly these paths by their functions.

    The functions read no more of a body than they need, answer errors themselves, and their answers are whole: none streams.
    """

    def __init__(self, posts: Mapping[str, Endpoint], application: Application) -> None:
        self.posts, self.application = posts, application

    def serves(self, scope: Scope) -> bool:
        """Whether a request goes here."""
        return scope.get("method") == "POST" and scope["path"] in self.posts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI, for what it serves."""
        endpoint = self.posts[scope["path"]]
        try:
            answer = await endpoint(Request(vouched(scope, self.application), receive))
        except ClientDisconnect:
            return
        headers = [*answer.raw_headers, *_HEADERS]
        await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})
