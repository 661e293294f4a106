"""Advertising profiles: what a visitor who agreed is interested in, on linked devices, and the audiences made of it.

A browser without consent has no id here. Devices are linked under a random id while the customer agrees, and no longer: if
one of them says no, all links go.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Body, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlalchemy import Connection, delete, insert, select, update
from starlette.requests import Request

from zusage.deployments.hosting import next_key, put_row
from zusage.deployments.marketplace.app.advertising import ADVERTS, minors
from zusage.deployments.marketplace.app.markup import page
from zusage.deployments.marketplace.app.newsletter import asked_of
from zusage.deployments.marketplace.app.portal import logged_in
from zusage.deployments.marketplace.app.shop import Shop, now, shop_of
from zusage.deployments.marketplace.app.staff import Role, only
from zusage.deployments.marketplace.schema import customer, device_link, visitor, visitor_event

router = APIRouter()
_LINKING = Markup(
    '<form method="post" action="/konto/geraete/verbinden"><button>Dieses Gerät verknüpfen</button></form>'
    '<form method="post" action="/konto/geraete/trennen"><button>Alle Verknüpfungen aufheben</button></form>'
)


def browser_of(request: Request) -> str:
    """The visitor's id, if the visitor agreed to advertising; else nothing."""
    visit = request.scope.get("zusage")
    return (visit.browser or "") if visit and visit.allows("marketing") else ""


@router.get("/teile/{kind}", response_class=HTMLResponse)
def parts(request: Request, kind: str) -> str:
    """A page of the catalogue; what somebody looks at who agreed tells what to advertise."""
    browser = browser_of(request)
    if browser:
        shop = shop_of(request)
        person = _person_of(shop, browser)
        _remember(shop, person or browser, kind)
    return page("Katalog", Markup("<p>{}</p>").format(kind), interest=kind)


def _remember(shop: Shop, pseudonym: str, kind: str) -> None:
    with shop.web.begin() as connection:
        mine = (visitor.c.pseudonym == pseudonym) & (visitor.c.service == ADVERTS)
        found = connection.execute(select(visitor.c.id).where(mine)).scalar()
        if found is None:
            found = next_key(connection, visitor)
            made = {"pseudonym": pseudonym, "service": ADVERTS, "last_event_at": now()}
            connection.execute(insert(visitor).values(id=found, **made))
        connection.execute(update(visitor).where(visitor.c.id == found).values(last_event_at=now()))
        put_row(connection, visitor_event, visitor_id=found, name=f"interest:{kind}"[:60], at=now())


def _person_of(shop: Shop, browser: str) -> str:
    """The id under which this browser is linked, if everybody concerned still agrees; otherwise the links go."""
    with shop.web.connect() as connection:
        query = select(device_link.c.pseudonym).where(device_link.c.browser == browser)
        person = connection.execute(query).scalar()
        if person is None:
            return ""
        mine = device_link.c.pseudonym == person
        browsers = list(connection.execute(select(device_link.c.browser).where(mine)).scalars())
    with shop.portal.connect() as connection:
        email = connection.execute(select(customer.c.email).where(customer.c.advert_id == person)).scalar()
    agrees = email is not None and shop.may("cross-device", email=str(email))
    if agrees and all(shop.may("marketing", browser=one) for one in browsers):
        return str(person)
    _unlink(shop, str(person), str(email or ""))
    return ""


def _unlink(shop: Shop, person: str, email: str) -> None:
    with shop.web.begin() as connection:
        connection.execute(delete(device_link).where(device_link.c.pseudonym == person))
    if email and shop.zusage is not None and shop.may("cross-device", email=email):
        shop.zusage.withdraw(("email", email), "cross-device")


@router.get("/konto/geraete", response_class=HTMLResponse, response_model=None)
def devices(request: Request) -> str | RedirectResponse:
    """The devices of a customer. A browser that agrees no longer takes all links with it."""
    shop, who = shop_of(request), logged_in(request)
    if who is None:
        return RedirectResponse("/konto", 303)
    with shop.web.connect() as connection:
        linked = list(_links(connection, str(who.advert_id or "")))
    if linked and not browser_of(request):
        _unlink(shop, str(who.advert_id), str(who.email))
        linked = []
    said = Markup("<p>Verknüpfte Geräte: {}</p>").format(len(linked))
    return page("Meine Geräte", said + _LINKING, tags=False)


def _links(connection: Connection, person: str) -> list[str]:
    return list(
        connection.execute(select(device_link.c.browser).where(device_link.c.pseudonym == person)).scalars()
    )


@router.post("/konto/geraete/verbinden")
def link(request: Request) -> RedirectResponse:
    """Links this browser: on the customer's own click, and only in a browser that agreed to advertising."""
    shop, who, browser = shop_of(request), logged_in(request), browser_of(request)
    if who is None or shop.zusage is None or not browser:
        raise HTTPException(403, "needs a login and the consent to advertising in this browser")
    shop.zusage.consent(("email", str(who.email)), {"cross-device": True})
    person = str(who.advert_id or f"p-{secrets.token_hex(8)}")
    with shop.portal.begin() as connection:
        connection.execute(update(customer).where(customer.c.id == who.id).values(advert_id=person))
    with shop.web.begin() as connection:
        connection.execute(delete(device_link).where(device_link.c.browser == browser))
        put_row(connection, device_link, pseudonym=person, browser=browser, linked_at=now())
    return RedirectResponse("/konto/geraete", 303)


@router.post("/konto/geraete/trennen")
def unlink(request: Request) -> RedirectResponse:
    """Takes the consent back: all links of the customer go."""
    shop, who = shop_of(request), logged_in(request)
    if who is None:
        raise HTTPException(403, "needs a login")
    _unlink(shop, str(who.advert_id or ""), str(who.email))
    return RedirectResponse("/konto/geraete", 303)


@router.post("/personal/zielgruppen")
def audience(request: Request, said: Annotated[dict[str, Any], Body()], role: Role = "") -> dict[str, Any]:
    """An audience for a campaign (`key`) of `advertiser` (none: our own): the browsers that may be in it, and why."""
    only(role, "marketing")
    shop = shop_of(request)
    with shop.web.connect() as connection:
        query = select(visitor.c.pseudonym).where(visitor.c.service == ADVERTS).order_by(visitor.c.id)
        young = minors(connection)
        found = connection.execute(query).scalars()
        browsers = [one for one in found if _is_browser(str(one)) and one not in young]
    asked = {"purpose": "marketing", "browsers": browsers, "send": False}
    made = asked_of(shop, lambda one: one.mailing(asked | said))
    permitted = [one["browser"] for one in made["recipients"] if one["allowed"]]
    if said.get("advertiser") and not permitted:
        raise HTTPException(403, "audiences are made for our own goods and services only")
    return {"mailing": made["mailing"], "ids": permitted}


@router.post("/personal/kundenliste")
def upload(request: Request, said: Annotated[dict[str, Any], Body()], role: Role = "") -> dict[str, Any]:
    """Give `addresses` to a network as hashes. `whole: true` insists on all of them, and is refused if one did not agree."""
    only(role, "marketing")
    shop = shop_of(request)
    asked = {"purpose": "audiences", "addresses": said["addresses"], "key": said["key"], "send": False}
    made = asked_of(shop, lambda one: one.mailing(asked))
    permitted = [one for one in made["recipients"] if one["allowed"]]
    if said.get("whole") and made["refused"]:
        raise HTTPException(403, f"{made['refused']} of the list did not agree: nothing was uploaded")
    lines = [
        f"{hashlib.sha256(one['address'].lower().encode()).hexdigest()} {one['consent']}" for one in permitted
    ]
    place = shop.folder / "files" / "audiences"
    place.mkdir(exist_ok=True)
    (place / f"{made['mailing']}.txt").write_text("\n".join(lines), encoding="utf-8")
    return {"mailing": made["mailing"], "uploaded": len(permitted), "left_out": made["refused"]}


def _is_browser(pseudonym: str) -> bool:
    return len(pseudonym) == 32 and all(letter in "0123456789abcdef" for letter in pseudonym)
