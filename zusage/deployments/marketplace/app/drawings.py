"""Drawings in the partner portal: shown to the partner whose job needs them, and only once the agreement to the NDA in its
present version is on record at Zusage.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlalchemy import Row, Select, select
from starlette.requests import Request

from zusage.deployments.marketplace.app.closing import partner_of
from zusage.deployments.marketplace.app.markup import page
from zusage.deployments.marketplace.app.shop import shop_of
from zusage.deployments.marketplace.schema import drawing, partner_job
from zusage_client import ClientError

router = APIRouter(prefix="/partner")
#: the agreement as it is in force: to another version everybody agrees anew
NDA = "nda/v3"
_ASK = Markup(
    "<p>Zeichnungen sehen Sie, sobald Sie der Geheimhaltungsvereinbarung (Fassung 3) zugestimmt haben.</p>"
    '<form method="post" action="/partner/nda"><button name="agree" value="v3">Ich stimme zu</button></form>'
)


@router.get("/zeichnungen", response_class=HTMLResponse)
def drawings(request: Request) -> str:
    """The drawings of the partner's open jobs, or what is to be agreed to first."""
    who = partner_of(request)
    if not shop_of(request).may(NDA, email=str(who.email)):
        return page("Zeichnungen", _ASK, tags=False)
    with shop_of(request).portal.connect() as connection:
        rows = connection.execute(_needed(who).order_by(drawing.c.id)).all()
    listed = Markup().join(
        Markup('<li><a href="/partner/zeichnungen/{}">{}</a></li>').format(row.id, row.part) for row in rows
    )
    return page("Zeichnungen", Markup("<ul>{}</ul>").format(listed), tags=False)


@router.get("/zeichnungen/{number}")
def one(request: Request, number: int) -> FileResponse:
    """One drawing of an open job."""
    who, shop = partner_of(request), shop_of(request)
    made = shop.may(NDA, email=str(who.email))
    if not made:
        raise HTTPException(403, made.reason["de"])
    with shop.portal.connect() as connection:
        found = connection.execute(_needed(who).where(drawing.c.id == number)).first()
    if found is None:
        raise HTTPException(404, "there is no such drawing")
    return FileResponse(shop.folder / "files" / found.path)


@router.post("/nda")
def agree(request: Request) -> RedirectResponse:
    """The agreement: answered only once it is durably on record."""
    who, zusage = partner_of(request), shop_of(request).zusage
    if zusage is None:
        raise HTTPException(503, "nothing can be agreed to at the moment")
    try:
        zusage.consent(("email", str(who.email)), {NDA: True})
    except ClientError:
        raise HTTPException(503, "nothing was recorded; try again") from None
    return RedirectResponse("/partner/zeichnungen", 303)


def _needed(who: Row[Any]) -> Select[Any]:
    """The drawings of what a partner makes now."""
    mine = (partner_job.c.partner_id == who.id) & partner_job.c.delivered_at.is_(None)
    jobs = select(drawing.c.id, drawing.c.path, partner_job.c.part)
    return jobs.join(partner_job, partner_job.c.item == drawing.c.item_id).where(mine)
