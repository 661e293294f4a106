"""Holds in force, and what will fall due: the forecast as a picture with its numbers beside it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from zusage import clock
from zusage.registers.holds import holds_in_force
from zusage.server.accounts import Login
from zusage.server.console.access import logged_in
from zusage.server.pages import pages_of

router = APIRouter()


@router.get("/holds")
def holds(request: Request, login: Annotated[Login, Depends(logged_in)]) -> Response:
    """Every hold with its law, matter and end; whom it concerns is not shown here."""
    with request.app.state.workspace.state.connect() as connection:
        rows = holds_in_force(connection, clock.now())
    data = [
        {"id": one.id, "ground": one.ground, "law": one.law, "matter": one.matter, "scope": one.scope,
         "activity": one.activity, "placed_at": one.placed_at, "ends_at": one.ends_at}
        for one in rows
    ]  # fmt: skip
    return pages_of(request).answer(request, "console/holds.html", data, rows=rows)
