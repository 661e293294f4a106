"""What stands between a site and its visitors, and sets cookies of its own: a content delivery network."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass
class Edge:
    """An ASGI application in front of another; `cookies` are `Set-Cookie` values that it adds to every answer."""

    app: Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
    cookies: list[str] = field(default_factory=list)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """ASGI."""

        async def with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [(b"set-cookie", cookie.encode()) for cookie in self.cookies]
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        await self.app(scope, receive, with_cookies)
