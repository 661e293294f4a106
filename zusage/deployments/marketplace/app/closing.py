"""Deleting the own account or profile in the portal, without asking anyone: what is open is named first, then it is gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy import Row, select
from starlette.requests import Request
from starlette.responses import Response

from zusage.deployments.marketplace.app.markup import page
from zusage.deployments.marketplace.app.portal import CUSTOMER, PARTNER, customer_of
from zusage.deployments.marketplace.app.shop import Shop, now, shop_of
from zusage.deployments.marketplace.schema import (
    partner,
    partner_job,
    partner_session,
    partner_skill,
    sales_order,
)
from zusage.deployments.sessions import Sessions, drop_session
from zusage_client import ClientError

router = APIRouter(default_response_class=HTMLResponse)
_ASK = Markup(
    "<p>{title} wird sofort gelöscht; was ein Gesetz verlangt, bleibt gesperrt. Das lässt sich nicht rückgängig machen.</p>{open}"
    '<form method="post"><button name="confirm" value="yes">Endgültig löschen</button></form>'
)


@router.get("/konto/loeschen")
def ask_customer(request: Request) -> str:
    """What would be deleted, and which orders are still open."""
    who = customer_of(request)
    return page(
        "Konto löschen",
        _ASK.format(title="Ihr Konto", open=_listed(_orders(shop_of(request), who))),
        tags=False,
    )


@router.post("/konto/loeschen")
def delete_customer(request: Request, confirm: Annotated[str, Form()] = "") -> Response:
    """Delete the account. Nothing happens without the confirmation."""
    return _erased(request, str(customer_of(request).email), confirm, CUSTOMER)


@router.get("/partner/loeschen")
def ask_partner(request: Request) -> str:
    """What would be deleted, and which jobs are still open."""
    who = partner_of(request)
    query = select(partner_job.c.part).where(
        partner_job.c.partner_id == who.id, partner_job.c.delivered_at.is_(None)
    )
    with shop_of(request).portal.connect() as connection:
        jobs = [str(part) for part in connection.execute(query).scalars()]
    return page("Profil löschen", _ASK.format(title="Ihr Profil", open=_listed(jobs)), tags=False)


@router.post("/partner/loeschen")
def delete_partner(request: Request, confirm: Annotated[str, Form()] = "") -> Response:
    """Delete the profile."""
    return _erased(request, str(partner_of(request).email), confirm, PARTNER)


@router.get("/partnersuche")
def search(request: Request, skill: str) -> str:
    """Who can make something."""
    query = select(partner.c.name).join(partner_skill).where(partner_skill.c.skill == skill)
    with shop_of(request).portal.connect() as connection:
        names = [str(one) for one in connection.execute(query).scalars()]
    return page("Partner", _listed(names), tags=False)


def _erased(request: Request, email: str, confirm: str, cookie: str) -> Response:
    if confirm != "yes":
        raise HTTPException(400, "needs the confirmation")
    zusage = shop_of(request).zusage
    if zusage is None:
        raise HTTPException(503, "deleting is not possible at the moment")
    try:
        with zusage.account("email", email) as account:
            done = account.ask("erasure")
    except ClientError:
        raise HTTPException(503, "nothing was deleted; try again") from None
    said = f"Vorgang {done['reference']}: {done['state']}"
    answer = HTMLResponse(page("Gelöscht", Markup("<p>{}</p>").format(said), tags=False))
    drop_session(answer, cookie)
    return answer


def partner_of(request: Request) -> Row[Any]:
    """The partner of this request; 403 for everybody else."""
    shop = shop_of(request)
    session = Sessions(shop.portal, partner_session).find(request.cookies.get(PARTNER), now())
    if session is None:
        raise HTTPException(403, "needs a login")
    with shop.portal.connect() as connection:
        return connection.execute(select(partner).where(partner.c.id == session.person_id)).one()


def _orders(shop: Shop, who: Row[Any]) -> list[str]:
    mine = (sales_order.c.customer_id == who.id) & sales_order.c.delivered_at.is_(None)
    with shop.portal.connect() as connection:
        return [str(one) for one in connection.execute(select(sales_order.c.number).where(mine)).scalars()]


def _listed(rows: Sequence[str]) -> Markup:
    if not rows:
        return Markup("")
    items = Markup("").join(Markup("<li>{}</li>").format(row) for row in rows)
    return Markup('<p>Noch offen:</p><ul class="open">{}</ul>').format(items)
