"""How long pages take: by page, title and day, and of nobody. What called, from where and in which session is not looked at."""

from __future__ import annotations

import re
import time

from sqlalchemy import update
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zusage.deployments.hosting import put_row
from zusage.deployments.marketplace.app.shop import Shop, now
from zusage.deployments.marketplace.schema import page_time

_TITLE = re.compile(rb"<title>([^<]{0,200})</title>")


class PageTimes:
    """Measures every page that was found. A page is known by its pattern (`/gespraech/{link}`), never by its address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call of a page."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        seen: dict[str, bytes | int] = {"status": 0, "type": b"", "body": b""}

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                seen["type"] = dict(message["headers"]).get(b"content-type", b"")
            elif not seen["body"]:
                seen["body"] = message.get("body", b"")
            await send(message)

        began = time.perf_counter()
        await self.app(scope, receive, watched)
        took = round((time.perf_counter() - began) * 1000)
        route, body = scope.get("route"), seen["body"]
        if seen["status"] == 200 and b"text/html" in bytes(seen["type"]) and route is not None:
            assert isinstance(body, bytes)
            found = _TITLE.search(body)
            _count(scope["app"].state.shop, route.path, found[1].decode() if found else "", took)


def _count(shop: Shop, page: str, title: str, took: int) -> None:
    day = f"{now():%Y-%m-%d}"
    mine = (page_time.c.page == page) & (page_time.c.title == title) & (page_time.c.day == day)
    more = {"calls": page_time.c.calls + 1, "milliseconds": page_time.c.milliseconds + took}
    with shop.web.begin() as connection:
        if not connection.execute(update(page_time).where(mine).values(more)).rowcount:
            put_row(connection, page_time, page=page, title=title, day=day, calls=1, milliseconds=took)
