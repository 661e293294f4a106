"""The usage contract: each customer reads the version that was concluded with this very customer, and nobody else's.

The notice refers to it with one address for everybody; who is logged in decides what stands there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup
from sqlalchemy import Connection, Row, select
from starlette.requests import Request

from zusage.deployments.adserver.app.pages import FRAME, SESSION
from zusage.deployments.adserver.schema import conclusion, customer, login_session, usage_contract
from zusage.deployments.hosting import Here, Host, now, put_row
from zusage.deployments.sessions import Sessions

router = APIRouter(default_response_class=HTMLResponse)
_CONTRACT = Markup(
    '<p>Fassung <strong id="version">{}</strong>, geschlossen mit <strong id="with">{}</strong> am {}.</p><p id="contract">{}</p>'
)
_NEWER = Markup(
    '<form method="post" action="/account/contract"><p>Seit {} gilt für neue Verträge die Fassung {}.</p><p id="newer">{}</p>'
    '<button name="version" value="{}">Diese Fassung schließen</button></form>'
)
_NONE = Markup(
    "<p>Zu Ihrem Konto ist kein Nutzungsvertrag hinterlegt. Bitte schreiben Sie an info@windrose.example.</p>"
)


def in_force(connection: Connection, at: datetime) -> Row[Any] | None:
    """The version that new contracts are concluded in."""
    query = select(usage_contract).where(usage_contract.c.in_force_at <= at)
    return connection.execute(
        query.order_by(usage_contract.c.in_force_at.desc(), usage_contract.c.id.desc())
    ).first()


def conclude(connection: Connection, customer_number: int, contract_number: int) -> None:
    """Puts on file, in the caller's transaction, that a version was concluded with a customer."""
    put_row(
        connection, conclusion, customer_id=customer_number, contract_id=contract_number, concluded_at=now()
    )


def _concluded(connection: Connection, customer_number: int) -> Row[Any] | None:
    """The latest version concluded with a customer, with the day."""
    joined = select(usage_contract, conclusion.c.concluded_at, customer.c.name, customer.c.company).join(
        conclusion, conclusion.c.contract_id == usage_contract.c.id
    ).join(customer)  # fmt: skip
    mine = joined.where(conclusion.c.customer_id == customer_number)
    return connection.execute(mine.order_by(conclusion.c.concluded_at.desc(), conclusion.c.id.desc())).first()


def _customer(request: Request, host: Host) -> int | None:
    session = Sessions(host.engines["platform"], login_session).find(request.cookies.get(SESSION), now())
    return session.person_id if session else None


@router.get("/account/contract")
def mine(request: Request, host: Here) -> Response:
    """The contract as concluded with who is logged in; the login page for everybody else."""
    who = _customer(request, host)
    if who is None:
        return RedirectResponse("/login", 303)
    with host.engines["platform"].connect() as connection:
        own, newest = _concluded(connection, who), in_force(connection, now())
    if own is None:
        said = _NONE
    else:
        parties = f"{own.name}, {own.company}"
        said = _CONTRACT.format(own.version, parties, f"{own.concluded_at:%d.%m.%Y}", own.body)
    if newest is not None and (own is None or newest.id != own.id):
        said += _NEWER.format(f"{newest.in_force_at:%d.%m.%Y}", newest.version, newest.body, newest.version)
    headers = {"cache-control": "no-store"}
    return HTMLResponse(FRAME.page("Nutzungsvertrag", said), headers=headers)


@router.post("/account/contract")
def renew(request: Request, host: Here, version: Annotated[int, Form()]) -> Response:
    """Concludes the version in force, if that is what was read, with who is logged in; earlier ones stay on file."""
    who = _customer(request, host)
    if who is None:
        return RedirectResponse("/login", 303)
    with host.engines["platform"].begin() as connection:
        own, newest = _concluded(connection, who), in_force(connection, now())
        if newest is None or newest.version != version:
            raise HTTPException(409, "this is not the version in force; open /account/contract")
        if own is None or own.id != newest.id:
            conclude(connection, who, int(newest.id))
    return RedirectResponse("/account/contract", 303)
