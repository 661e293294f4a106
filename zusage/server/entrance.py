"""What every request passes first: how large it may be, and who vouches for where it really came from."""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zusage import clock
from zusage.server.applications import Application

#: bytes of any request's body; the banner's posts and forms have narrower limits of their own
MOST = 1_048_576
#: where documents are handed in, of which name and digest are kept: contracts, audits
LARGER = {"/console/attestations": 16 * MOST}


class BodyLimit:
    """Answers 413 as soon as a body is longer than `most` bytes (or what its path may take), however it is sent; nobody reads
    the rest."""

    def __init__(self, app: ASGIApp, most: int = MOST) -> None:
        self.app, self.most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = LARGER.get(scope["path"], self.most)
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if not announced.isdigit() or int(announced[:20]) > most:
            await _too_large(scope, receive, send)
            return
        taken, exceeded, started = 0, False, False

        async def limited() -> Message:
            nonlocal taken, exceeded
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                exceeded = True
                # for the application the sender has left: whatever it makes of that is not sent
                return {"type": "http.disconnect"}
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            if not exceeded or started:
                started = True
                await send(message)

        try:
            await self.app(scope, limited, watched)
        except Exception:
            if not exceeded or started:
                raise
        if exceeded and not started:
            await _too_large(scope, receive, send)


async def _too_large(scope: Scope, receive: Receive, send: Send) -> None:
    answer = JSONResponse({"error": "too large"}, 413, {"connection": "close"})
    await answer(scope, receive, send)


class PassedOn:
    """A visitor's request that the controller's application passes on: origin and network are those it vouches for.

    The vouching is a token under the application's key. Without a good one the request is taken as it came.
    """

    def __init__(self, app: ASGIApp, application: Application) -> None:
        self.app, self.application = app, application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            scope = vouched(scope, self.application)
        await self.app(scope, receive, send)


def vouched(scope: Scope, application: Application) -> Scope:
    """A request's scope with origin and network as the application vouches for them, where it does."""
    token = header(scope, b"zusage-forwarded")
    said = application.token(token, clock.now()) if token and len(token) <= 2000 else None
    if said and isinstance(said.get("origin"), str):
        return _as_sent(scope, said["origin"], str(said.get("network", "")))
    return scope


def header(scope: Scope, name: bytes) -> str:
    """The first header of this name (in small letters), as it was sent; empty where there is none."""
    for one, value in scope["headers"]:
        if one == name:
            return str(value, "latin-1")
    return ""


async def read_body(request: Request, most: int) -> bytes:
    """A body as far as it is of use: at most `most` bytes and one, that shows it is longer. Whoever sends more is not read to
    the end."""
    message = await request.receive()
    taken: bytes = message.get("body", b"")
    while message["type"] == "http.request" and message.get("more_body") and len(taken) <= most:
        message = await request.receive()
        taken += message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return taken[: most + 1]


def _as_sent(scope: Scope, origin: str, network: str) -> Scope:
    scheme, _, host = origin.partition("://")
    headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
    # only the network is passed on, and only for limits
    address = f"{network}::" if ":" in network else f"{network}.0"
    return {
        **scope,
        "scheme": scheme,
        "headers": [*headers, (b"host", host.encode("latin-1", "replace"))],
        "client": (address, 0),
    }
