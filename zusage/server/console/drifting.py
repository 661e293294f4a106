"""Drift: what stores, servers and sites have that the declaration does not know – looked at just now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zusage import clock
from zusage.evidence.drifting import drifted
from zusage.server.accounts import Login, Role
from zusage.server.console.access import logged_in
from zusage.server.pages import pages_of

router = APIRouter(prefix="/drift")


@router.get("")
def shown(request: Request, login: Annotated[Login, Depends(logged_in)]) -> Response:
    """Every place with what was found there, the worst first. A clerk sees none: it shows the shape of every store."""
    if login.role is Role.CLERK:
        raise HTTPException(403, "no access")
    now = clock.now()
    places = drifted(request.app.state.workspace, now)
    if request.query_params.get("format") == "json":
        return JSONResponse({"at": now.isoformat(), "places": [one.as_json() for one in places]})
    return pages_of(request).render(request, "console/drift.html", places=places, now=now)
