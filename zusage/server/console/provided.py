"""Logging in at the console by an identity provider: there and back."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zusage import clock
from zusage.server.accounts import BadAccount, open_session, provided_account
from zusage.server.console.access import COOKIE, attempts_left
from zusage.server.pages import pages_of
from zusage.server.provider import Attempt, IdentityProvider, NotVouched

router = APIRouter(prefix="/oidc")
#: holds the attempt while the person is at the provider; lax, because she comes back from another site
ATTEMPT = "console-login"
_MINUTES = 10


def _provider(request: Request) -> IdentityProvider:
    workspace = request.app.state.workspace
    if workspace.settings.oidc is None:
        raise HTTPException(404)
    return IdentityProvider(workspace.settings.oidc, workspace)


def _back(request: Request) -> str:
    home = request.app.state.workspace.context.public_url or str(request.base_url)
    return f"{home.rstrip('/')}/console/oidc/back"


@router.get("")
def go(request: Request) -> Response:
    """To the provider, with what binds its answer to this browser."""
    provider = _provider(request)
    if not attempts_left(request):
        return _login_page(request, 429, "login-limited")
    attempt = Attempt.begin()
    answer = RedirectResponse(provider.address(attempt, _back(request)), 303)
    answer.set_cookie(
        ATTEMPT, str(attempt), max_age=_MINUTES * 60, httponly=True, samesite="lax", path="/console/oidc",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer


@router.get("/back")
def back(request: Request, state: str = "", code: str = "") -> Response:
    """From the provider: who it vouches for is logged in, everybody else sees why not."""
    provider, now = _provider(request), clock.now()
    if not attempts_left(request):
        return _login_page(request, 429, "login-limited")
    try:
        attempt = Attempt.read(request.cookies.get(ATTEMPT))
        who = provider.vouched(attempt, state, code, _back(request), now)
        with request.app.state.workspace.state.begin() as connection:
            account = provided_account(connection, provider.issuer, who.subject, who.login, who.role, now)
            token = open_session(connection, account, now)
    except (NotVouched, BadAccount) as error:
        answer = pages_of(request).problem(request, 403, error.message, error.hint)
    else:
        # the session's cookie is strict: a redirect from another site would not carry it, a page of ours does
        answer = pages_of(request).render(request, "console/arrived.html")
        answer.set_cookie(
            COOKIE,
            token,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
            path="/console",
        )
    answer.delete_cookie(ATTEMPT, path="/console/oidc")
    return answer


def _login_page(request: Request, status: int, message: str) -> Response:
    return pages_of(request).render(request, "console/login.html", status, message=message)
