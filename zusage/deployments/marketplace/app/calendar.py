"""Booking a meeting: the calendar and the chat as placeholders until the visitor agrees, and the steps of a booking."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy import insert, select, update
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from zusage.deployments.hosting import next_key, put_row
from zusage.deployments.marketplace.app.markup import embed, page
from zusage.deployments.marketplace.app.portal import tag
from zusage.deployments.marketplace.app.shop import now, shop_of
from zusage.deployments.marketplace.schema import visitor, visitor_event

router = APIRouter()
#: the service under which the steps of bookings stand
BOOKING = "booking"
STEPS = ("opened", "chose-slot", "booked")
_CALENDAR = "https://calendly.com/spanwerk/erstgespraech"
_CHAT = "https://chat.userlike.com/spanwerk"
_EXPERIMENTS = "https://cdn.optimizely.com/experiments.js"
#: what a visitor sees who takes part in no experiment; the variant stands beside it
_SLOGAN = Markup(
    '<p id="slogan" data-variant-b="Sprechen wir über Ihr Teil.">Buchen Sie ein Erstgespräch.</p>'
)
_LINKS = Markup(
    '<p><a href="/termin">Termin</a> <a href="/termin/ablauf">Ablauf</a> <a href="/termin/vorbereitung">Vorbereitung</a></p>'
)


def widgets(request: Request) -> Markup:
    """Calendar and chat: nothing is loaded before a click."""
    return embed(request, "calendly", _CALENDAR, "Termin buchen", "termin") + embed(
        request, "chat", _CHAT, "Chat", "chat"
    )


def experiments(request: Request) -> Markup:
    """The tag that compares variants, and our own script that reports the steps of a booking."""
    return Markup('<script src="/termin.js" defer></script>') + tag(request, "optimizely", _EXPERIMENTS)


@router.get("/termin", response_class=HTMLResponse)
def booking(request: Request) -> str:
    """The page with the calendar."""
    return page("Termin", _SLOGAN + _LINKS + widgets(request) + experiments(request), tags=False)


@router.get("/termin/{name}", response_class=HTMLResponse)
def about_booking(request: Request, name: str) -> str:
    """What happens at a meeting, and how to prepare."""
    if name not in ("ablauf", "vorbereitung"):
        raise HTTPException(404, "there is no such page")
    return page("Termin", _SLOGAN + _LINKS + experiments(request), tags=False)


@router.get("/termin.js")
def script() -> Response:
    """Our own script: it passes on what the calendar says in its frame."""
    return FileResponse(Path(__file__).with_name("termin.js"), media_type="text/javascript")


@router.post("/termin/schritte", status_code=204)
def step(request: Request, name: Annotated[str, Form(max_length=20)]) -> Response:
    """A step of a booking: stored for visitors who agreed to its analysis, under a pseudonym of this purpose alone."""
    visit = request.scope.get("zusage")
    browser = visit.browser if visit and visit.allows("booking-analysis") else None
    shop = shop_of(request)
    if not browser or name not in STEPS or not shop.may("booking-analysis", browser=browser):
        return Response(status_code=204)
    pseudonym = hashlib.sha256(f"{BOOKING}:{browser}".encode()).hexdigest()[:32]
    with shop.web.begin() as connection:
        mine = (visitor.c.pseudonym == pseudonym) & (visitor.c.service == BOOKING)
        found = connection.execute(select(visitor.c.id).where(mine)).scalar()
        if found is None:
            found = next_key(connection, visitor)
            connection.execute(insert(visitor).values(id=found, pseudonym=pseudonym, service=BOOKING))
        connection.execute(update(visitor).where(visitor.c.id == found).values(last_event_at=now()))
        put_row(connection, visitor_event, visitor_id=found, name=name, at=now())
    return Response(status_code=204)
