"""The newsletter: who signs up, what an issue is, and offers to customers. Zusage decides who gets it, and sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlalchemy import case, func, insert, select
from starlette.requests import Request
from starlette.responses import Response

from zusage.deployments.hosting import next_key, put_row
from zusage.deployments.marketplace.app.markup import page
from zusage.deployments.marketplace.app.portal import logged_in
from zusage.deployments.marketplace.app.shop import Shop, now, shop_of
from zusage.deployments.marketplace.app.staff import Role, only
from zusage.deployments.marketplace.schema import customer, sales_order, subscriber, visitor, visitor_event
from zusage_client import Refused, ServiceUnreachable, Zusage

router = APIRouter()
TOPICS = {
    "construction": "Konstruktionstipps",
    "articles": "Fachartikel zu Werkstoffen und Verfahren",
    "products": "Neues zu den Produkten",
    "prices": "Preisnachlässe",
}
_FORM = Markup(
    "<p>Absender ist die Spanwerk Marktplatz GmbH. Sie erhalten: {topics}. Öffnungen und Klicks messen wir nur, wenn Sie das"
    " eigens ankreuzen (Tracking). Sie können die Einwilligung jederzeit widerrufen, mit einem Klick in jeder Ausgabe.</p>"
    '<form method="post"><p><label>E-Mail <input name="email" type="email"></label></p>'
    '<p><label><input type="checkbox" name="tracking" value="ja"> Öffnungen und Klicks dürfen gemessen werden</label></p>'
    "<button>Anmelden</button></form>"
)
_SETTING = Markup(
    '<p>Angebote: <b id="angebote">{}</b></p><form method="post"><button>Ausschalten</button></form>'
)
_PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


@router.get("/newsletter", response_class=HTMLResponse)
def sign_up_form() -> str:
    """Sender, topics, tracking and the right to withdraw stand before the button."""
    return page("Newsletter", _FORM.format(topics=", ".join(TOPICS.values())), tags=False)


@router.post("/newsletter", response_class=HTMLResponse)
def sign_up(
    request: Request, email: Annotated[str, Form(max_length=160)], tracking: Annotated[str, Form()] = ""
) -> str:
    """An address is entered; nothing goes to it before it was confirmed."""
    shop = shop_of(request)
    if shop.zusage is None:
        raise HTTPException(503, "consents cannot be recorded now")
    asked = asked_of(
        shop, lambda one: one.subscribe("newsletter", email, language="de", tracking=tracking == "ja")
    )
    with shop.portal.begin() as connection:
        if not connection.execute(select(subscriber.c.id).where(subscriber.c.email == email)).first():
            put_row(
                connection, subscriber, email=email, subscription=str(asked.get("id", "")), added_at=now()
            )
    return page("Newsletter", Markup("<p>Bitte bestätigen Sie den Link in unserer E-Mail.</p>"), tags=False)


@router.post("/personal/newsletter")
def issue(request: Request, said: Annotated[dict[str, Any], Body()], role: Role = "") -> dict[str, Any]:
    """Send an issue to everybody on the list who may get it: `key`, `topic`, `subject`, `text`, `html`, `advertiser`."""
    only(role, "marketing")
    shop = shop_of(request)
    with shop.portal.connect() as connection:
        listed = list(connection.execute(select(subscriber.c.email).order_by(subscriber.c.id)).scalars())
    tracking = {"pixel": f"{request.base_url}n/{{id}}.gif", "parameter": "r"}
    asked = {
        "purpose": "newsletter",
        "addresses": listed,
        "language": "de",
        "tracking": tracking,
        "send": True,
    }
    return dict(asked_of(shop, lambda one: one.mailing(asked | said)))


@router.post("/personal/angebote")
def offer(request: Request, said: Annotated[dict[str, Any], Body()], role: Role = "") -> dict[str, Any]:
    """Send an offer to the portal's addresses: to customers who bought and saw the hint, else only with consent."""
    only(role, "marketing")
    shop = shop_of(request)
    asked = {"purpose": "offers", "addresses": _customers(shop), "language": "de", "send": True}
    return dict(asked_of(shop, lambda one: one.mailing(asked | said)))


def _customers(shop: Shop) -> list[dict[str, Any]]:
    """Every portal address with the day of its last sale, and whether the hint was shown at it."""
    last = func.max(sales_order.c.ordered_at)
    hint = func.max(case((sales_order.c.hint_shown, 1), else_=0))
    query = (
        select(customer.c.email, last, hint).outerjoin(sales_order).group_by(customer.c.id, customer.c.email)
    )
    with shop.portal.connect() as connection:
        rows = connection.execute(query.order_by(customer.c.id)).all()
    return [
        {"address": email} | ({"sale": {"at": f"{at:%Y-%m-%d}", "hint": bool(shown)}} if at else {})
        for email, at, shown in rows
    ]


@router.get("/konto/werbung", response_class=HTMLResponse)
def settings(request: Request) -> str:
    """Whether offers come to the customer's address, as Zusage decides it: off as soon as she objected, whichever way."""
    shop, who = shop_of(request), logged_in(request)
    if who is None:
        raise HTTPException(403, "needs a login")
    mine = [one for one in _customers(shop) if one["address"] == who.email]
    asked = {"purpose": "offers", "addresses": mine, "send": False}
    made = asked_of(shop, lambda one: one.mailing(asked))
    return page("Angebote per E-Mail", _SETTING.format("an" if made["permitted"] else "aus"), tags=False)


@router.post("/konto/werbung")
def switch_off(request: Request) -> RedirectResponse:
    """One click ends offers."""
    shop, who = shop_of(request), logged_in(request)
    if who is None or shop.zusage is None:
        raise HTTPException(403, "needs a login")
    # a refusal on record ends what rested on a sale as well as what rested on a consent
    shop.zusage.consent(("email", str(who.email)), {"offers": False})
    return RedirectResponse("/konto/werbung", 303)


@router.get("/n/{id}.gif")
def opened(request: Request, id: str) -> Response:
    """Somebody who agreed to it opened an issue; `id` is what Zusage set into that mail."""
    with shop_of(request).web.begin() as connection:
        found = connection.execute(select(visitor.c.id).where(visitor.c.pseudonym == id[:40])).scalar()
        if found is None:
            found = next_key(connection, visitor)
            made = {"pseudonym": id[:40], "service": "newsletter", "last_event_at": now()}
            connection.execute(insert(visitor).values(id=found, **made))
        put_row(connection, visitor_event, visitor_id=found, name="opened", at=now())
    return Response(_PIXEL, media_type="image/gif", headers={"cache-control": "no-store"})


def asked_of(shop: Shop, ask: Callable[[Zusage], Mapping[str, Any]]) -> Mapping[str, Any]:
    """What Zusage answers; its refusal is the application's, too."""
    if shop.zusage is None:
        raise HTTPException(503, "consents cannot be asked for now")
    try:
        return ask(shop.zusage)
    except Refused as refused:
        raise HTTPException(refused.status, str(refused)) from None
    except ServiceUnreachable:
        raise HTTPException(503, "Zusage does not answer") from None
