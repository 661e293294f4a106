"""Adverts: which one is shown may follow traits of this browser, where the visitor agreed; nothing else does.

Traits belong to a random id in a cookie and to one site; sites are not joined. Without a yes there is neither cookie nor trait,
and the advert is chosen by the site alone.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from sqlalchemy import select
from starlette.requests import Request

from zusage.deployments.adserver.schema import trait
from zusage.deployments.hosting import Here, Visiting, now, put_row

router = APIRouter()
COOKIE = "wr_interest"
_LASTS = timedelta(days=30)
_ADVERTS = {"Luxus": "Uhren in limitierter Auflage", "Garten": "Rosen zum Pflanzen", "Rad": "Räder nach Maß"}
_ANY = "Zeitungen aus der Region"


@router.get("/ad")
def advert(request: Request, host: Here, visit: Visiting, site: str, topic: str = "") -> Response:
    """An advert for a place on `site`; `topic` is what its page is about."""
    agreed = (
        visit is not None and visit.allows("interest-ads") and host.may("interest-ads", browser=visit.browser)
    )
    browser = request.cookies.get(COOKIE) if agreed else None
    fresh = agreed and browser is None
    browser = secrets.token_hex(12) if fresh else browser
    interest = _interest(host, browser, site, topic) if browser else None
    answer = HTMLResponse(
        Markup(
            '<p>Anzeige: {}</p><p><a href="https://www.windrose.example/notice">Datenschutz</a></p>'
        ).format(_ADVERTS.get(interest or "", _ANY))
    )
    if fresh and browser:
        seconds = int(_LASTS.total_seconds())
        answer.set_cookie(COOKIE, browser, max_age=seconds, secure=True, httponly=True, samesite="lax")
    return answer


def _interest(host: Here, browser: str, site: str, topic: str) -> str | None:
    """The latest trait of a browser on a site; what it looks at now becomes one."""
    with host.engines["platform"].begin() as connection:
        if topic in _ADVERTS:
            put_row(connection, trait, browser=browser, site=site[:120], trait=topic, assigned_at=now())
        mine = select(trait.c.trait).where(trait.c.browser == browser, trait.c.site == site)
        found = connection.execute(mine.order_by(trait.c.assigned_at.desc(), trait.c.id.desc())).first()
    return str(found.trait) if found else None
