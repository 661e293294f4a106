"""Public pages: start, prices, contact form, imprint. They set nothing on the visitor's device."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from zusage.deployments.adserver.schema import enquiry
from zusage.deployments.hosting import Frame, Here, form, now, put_row

router = APIRouter(default_response_class=HTMLResponse)
FRAME = Frame("Windrose", {"/": "Start", "/prices": "Preise", "/contact": "Kontakt", "/login": "Anmelden"})
#: the cookie of a login, the only one that the platform itself sets
SESSION = "wr_session"
#: what a thousand deliveries cost everybody, in euros
PRICE = 100
#: the day of the terms that everybody gets
TERMS = "2026-01-12"


@router.get("/")
def start() -> str:
    """The first page."""
    return FRAME.page(
        "Werbung, die passt", Markup("<p>Wir liefern Anzeigen auf Websites unserer Kunden aus.</p>")
    )


@router.get("/prices")
def prices() -> str:
    """One price for everybody."""
    offer = Markup(
        '<p>Tausend Einblendungen kosten <strong id="price">{} EUR</strong>.</p><p>Bedingungen vom {}</p>'
    )
    return FRAME.page("Preise", offer.format(PRICE, TERMS))


@router.get("/contact")
def contact_form() -> str:
    """The form."""
    return FRAME.page(
        "Kontakt", form("/contact", {"name": "Name", "email": "E-Mail", "body": "Nachricht"}, "Senden")
    )


@router.post("/contact", status_code=201)
def contact(
    host: Here,
    name: Annotated[str, Form(max_length=120)],
    email: Annotated[str, Form(max_length=160)],
    body: Annotated[str, Form(max_length=5000)],
) -> str:
    """An enquiry."""
    with host.engines["platform"].begin() as connection:
        put_row(connection, enquiry, name=name, email=email, body=body, received_at=now())
    return FRAME.page("Kontakt", Markup("<p>Ihre Nachricht ist angekommen.</p>"))


@router.get("/impressum")
def imprint() -> str:
    """Who we are."""
    return FRAME.page(
        "Impressum", Markup("<p>Windrose Media GmbH &amp; Co. KG, Speicherstieg 3, 20095 Hamburg</p>")
    )
