"""Blocked data: who has a role and a reason that a law knows may look; everybody else gets no access. Each look is recorded."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from zusage import clock
from zusage.keepers.rights.looking import look_at_blocked
from zusage.server.accounts import Login, Role
from zusage.server.console.access import changing, logged_in
from zusage.server.pages import pages_of
from zusage.stores.restriction import REASONS
from zusage.stores.sql.identity import Identity

router = APIRouter(prefix="/restricted")
_MAY = (Role.DPO, Role.AUDITOR)


@router.get("")
def form(request: Request, login: Annotated[Login, Depends(logged_in)]) -> Response:
    """The form, for those who may look."""
    if login.role not in _MAY:
        raise HTTPException(403, "no access")
    return pages_of(request).render(request, "console/restricted.html", found=None, reasons=REASONS)


@router.post("")
def look(
    request: Request,
    login: Annotated[Login, changing(*_MAY)],
    identity: Annotated[str, Form(min_length=1, max_length=320)],
    reason: Annotated[Literal["statutory-retention", "legal-claim", "consent", "rights-of-others", "public-interest"], Form()],
    kind: Annotated[str, Form(max_length=40)] = "email",
) -> Response:  # fmt: skip
    """A person's blocked rows."""
    context = request.app.state.workspace.context
    found = look_at_blocked(context, Identity(kind, identity), reason, login.login, clock.now())
    return pages_of(request).render(request, "console/restricted.html", found=found, reasons=REASONS)
