"""What is due now, with counts, before anything is touched; approval by the DPO or management."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zusage import clock
from zusage.keepers.retention.approving import approve
from zusage.keepers.retention.planning import FIRST, STOPPED, UNPUBLISHED
from zusage.server.accounts import Login, Role
from zusage.server.console.access import changing, logged_in
from zusage.server.pages import pages_of

router = APIRouter(prefix="/plans")
#: why a rule waits, as the page's words
_WHY = {FIRST: "approval-first", UNPUBLISHED: "approval-unpublished", STOPPED: "approval-stopped"}


@router.get("")
def plans(request: Request, _: Annotated[Login, Depends(logged_in)]) -> Response:
    """The retention keeper's plan of this moment."""
    workspace = request.app.state.workspace
    plan = workspace.keeper("retention").plan(workspace.context, clock.now())
    return pages_of(request).answer(request, "console/plans.html", asdict(plan), plan=plan, why=_WHY)


@router.post("")
def approval(
    request: Request,
    promise: Annotated[str, Form(max_length=200)],
    digest: Annotated[str, Form(max_length=80)],
    login: Annotated[Login, changing(Role.DPO, Role.MANAGEMENT)],
) -> Response:
    """Approve one rule's plan exactly as it was shown: another digest is refused."""
    workspace, now = request.app.state.workspace, clock.now()
    plan = workspace.keeper("retention").plan(workspace.context, now)
    if plan.digests.get(promise) != digest:
        raise HTTPException(409, "the plan changed since it was shown; look again")
    approve(workspace.context, plan, [promise], login.login, now)
    return RedirectResponse("/console/plans", 303)
