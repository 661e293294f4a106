"""The customer account: opening one, login, logout. The only cookie of the platform is set here, after a login."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup
from sqlalchemy import select
from starlette.requests import Request

from zusage.deployments.adserver.app.contracts import conclude, in_force
from zusage.deployments.adserver.app.pages import FRAME, PRICE, SESSION, TERMS
from zusage.deployments.adserver.schema import customer, login_session
from zusage.deployments.hosting import Here, Host, form, now, put_row
from zusage.deployments.sessions import Sessions, check_value, is_password, log_out, set_session

router = APIRouter(default_response_class=HTMLResponse)
COOKIE = SESSION
_NEEDED = Markup(
    '<p id="why">Das Kundenkonto braucht ein Cookie, das Ihre Anmeldung erkennt. Ihr Browser hat es nicht angenommen; '
    "bitte lassen Sie Cookies von www.windrose.example zu. Alle übrigen Seiten funktionieren auch ohne.</p>"
)


def _sessions(host: Host) -> Sessions:
    return Sessions(host.engines["platform"], login_session)


def _login_page(status: int, said: Markup | str = "") -> Response:
    fields = form("/login", {"email": "E-Mail", "password": "Kennwort"}, "Anmelden")
    return HTMLResponse(FRAME.page("Anmelden", Markup("{}{}").format(said, fields)), status)


def _locked(host: Host, email: str) -> str | None:
    """Why an account may not be used now, because its data are blocked; without an answer of the service nobody knows."""
    decision = host.zusage.may("campaigns", ("email", email)) if host.zusage else None
    return decision.reason["de"] if decision is not None and decision.code == "restricted" else None


@router.get("/login")
def login_form() -> Response:
    """The form."""
    return _login_page(200)


@router.post("/login")
def login(
    host: Here, email: Annotated[str, Form()], password: Annotated[str, Form(max_length=200)]
) -> Response:
    """A session for who knows the password; each login is a new one."""
    query = select(customer.c.id, customer.c.password_check).where(
        customer.c.email == email, customer.c.contract_ended_at.is_(None)
    )
    with host.engines["platform"].connect() as connection:
        found = connection.execute(query).first()
    if found is None or not is_password(password, found.password_check):
        return _login_page(403, Markup("<p>E-Mail-Adresse oder Kennwort stimmen nicht.</p>"))
    if (why := _locked(host, email)) is not None:
        return _login_page(403, Markup('<p id="locked">Dieses Konto ist gesperrt: {}</p>').format(why))
    answer = RedirectResponse("/account?from=login", 303)
    set_session(answer, COOKIE, _sessions(host).begin(found.id, now()))
    return answer


@router.get("/account")
def account(request: Request, host: Here) -> Response:
    """What a customer sees; the login page for everybody else, with the reason where a cookie did not come back."""
    session = _sessions(host).find(request.cookies.get(COOKIE), now())
    if session is None:
        return _login_page(401, _NEEDED if request.query_params.get("from") == "login" else "")
    with host.engines["platform"].connect() as connection:
        row = connection.execute(select(customer).where(customer.c.id == session.person_id)).one()
    if (why := _locked(host, row.email)) is not None:
        return _login_page(403, Markup('<p id="locked">Dieses Konto ist gesperrt: {}</p>').format(why))
    there = Markup('<p><a href="/account/contract">Nutzungsvertrag</a></p>')
    logout = Markup('<form method="post" action="/logout"><button>Abmelden</button></form>')
    return HTMLResponse(FRAME.page("Kundenkonto", Markup("<p>{}</p>{}{}").format(row.company, there, logout)))


@router.post("/logout")
def logout(request: Request, host: Here) -> Response:
    """The session is over here and in the browser."""
    return log_out(_sessions(host), request, COOKIE)


@router.post("/register", status_code=201)
def register(
    host: Here,
    company: Annotated[str, Form(max_length=120)],
    name: Annotated[str, Form(max_length=120)],
    email: Annotated[str, Form(max_length=160)],
    password: Annotated[str, Form(min_length=8, max_length=200)],
) -> str:
    """Everybody gets an account, at the same price and terms."""
    row = {"company": company, "name": name, "email": email, "password_check": check_value(password)}
    with host.engines["platform"].begin() as connection:
        terms = in_force(connection, now())
        if terms is None:
            raise HTTPException(503, "no contract is offered at the moment")
        conclude(connection, put_row(connection, customer, **row), int(terms.id))
    said = Markup('<p>Ihr Konto ist eröffnet: <strong id="price">{} EUR</strong>, Bedingungen vom {}.</p>')
    return FRAME.page("Willkommen", said.format(PRICE, TERMS))
