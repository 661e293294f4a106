"""The ledger with its verification."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from zusage.ledger import verify
from zusage.server.accounts import Login
from zusage.server.console.access import logged_in
from zusage.server.pages import pages_of

router = APIRouter(prefix="/ledger")


@router.get("")
def ledger(request: Request, _: Annotated[Login, Depends(logged_in)]) -> Response:
    """Verified just now, with the newest checkpoint."""
    context = request.app.state.workspace.context
    report = verify(context.state, context.keys.public_keys().values())
    return pages_of(request).render(request, "console/ledger.html", report=report)
