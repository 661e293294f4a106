"""Signing in, on the website and in the desktop application: the cookie says which session and which area, and nothing else."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlalchemy import Row, select
from starlette.requests import Request

from zusage.deployments.hosting import Here, Host, form, now
from zusage.deployments.messaging.app.pages import FRAME
from zusage.deployments.messaging.app.usage import note
from zusage.deployments.messaging.schema import login_session, user
from zusage.deployments.sessions import (
    FAREWELL_JS,
    Sessions,
    farewell,
    is_password,
    log_out,
    set_session,
)

router = APIRouter(default_response_class=HTMLResponse)
COOKIE = "pw_session"
AREAS = ("inbox", "contacts", "reports")
_CLOSING = "/session/closing"
_WHY = Markup(
    '<p id="why">Die Anmeldung braucht ein Cookie, das technisch notwendig ist. Ihr Browser hat es nicht angenommen; bitte lassen Sie '
    "Cookies von www.plauderwerk.example zu. Website und Demo funktionieren auch ohne.</p>"
)


def _sessions(host: Host) -> Sessions:
    return Sessions(host.engines["service"], login_session)


def _session(request: Request, host: Host) -> Row[tuple[object, ...]] | None:
    return _sessions(host).find(request.cookies.get(COOKIE, "").partition(".")[0], now())


def touch(request: Request, host: Here) -> None:
    """Every page of the site shows that the browser is still there."""
    if COOKIE in request.cookies and request.url.path != _CLOSING:
        _session(request, host)


@router.get("/farewell.js")
def farewell_script() -> Response:
    """Our own script: tells that a page is left."""
    return Response(FAREWELL_JS, media_type="text/javascript")


@router.post(_CLOSING, status_code=204, response_class=Response)
def closing(request: Request, host: Here, page: str = "") -> None:
    """A page was left: unless the session goes on soon, it is over."""
    _sessions(host).close(request.cookies.get(COOKIE, "").partition(".")[0], page, now())


@router.get("/login")
def login_form() -> str:
    """The form."""
    return FRAME.page("Anmelden", form("/login", {"email": "E-Mail", "password": "Kennwort"}, "Anmelden"))


@router.post("/login")
def login(
    request: Request,
    host: Here,
    email: Annotated[str, Form()],
    password: Annotated[str, Form(max_length=200)],
) -> Response:
    """A session for who knows the password, for this browser or desktop application alone."""
    query = select(user.c.id, user.c.password_check).where(user.c.email == email, user.c.left_at.is_(None))
    with host.engines["service"].connect() as connection:
        found = connection.execute(query).first()
    if found is not None and not is_password(password, found.password_check):
        note(host, found.id, "/login", 403)
    if found is None or not is_password(password, found.password_check):
        return HTMLResponse(FRAME.page("Anmelden", Markup("<p>Das stimmt nicht.</p>")), 403)
    _sessions(host).end(request.cookies.get(COOKIE, "").partition(".")[0])
    token = _sessions(host).begin(found.id, now())
    note(host, found.id, "/login", 200)
    answer = RedirectResponse("/app/inbox", 303)
    set_session(answer, COOKIE, f"{token}.inbox")
    return answer


@router.get("/app/{area}")
def area(request: Request, host: Here, area: str) -> Response:
    """An area of the service."""
    session = _session(request, host)
    if session is None or area not in AREAS:
        return HTMLResponse(FRAME.page("Anmelden", _WHY), 401 if session is None else 404)
    token, _, before = request.cookies[COOKIE].partition(".")
    with host.engines["service"].connect() as connection:
        name = connection.execute(select(user.c.name).where(user.c.id == session.person_id)).scalar_one()
    note(host, int(session.person_id), f"/app/{area}", 200)
    links = Markup(" ").join(Markup('<a href="/app/{0}">{0}</a>').format(one) for one in AREAS)
    out = Markup('<form method="post" action="/logout"><button>Abmelden</button></form>')
    answer = HTMLResponse(
        FRAME.page(
            area,
            Markup('<p id="who">{}</p>{}{}').format(name, links, out),
            end=farewell(_sessions(host).shown(token)),
        )
    )
    if before != area:
        set_session(answer, COOKIE, f"{token}.{area}")
    return answer


@router.post("/logout")
def logout(request: Request, host: Here) -> Response:
    """Over, here and in the browser."""
    return log_out(_sessions(host), request, COOKIE)
