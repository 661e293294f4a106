"""Logging in and out, and the gate through which every console page goes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zusage import clock
from zusage.server import accounts
from zusage.server.accounts import Login, Role
from zusage.server.pages import pages_of
from zusage.server.security import TokenBucket, csrf_matches, network_of, same_origin

router = APIRouter()
COOKIE = "console"
#: ten attempts a network at once, then one in six seconds
_attempts = TokenBucket(rate=1 / 6, burst=10)


class NotLoggedIn(HTTPException):
    """Sends the browser to the login page."""

    def __init__(self) -> None:
        super().__init__(303, headers={"location": "/console/login"})


def logged_in(request: Request) -> Login:
    """Who asks. Raises `NotLoggedIn`."""
    login = accounts.who(request.app.state.workspace.state, request.cookies.get(COOKIE), clock.now())
    if login is None:
        raise NotLoggedIn
    request.state.login = login
    return login


def changing(*roles: Role) -> object:
    """A dependency for changes: one of `roles`, with the session's CSRF token, from our own pages."""

    def gate(
        request: Request, login: Annotated[Login, Depends(logged_in)], csrf: Annotated[str, Form()] = ""
    ) -> Login:
        if login.role not in roles:
            raise HTTPException(403, "your role may not do this")
        if not csrf_matches(request, login.csrf, csrf):
            raise HTTPException(403, "the form is too old; load the page again")
        return login

    return Depends(gate)


def attempts_left(request: Request) -> bool:
    """Whether somebody of the caller's network may try to log in now; counts the attempt."""
    return _attempts.take(network_of(request))


@router.get("/login")
def login_page(request: Request) -> Response:
    """The login form."""
    return pages_of(request).render(request, "console/login.html", message=None)


@router.post("/login")
def log_in(
    request: Request,
    login: Annotated[str, Form(max_length=120)],
    password: Annotated[str, Form(max_length=300)],
    code: Annotated[str, Form(max_length=12)] = "",
) -> Response:
    """Check and start a session."""
    pages = pages_of(request)
    if not same_origin(request.headers):
        raise HTTPException(403, "not from here")
    if not attempts_left(request):
        limited: Response = pages.render(request, "console/login.html", 429, message="login-limited")
        return limited
    token = accounts.log_in(request.app.state.workspace.state, login, password, code, clock.now())
    if token is None:
        failed: Response = pages.render(request, "console/login.html", 401, message="login-failed")
        return failed
    answer = RedirectResponse("/console", 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/console")
    return answer


@router.post("/logout")
def log_out(
    request: Request, login: Annotated[Login, Depends(logged_in)], csrf: Annotated[str, Form()] = ""
) -> Response:
    """End the session."""
    if csrf_matches(request, login.csrf, csrf):
        accounts.log_out(request.app.state.workspace.state, request.cookies[COOKIE])
    answer = RedirectResponse("/console/login", 303)
    answer.delete_cookie(COOKIE, path="/console")
    return answer
