"""The public pages: home, prices, videos, contact with a map, imprint."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from starlette.requests import Request

from zusage.deployments.marketplace.app.markup import embed, page

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/")
def home() -> str:
    """The first page."""
    body = Markup(
        "<p>Drehteile, Frästeile und Blechteile von über hundert Fertigern.</p>"
        '<p><a href="/preise">Was kostet ein Teil?</a></p>'
    )
    return page("Teile nach Zeichnung", body)


@router.get("/preise")
def prices() -> str:
    """Prices; who reads them may be interested in turned parts."""
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
    """Where we are."""
    where = embed(request, "maps", "https://www.google.com/maps/embed", "Drehbankweg 5, München", "anfahrt")
    mail = Markup('<p>Schreiben Sie an <a href="mailto:info@spanwerk.example">info@spanwerk.example</a>.</p>')
    return page("Kontakt", mail + where)


@router.get("/impressum")
def imprint() -> str:
    """Who we are; nothing is measured here."""
    return page(
        "Impressum", Markup("<p>Spanwerk Marktplatz GmbH, Drehbankweg 5, 80331 München</p>"), tags=False
    )
