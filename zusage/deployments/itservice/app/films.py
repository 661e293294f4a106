"""Films: each a picture of our own until it is played; what lies behind a link is not loaded."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape
from starlette.requests import Request

from zusage.deployments.hosting import Here, Visiting
from zusage.deployments.itservice.app.pages import measured

router = APIRouter(default_response_class=HTMLResponse)
FILMS = {
    "video-1": "Ein Netz entsteht",
    "video-2": "Sichern und zurückholen",
    "video-3": "Ein Arbeitsplatz zieht um",
    "video-4": "Ein Tag im Rechenzentrum",
}
_LINK = Markup(
    '<p><a id="outside" href="https://extern.example/" rel="noreferrer">Mehr dazu beim Hersteller</a></p>'
)
_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><rect width="16" height="9" fill="#245"/></svg>'


@router.get("/films")
def films(request: Request, host: Here, visit: Visiting) -> HTMLResponse:
    """Four films and a link."""
    shown = Markup("").join(
        Markup(
            visit.embed(
                "youtube",
                f"https://www.youtube-nocookie.com/embed/{key}",
                title,
                language="de",
                preview=f"/pictures/{key}.svg",
                content=key,
            )
        )
        if visit
        else escape(title)
        for key, title in FILMS.items()
    )
    return measured(request, host, "Filme", shown + _LINK)


@router.get("/pictures/{name}.svg")
def picture(name: str) -> Response:
    """A still of a film, from our own server."""
    return Response(_PICTURE, 200 if name in FILMS else 404, media_type="image/svg+xml")
