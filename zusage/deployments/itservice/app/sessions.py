"""Login, and the session that a basket or a form over several pages needs; it is there for nothing else."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlalchemy import Row, delete, select
from starlette.requests import Request

from zusage.deployments.hosting import Frame, Here, Host, now, put_row
from zusage.deployments.itservice.app.asking import form
from zusage.deployments.itservice.website import login_session, portal_user, session_entry
from zusage.deployments.sessions import (
    FAREWELL_JS,
    Sessions,
    farewell,
    is_password,
    log_out,
    set_session,
)

router = APIRouter(default_response_class=HTMLResponse)
COOKIE = "PHPSESSID"
CLOSING_PATH = "/session/closing"
FRAME = Frame("Strompfad", {"/": "Start", "/contact": "Kontakt"})
WHY = Markup(
    '<p id="why">Dafür braucht die Website ein Cookie, das Ihre Sitzung erkennt. Ihr Browser hat es nicht angenommen; bitte lassen Sie '
    "Cookies dieser Website zu. Lesen und schreiben können Sie uns auch ohne.</p>"
)


def sessions_of(host: Host) -> Sessions:
    """The website's sessions; what a visitor typed goes with them."""
    return Sessions(host.engines["web"], login_session, parts=(session_entry,))


def session_of(request: Request, host: Host) -> Row[tuple[object, ...]] | None:
    """The session that a request belongs to."""
    return sessions_of(host).find(request.cookies.get(COOKIE), now())


def remember(host: Host, session: int, entries: dict[str, str]) -> None:
    """Keep entries with a session; one of the same name is replaced."""
    with host.engines["web"].begin() as connection:
        old = session_entry.c.name.in_(list(entries))
        connection.execute(delete(session_entry).where(session_entry.c.session_id == session, old))
        for name, value in entries.items():
            put_row(connection, session_entry, session_id=session, name=name, value=value[:400])


def remembered(host: Host, session: int) -> dict[str, str]:
    """What a session holds."""
    query = select(session_entry.c.name, session_entry.c.value).where(session_entry.c.session_id == session)
    with host.engines["web"].connect() as connection:
        return {row.name: row.value for row in connection.execute(query)}


def end_of_page(request: Request, host: Host) -> Markup:
    """What a page in a session ends with: the browser says when it is left, and what does not go on soon is over."""
    token = request.cookies.get(COOKIE)
    return farewell(sessions_of(host).shown(token)) if token else Markup("")


def touch(request: Request, host: Here) -> None:
    """Every page of the site shows that the browser is still there."""
    if COOKIE in request.cookies and request.url.path != CLOSING_PATH:
        session_of(request, host)


@router.get("/farewell.js")
def farewell_script() -> Response:
    """Our own script: tells that a page is left."""
    return Response(FAREWELL_JS, media_type="text/javascript", headers={"cache-control": "max-age=3600"})


@router.post("/session/closing", status_code=204, response_class=Response)
def closing(request: Request, host: Here, page: str = "") -> None:
    """A page was left: unless the session goes on soon, it is over."""
    sessions_of(host).close(request.cookies.get(COOKIE, ""), page, now())


@router.get("/login")
def login_form() -> str:
    """The form."""
    return FRAME.page("Anmelden", form("/login", {"email": "E-Mail", "password": "Kennwort"}, "Anmelden"))


@router.post("/login")
def login(
    host: Here, email: Annotated[str, Form()], password: Annotated[str, Form(max_length=200)]
) -> Response:
    """A session for who knows the password."""
    query = select(portal_user.c.id, portal_user.c.password_check).where(portal_user.c.email == email)
    with host.engines["web"].connect() as connection:
        found = connection.execute(query).first()
    if found is None or not is_password(password, found.password_check):
        return HTMLResponse(FRAME.page("Anmelden", Markup("<p>Das stimmt nicht.</p>")), 403)
    answer = RedirectResponse("/account", 303)
    set_session(answer, COOKIE, sessions_of(host).begin(found.id, now()))
    return answer


@router.get("/account")
def account(request: Request, host: Here) -> Response:
    """The customer portal; without the cookie, why it is needed."""
    session = session_of(request, host)
    if session is None or session.person_id is None:
        return HTMLResponse(FRAME.page("Anmelden", WHY), 401)
    with host.engines["web"].connect() as connection:
        name = connection.execute(
            select(portal_user.c.name).where(portal_user.c.id == session.person_id)
        ).scalar_one()
    logout = Markup('<form method="post" action="/logout"><button>Abmelden</button></form>')
    return HTMLResponse(
        FRAME.page("Kundenportal", Markup("<p>{}</p>{}").format(name, logout), end=end_of_page(request, host))
    )


@router.post("/logout")
def logout(request: Request, host: Here) -> Response:
    """Over, here and in the browser."""
    return log_out(sessions_of(host), request, COOKIE)
