"""All promises with their proofs; one promise: what keeps it, what was seen, by which statement."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zusage import clock
from zusage.evidence.looking import look
from zusage.evidence.pulse import pulse
from zusage.evidence.report import as_record
from zusage.registers.slips import slip_findings, slips
from zusage.server.accounts import Login
from zusage.server.console.access import logged_in
from zusage.server.pages import pages_of

router = APIRouter()


@router.get("")
def promises(request: Request, _: Annotated[Login, Depends(logged_in)]) -> Response:
    """Every promise, worst first, looked at just now."""
    workspace = request.app.state.workspace
    now = clock.now()
    seen = look(workspace, now)
    rows = [as_record(*row) for row in seen.rows()]
    with workspace.state.connect() as connection:
        slipped = [one.as_json() for one in slip_findings(slips(connection))]
    if request.query_params.get("format") == "json":
        counts = seen.counts()
        return JSONResponse({"at": now.isoformat(), "counts": counts, "promises": rows, "findings": slipped})
    values: dict[str, Any] = {
        "rows": rows,
        "counts": seen.counts(),
        "slipped": slipped,
        "at": now,
        "pulse": pulse(workspace, now),
        "only": request.query_params.get("state")
        if request.query_params.get("state") in seen.counts()
        else None,
    }
    return pages_of(request).render(request, "console/promises.html", **values)


@router.get("/promises/{identifier:path}")
def promise(request: Request, identifier: str, _: Annotated[Login, Depends(logged_in)]) -> Response:
    """One promise beside its proof."""
    seen = look(request.app.state.workspace, clock.now())
    if identifier not in seen.promises:
        raise HTTPException(404)
    record = as_record(seen.promises[identifier], seen.proofs.get(identifier))
    if request.query_params.get("format") == "json":
        return JSONResponse(record)
    return pages_of(request).render(request, "console/promise.html", one=record)
