"""The register of breaches with the 72-hour clock (Art. 33(5)): what is on file, what is due, what was notified."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zusage import clock
from zusage.errors import ZusageError
from zusage.keepers.announcing.breaches import Facts, addressee, open_breach, record_notified
from zusage.registers.breaches import breaches
from zusage.server.accounts import Login, Role
from zusage.server.console.access import changing, logged_in
from zusage.server.pages import pages_of

router = APIRouter(prefix="/breaches")


@router.get("")
def listed(request: Request, login: Annotated[Login, Depends(logged_in)]) -> Response:
    """Every breach, the newest first. A clerk sees none."""
    if login.role is Role.CLERK:
        raise HTTPException(403, "no access")
    workspace = request.app.state.workspace
    with workspace.state.connect() as connection:
        rows = breaches(connection)
    to, _ = addressee(workspace.context, None)
    return pages_of(request).render(
        request, "console/breaches.html", rows=rows, now=clock.now(), authority=to
    )


@router.post("")
def opened(
    request: Request,
    login: Annotated[Login, changing(Role.DPO, Role.MANAGEMENT)],
    facts: Annotated[str, Form(min_length=1, max_length=4000)],
    measures: Annotated[str, Form(min_length=1, max_length=4000)],
    noticed: Annotated[datetime, Form()],
    risk: Annotated[Literal["none", "normal", "high"], Form()] = "normal",
) -> Response:
    """Put a breach on file; `noticed` is an instant in UTC."""
    known = Facts(noticed.replace(tzinfo=clock.now().tzinfo), facts, measures, risk=risk)
    open_breach(request.app.state.workspace.context, known, {}, login.login, clock.now())
    return RedirectResponse("/console/breaches", 303)


@router.post("/{identifier}/notified")
def notified(
    request: Request, identifier: str, login: Annotated[Login, changing(Role.DPO, Role.MANAGEMENT)]
) -> Response:
    """The notification went out to the competent authority."""
    context = request.app.state.workspace.context
    with context.state.connect() as connection:
        if not breaches(connection, id=identifier):
            raise HTTPException(404)
    try:
        to, _ = addressee(context, None)
    except ZusageError:
        raise HTTPException(409, "no authority can be told from the declaration") from None
    record_notified(context, identifier, to.id, login.login, clock.now())
    return RedirectResponse("/console/breaches", 303)
