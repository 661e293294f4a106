"""The public pages: home, prices, videos, contact with a map, imprint."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from starlette.requests import Request

from zusage.deployments.marketplace.app.advertising import cleaned, landed, ordered, shown
from zusage.deployments.marketplace.app.calendar import experiments, widgets
from zusage.deployments.marketplace.app.counting import counted, used
from zusage.deployments.marketplace.app.markup import embed, page

router = APIRouter(default_response_class=HTMLResponse, dependencies=[Depends(cleaned), Depends(counted)])


@router.get("/")
def home(request: Request) -> str:
    """The first page, with an advertisement of our own."""
    shown(request, "A")
    body = Markup(
        "<p>Drehteile, Frästeile und Blechteile von über hundert Fertigern.</p>"
        '<p><a href="/preise">Was kostet ein Teil?</a></p>'
    )
    return page("Teile nach Zeichnung", body)


@router.get("/preise")
def prices(request: Request, teil: str = "") -> str:
    """Prices; who reads them may be interested in turned parts. With `teil` the price of one part is worked out."""
    if teil:
        used(request, "price-calculator")
    body = Markup("<p>Drehteile ab 12 €, Frästeile ab 19 €.</p>")
    return page("Preise", body, interest="drehteile")


@router.get("/videos")
def videos(request: Request) -> str:
    """Two videos."""
    first = embed(request, "youtube", "https://www.youtube.com/embed/drehen", "So wird gedreht", "drehen")
    second = embed(request, "youtube", "https://www.youtube.com/embed/fraesen", "So wird gefräst", "fraesen")
    return page("Videos", first + second)


@router.get("/kontakt")
def contact(request: Request) -> str:
    """Where we are, and the ways to reach us: mail, and on a click calendar and chat."""
    where = embed(request, "maps", "https://www.google.com/maps/embed", "Drehbankweg 5, München", "anfahrt")
    mail = Markup('<p>Schreiben Sie an <a href="mailto:info@spanwerk.example">info@spanwerk.example</a>.</p>')
    return page("Kontakt", mail + where + widgets(request) + experiments(request))


@router.get("/impressum")
def imprint() -> str:
    """Who we are; nothing is measured here."""
    return page(
        "Impressum", Markup("<p>Spanwerk Marktplatz GmbH, Drehbankweg 5, 80331 München</p>"), tags=False
    )


@router.get("/aktion/{campaign}")
def campaign(request: Request, campaign: str) -> str:
    """Where an advertisement leads to."""
    landed(request, campaign)
    return page("Aktion", Markup('<p><a href="/bestellt/{}">Jetzt bestellen</a></p>').format(campaign))


@router.get("/bestellt/{campaign}")
def order(request: Request, campaign: str) -> str:
    """After an order that a campaign led to."""
    ordered(request, campaign)
    return page("Danke", Markup("<p>Ihre Bestellung ist da.</p>"), conversion=campaign)
