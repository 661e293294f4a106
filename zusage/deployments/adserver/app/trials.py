"""A trial of two versions of a page. The notice does not name this purpose: it runs only on a separate, recorded consent."""

from __future__ import annotations

from hashlib import sha256

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from zusage.deployments.adserver.app.pages import FRAME
from zusage.deployments.adserver.schema import trial_view
from zusage.deployments.hosting import Here, Visiting, now, put_row

router = APIRouter(default_response_class=HTMLResponse)
PURPOSE = "page-trial"
_TITLES = {"a": "Unsere Formate", "b": "Formate für jede Fläche"}


@router.get("/formats")
def formats(host: Here, visit: Visiting) -> str:
    """The page that is tried out. Who did not agree sees version a, and is not counted."""
    version, browser = "a", visit.browser if visit else None
    if (
        visit is not None
        and browser is not None
        and visit.allows(PURPOSE)
        and host.may(PURPOSE, browser=browser)
    ):
        version = "ab"[sha256(f"formats:{browser}".encode()).digest()[0] % 2]
        with host.engines["platform"].begin() as connection:
            put_row(connection, trial_view, browser=browser, version=version, seen_at=now())
    return FRAME.page(_TITLES[version], Markup("<p>Banner, Text und Bild in acht Größen.</p>"))
