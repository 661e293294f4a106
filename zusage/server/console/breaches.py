"""The register of breaches with the 72-hour clock (Art. 33(5)): what is on file, what is due, what was notified."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zusage import clock
from zusage.documents.html import body
from zusage.errors import ZusageError
from zusage.keepers.announcing.breaches import (
    Facts,
    addressee,
    assess_breach,
    close_breach,
    notification,
    open_breach,
    record_notified,
    record_persons_told,
)
from zusage.keepers.announcing.persons import GROUNDS, Telling, outcomes, tell_persons, withhold
from zusage.registers.breaches import breaches
from zusage.server.accounts import Login, Role
from zusage.server.console.access import changing, logged_in
from zusage.server.pages import pages_of
from zusage.text import Text

router = APIRouter(prefix="/breaches")
Risk = Literal["none", "normal", "high"]


@router.get("")
def listed(request: Request, login: Annotated[Login, Depends(logged_in)]) -> Response:
    """Every breach, the newest first. A clerk sees none."""
    if login.role is Role.CLERK:
        raise HTTPException(403, "no access")
    workspace = request.app.state.workspace
    with workspace.state.connect() as connection:
        rows = breaches(connection)
        persons = {one.id: said for one in rows if (said := outcomes(connection, one.id)) is not None}
    to, _ = addressee(workspace.context, None)
    data = [asdict(one) | {"actor": None, "persons": persons.get(one.id)} for one in rows]
    declared = workspace.declaration
    return pages_of(request).answer(
        request, "console/breaches.html", data, rows=rows, now=clock.now(), authority=to, persons=persons,
        grounds=GROUNDS, activities=declared.activities, recipients=declared.recipients,
    )  # fmt: skip


@router.get("/{identifier}/notification")
def drafted(request: Request, identifier: str, login: Annotated[Login, Depends(logged_in)]) -> Response:
    """The notification of Art. 33(3) as it stands, to be sent the way the authority asks for."""
    if login.role is Role.CLERK:
        raise HTTPException(403, "no access")
    pages = pages_of(request)
    with pages.workspace.state.connect() as connection:
        found = breaches(connection, id=identifier)
    if not found:
        raise HTTPException(404)
    to, _ = addressee(pages.workspace.context, None)
    made = notification(pages.workspace.context, found[0], to, pages.language(request))
    return pages.render(request, "console/document.html", title=made.title, body=body(made))


@router.post("")
def opened(
    request: Request,
    login: Annotated[Login, changing(Role.DPO, Role.MANAGEMENT)],
    facts: Annotated[str, Form(min_length=1, max_length=4000)],
    measures: Annotated[str, Form(min_length=1, max_length=4000)],
    noticed: Annotated[datetime, Form()],
    risk: Annotated[Risk, Form()] = "normal",
    categories: Annotated[str, Form(max_length=1000)] = "",
    people: Annotated[str, Form(pattern="^[0-9]{0,9}$")] = "",
) -> Response:
    """Put a breach on file; `noticed` is a local time of the controller."""
    at = noticed if noticed.tzinfo else noticed.replace(tzinfo=pages_of(request).zone)
    known = Facts(at.astimezone(UTC), facts, measures, categories, int(people) if people else None, risk)
    open_breach(request.app.state.workspace.context, known, {}, login.login, clock.now())
    return _back()


@router.post("/{identifier}/notified")
def notified(
    request: Request, identifier: str, login: Annotated[Login, changing(Role.DPO, Role.MANAGEMENT)]
) -> Response:
    """The notification went out to the competent authority."""
    context = request.app.state.workspace.context
    _there(request, identifier)
    try:
        to, _ = addressee(context, None)
    except ZusageError:
        raise HTTPException(409, "no authority can be told from the declaration") from None
    record_notified(context, identifier, to.id, login.login, clock.now())
    return _back()


@router.post("/{identifier}/assessment")
def assessed(
    request: Request,
    identifier: str,
    login: Annotated[Login, changing(Role.DPO, Role.MANAGEMENT)],
    text: Annotated[str, Form(min_length=1, max_length=4000)],
    risk: Annotated[Risk, Form()],
) -> Response:
    """The risk for the persons, with reasons."""
    _there(request, identifier)
    assess_breach(request.app.state.workspace.context, identifier, risk, text, login.login, clock.now())
    return _back()


@router.post("/{identifier}/told")
def told(
    request: Request, identifier: str, login: Annotated[Login, changing(Role.DPO, Role.MANAGEMENT)]
) -> Response:
    """The persons concerned were told (Art. 34)."""
    _there(request, identifier)
    record_persons_told(request.app.state.workspace.context, identifier, login.login, clock.now())
    return _back()


@router.post("/{identifier}/persons")
def written_to(
    request: Request,
    identifier: str,
    login: Annotated[Login, changing(Role.DPO, Role.MANAGEMENT)],
    happened_de: Annotated[str, Form(min_length=1, max_length=4000)],
    happened_en: Annotated[str, Form(min_length=1, max_length=4000)],
    measures_de: Annotated[str, Form(min_length=1, max_length=4000)],
    measures_en: Annotated[str, Form(min_length=1, max_length=4000)],
    activities: Annotated[list[str], Form()] = [],  # noqa: B006 a form's default, never changed
    recipient: Annotated[str, Form(max_length=80)] = "",
    since: Annotated[str, Form(pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = "",
) -> Response:
    """Write to the persons concerned (Art. 34), each once."""
    _there(request, identifier)
    zone = pages_of(request).zone
    telling = Telling(
        Text(happened_de, happened_en), Text(measures_de, measures_en), tuple(activities), recipient or None,
        datetime.fromisoformat(since).replace(tzinfo=zone).astimezone(UTC) if since else None,
    )  # fmt: skip
    tell_persons(request.app.state.workspace.context, identifier, telling, login.login, clock.now())
    return _back()


@router.post("/{identifier}/withheld")
def withheld(
    request: Request,
    identifier: str,
    login: Annotated[Login, changing(Role.DPO, Role.MANAGEMENT)],
    ground: Annotated[Literal["protected", "averted", "published"], Form()],
    reasons: Annotated[str, Form(min_length=1, max_length=4000)],
) -> Response:
    """The persons need not be told one by one (Art. 34(3))."""
    _there(request, identifier)
    withhold(request.app.state.workspace.context, identifier, ground, reasons, login.login, clock.now())
    return _back()


@router.post("/{identifier}/closing")
def closed(
    request: Request, identifier: str, login: Annotated[Login, changing(Role.DPO, Role.MANAGEMENT)]
) -> Response:
    """Nothing is left to do. Refused while something is."""
    _there(request, identifier)
    close_breach(request.app.state.workspace.context, identifier, login.login, clock.now())
    return _back()


def _there(request: Request, identifier: str) -> None:
    with request.app.state.workspace.state.connect() as connection:
        if not breaches(connection, id=identifier):
            raise HTTPException(404)


def _back() -> Response:
    return RedirectResponse("/console/breaches", 303)
