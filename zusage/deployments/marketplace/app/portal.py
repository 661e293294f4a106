"""The customer portal and the partner portal: login, orders, payment by invoice or card.

Each portal sets one cookie of its own, the login session. Stripe is loaded on the page for card payment and nowhere else.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlalchemy import Row, select
from starlette.requests import Request
from starlette.responses import Response

from zusage.deployments.hosting import form, put_row
from zusage.deployments.marketplace.app.markup import page
from zusage.deployments.marketplace.app.posting import post
from zusage.deployments.marketplace.app.shop import Shop, now, shop_of
from zusage.deployments.marketplace.schema import (
    customer,
    customer_session,
    order_item,
    partner,
    partner_session,
    sales_order,
)
from zusage.deployments.sessions import Sessions, is_password, log_out, set_session

router = APIRouter()
CUSTOMER, PARTNER = "sp_session", "sid"
_STRIPE = "https://js.stripe.com/v3.js"
_RADAR = "https://m.stripe.com/radar.js"
_IDLE = timedelta(hours=8)
_LOGIN = {"email": "E-Mail", "password": "Passwort"}
_HINT = (
    "Wir nutzen Ihre E-Mail-Adresse für Angebote zu ähnlichen eigenen Leistungen. Sie können jederzeit widersprechen, ohne"
    " andere Kosten als die der Übermittlung nach den Basistarifen."
)
_PAY = Markup(
    '<form method="post" action="/konto/zahlung/{0}"><button name="way" value="rechnung">Auf Rechnung</button></form>'
    '<p><a href="/konto/zahlung/{0}/karte">Mit Karte</a></p>'
)


def sessions(shop: Shop) -> Sessions:
    """The customers' sessions."""
    return Sessions(shop.portal, customer_session, _IDLE)


def logged_in(request: Request) -> Row[Any] | None:
    """The customer of this request."""
    shop = shop_of(request)
    session = sessions(shop).find(request.cookies.get(CUSTOMER), now())
    if session is None:
        return None
    with shop.portal.connect() as connection:
        return connection.execute(select(customer).where(customer.c.id == session.person_id)).first()


def customer_of(request: Request) -> Row[Any]:
    """The customer of this request; 403 for everybody else."""
    who = logged_in(request)
    if who is None:
        raise HTTPException(403, "needs a login")
    return who


@router.get("/konto", response_class=HTMLResponse)
def account(request: Request) -> str:
    """The account, or the login."""
    who = logged_in(request)
    if who is None:
        return page("Anmeldung", form("/konto", _LOGIN, "Anmelden"), tags=False)
    words = Markup(
        '<p>{}</p><p><a href="/konto/auftraege">Aufträge</a></p><form method="post" action="/konto/ende"><button>Abmelden</button></form>'
    )
    return page("Mein Konto", words.format(who.name), tags=False)


@router.post("/konto")
def log_in(request: Request, email: Annotated[str, Form()], password: Annotated[str, Form()]) -> Response:
    """Login; the session ends with the browser."""
    shop = shop_of(request)
    with shop.portal.connect() as connection:
        found = connection.execute(select(customer).where(customer.c.email == email)).first()
    if found is None or not is_password(password, found.password_check):
        raise HTTPException(403, "wrong address or password")
    answer = RedirectResponse("/konto", 303)
    set_session(answer, CUSTOMER, sessions(shop).begin(int(found.id), now()))
    return answer


@router.post("/konto/ende")
def end_session(request: Request) -> Response:
    """Logout."""
    return log_out(sessions(shop_of(request)), request, CUSTOMER, "/konto")


@router.get("/konto/auftraege", response_class=HTMLResponse)
def orders(request: Request) -> str:
    """The customer's orders."""
    who = customer_of(request)
    query = select(sales_order.c.id, sales_order.c.number, order_item.c.part).outerjoin(order_item)
    with shop_of(request).portal.connect() as connection:
        rows = connection.execute(
            query.where(sales_order.c.customer_id == who.id).order_by(sales_order.c.id)
        ).all()
    listed = Markup().join(
        Markup('<li><a href="/konto/zahlung/{}">{} {}</a></li>').format(row.id, row.number, row.part or "")
        for row in rows
    )
    return page("Meine Aufträge", Markup("<ul>{}</ul>").format(listed), tags=False)


@router.get("/konto/bestellung", response_class=HTMLResponse)
def order_form(request: Request) -> str:
    """The order form, with the hint on the use of the address for offers (§ 7(3) UWG) before its button."""
    customer_of(request)
    fields = form("/konto/bestellung", {"part": "Teil", "quantity": "Menge"}, "Bestellen")
    return page("Bestellung", Markup("<p>{}</p>").format(_HINT) + fields, tags=False)


@router.post("/konto/bestellung")
def place_order(
    request: Request, part: Annotated[str, Form(max_length=120)], quantity: Annotated[int, Form(ge=1)]
) -> Response:
    """A sale: whoever ordered here has seen the hint."""
    who = customer_of(request)
    with shop_of(request).portal.begin() as connection:
        order = put_row(connection, sales_order, customer_id=who.id, ordered_at=now(), hint_shown=True)
        put_row(connection, order_item, order_id=order, part=part, quantity=quantity)
    words = f"Ihr Auftrag über {quantity} × {part} ist eingegangen."
    post(shop_of(request).folder, str(who.email), "Auftragsbestätigung", words)
    return RedirectResponse("/konto/auftraege", 303)


@router.get("/konto/zahlung/{order}", response_class=HTMLResponse)
def payment(request: Request, order: int) -> str:
    """How to pay."""
    _own_order(request, order)
    return page("Zahlung", _PAY.format(order), tags=False)


@router.post("/konto/zahlung/{order}", response_class=HTMLResponse)
def pay(request: Request, order: int, way: Annotated[str, Form()]) -> str:
    """By invoice: nothing of Stripe's is needed."""
    _own_order(request, order)
    if way != "rechnung":
        raise HTTPException(400, "unknown way to pay")
    return page("Zahlung", Markup("<p>Die Rechnung kommt per Post.</p>"), tags=False)


@router.get("/konto/zahlung/{order}/karte", response_class=HTMLResponse)
def card(request: Request, order: int) -> str:
    """By card: the number is typed into Stripe's own fields."""
    _own_order(request, order)
    fields = Markup(
        '<form id="karte"><label>Kartennummer <input name="number" autocomplete="cc-number"></label></form>'
    )
    return page(
        "Kartenzahlung",
        fields + tag(request, "stripe", _STRIPE) + tag(request, "stripe-radar", _RADAR),
        tags=False,
    )


def tag(request: Request, service: str, source: str) -> Markup:
    """A script of somebody else's: at once if its service is declared as necessary, inert until a yes otherwise."""
    visit = request.scope.get("zusage")
    services = visit.published.policy.services if visit and visit.published else ()
    declared = next((one for one in services if one.id == service), None)
    if declared is None:
        return Markup()
    if declared.purpose is None:
        return Markup('<script src="{}" defer></script>').format(source)
    return Markup('<script type="text/plain" data-zusage="{}" data-src="{}"></script>').format(
        service, source
    )


@router.get("/partner", response_class=HTMLResponse)
def partners(request: Request) -> str:
    """The partner portal, or its login."""
    shop = shop_of(request)
    session = Sessions(shop.portal, partner_session, _IDLE).find(request.cookies.get(PARTNER), now())
    if session is None:
        return page("Partnerportal", form("/partner", _LOGIN, "Anmelden"), tags=False)
    with shop.portal.connect() as connection:
        name = connection.execute(select(partner.c.name).where(partner.c.id == session.person_id)).scalar()
    return page("Partnerportal", Markup("<p>{}</p>").format(name), tags=False)


@router.post("/partner")
def partner_login(
    request: Request, email: Annotated[str, Form()], password: Annotated[str, Form()]
) -> Response:
    """A partner's login."""
    shop = shop_of(request)
    with shop.portal.connect() as connection:
        found = connection.execute(select(partner).where(partner.c.email == email)).first()
    if found is None or not is_password(password, found.password_check):
        raise HTTPException(403, "wrong address or password")
    answer = RedirectResponse("/partner", 303)
    set_session(answer, PARTNER, Sessions(shop.portal, partner_session, _IDLE).begin(int(found.id), now()))
    return answer


def _own_order(request: Request, order: int) -> None:
    who = customer_of(request)
    query = select(sales_order.c.id).where(sales_order.c.id == order, sales_order.c.customer_id == who.id)
    with shop_of(request).portal.connect() as connection:
        if connection.execute(query).first() is None:
            raise HTTPException(404, "there is no such order")
