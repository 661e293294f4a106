"""Databases behind a gate: no statement on personal data runs outside an operation that `zusage_client.gate` has entered."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Engine, Table, event
from sqlalchemy.sql import visitors
from starlette.requests import Request

from zusage_client.gate import Gate

#: what a request does where its page does not say (`doing`)
_BY_METHOD = {
    "GET": "read",
    "HEAD": "read",
    "POST": "record",
    "PUT": "alter",
    "PATCH": "alter",
    "DELETE": "erase",
}
_BEGINS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")


def gated(engine: Engine, gate: Gate, free: Collection[str] = ()) -> Engine:
    """The engine, whose statements now pass the gate first, apart from those on `free` tables alone (of nobody)."""

    def before(
        _connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        compiled = getattr(context, "compiled", None)
        if compiled is None:
            if not statement.startswith(_BEGINS):
                gate.passing()
            return
        names = {each.name for each in visitors.iterate(compiled.statement) if isinstance(each, Table)}
        if not names or not names <= set(free):
            gate.passing()

    event.listen(engine, "before_cursor_execute", before)
    return engine


def doing(word: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Says of a page what it does, where its method does not: an export is a GET, too."""

    def mark(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        endpoint.__dict__["doing"] = word
        return endpoint

    return mark


def announcing(gate: Gate, purpose: str, header: str) -> Callable[..., Any]:
    """A dependency of a room's pages: each request announces what it does, for the room's purpose, and who is there."""

    async def announce(request: Request) -> None:
        endpoint = request.scope["route"].endpoint
        word = endpoint.__dict__.get("doing") or _BY_METHOD.get(request.method, "use")
        email = request.path_params.get("email")
        subject = ("email", str(email)) if email else None
        gate.announce(word, purpose, request.headers.get(header) or "visitor", subject)

    return announce
