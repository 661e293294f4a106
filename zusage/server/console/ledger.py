"""The ledger with its verification."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from zusage.ledger import verify
from zusage.ledger.leaves import Wanted, entries
from zusage.server.accounts import Login
from zusage.server.console.access import logged_in
from zusage.server.pages import pages_of

router = APIRouter(prefix="/ledger")
NEWEST = 50


@router.get("")
def ledger(request: Request, _: Annotated[Login, Depends(logged_in)]) -> Response:
    """Verified just now, with the newest entries: what happened when, in codes and pseudonyms."""
    context = request.app.state.workspace.context
    report = verify(context.state, context.keys.public_keys().values())
    with context.state.connect() as connection:
        newest = list(entries(connection, Wanted(newest_first=True, limit=NEWEST)))
    data = report.as_json() | {"newest": [asdict(one) for one in newest]}
    return pages_of(request).answer(request, "console/ledger.html", data, report=report, entries=newest)
