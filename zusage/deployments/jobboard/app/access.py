"""Registration, login, logout. Registering agrees to nothing; the session cookie is there for the account alone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup
from sqlalchemy import Row, select, update
from starlette.requests import Request

from zusage.deployments.hosting import Frame, Here, Host, form, now, put_row
from zusage.deployments.jobboard.app.noting import note
from zusage.deployments.jobboard.schema import account, login_session
from zusage.deployments.sessions import Sessions, check_value, is_password, log_out, set_session

router = APIRouter(default_response_class=HTMLResponse)
COOKIE = "sw_session"
FRAME = Frame("Stellenwald", {"/": "Stellen", "/search": "Suche", "/films": "Filme", "/account": "Konto"})


def sessions_of(host: Host) -> Sessions:
    """The board's sessions."""
    return Sessions(host.engines["board"], login_session)


def member(request: Request, host: Here) -> Row[tuple[object, ...]] | None:
    """The account that a request is logged in to."""
    session = sessions_of(host).find(request.cookies.get(COOKIE), now())
    if session is None:
        return None
    query = select(account).where(account.c.id == session.person_id, account.c.closed_at.is_(None))
    with host.engines["board"].connect() as connection:
        return connection.execute(query).first()


def me(request: Request, host: Here) -> Row[tuple[object, ...]]:
    """The account of a logged-in user; 401 for everybody else."""
    found = member(request, host)
    if found is None:
        raise HTTPException(401, "please log in")
    return found


Me = Annotated[Row[tuple[object, ...]], Depends(me)]
Member = Annotated[Row[tuple[object, ...]] | None, Depends(member)]


@router.post("/register", status_code=201)
def register(
    host: Here,
    email: Annotated[str, Form(max_length=160)],
    password: Annotated[str, Form(min_length=8, max_length=200)],
    first_name: Annotated[str, Form(max_length=120)] = "",
    last_name: Annotated[str, Form(max_length=120)] = "",
) -> str:
    """An account, and no consent to anything."""
    row = {
        "email": email,
        "password_check": check_value(password),
        "first_name": first_name,
        "last_name": last_name,
    }
    with host.engines["board"].begin() as connection:
        put_row(connection, account, created_at=now(), last_login_at=now(), active=True, **row)
    return FRAME.page("Willkommen", Markup("<p>Ihr Konto ist eröffnet.</p>"))


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
    """A new session; one that this browser still had is over."""
    query = select(account.c.id, account.c.password_check).where(
        account.c.email == email, account.c.closed_at.is_(None)
    )
    with host.engines["board"].begin() as connection:
        found = connection.execute(query).first()
        if found is None or not is_password(password, found.password_check):
            return HTMLResponse(FRAME.page("Anmelden", Markup("<p>Das stimmt nicht.</p>")), 403)
        connection.execute(update(account).where(account.c.id == found.id).values(last_login_at=now()))
        note(connection, int(found.id), "login")
    sessions_of(host).end(request.cookies.get(COOKIE))
    answer = RedirectResponse("/account", 303)
    set_session(answer, COOKIE, sessions_of(host).begin(found.id, now()))
    return answer


@router.post("/logout")
def logout(request: Request, host: Here) -> Response:
    """Over, here and in the browser."""
    return log_out(sessions_of(host), request, COOKIE)
