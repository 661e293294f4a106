"""Video calls by link: the page loads nothing of anybody else's, whatever was agreed to elsewhere."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlalchemy import update
from starlette.requests import Request

from zusage.deployments.hosting import put_row
from zusage.deployments.marketplace.app.markup import page
from zusage.deployments.marketplace.app.shop import now, shop_of
from zusage.deployments.marketplace.schema import video_call

router = APIRouter()
_JOIN = Markup(
    '<form method="post"><p><label>Ihr Name <input name="name"></label></p><button>Teilnehmen</button></form>'
)
_LEAVE = Markup(
    '<p id="verbunden">Verbunden als {}</p><form method="post" action="/gespraech/{}/ende"><button>Auflegen</button></form>'
)


@router.get("/gespraech/{link}", response_class=HTMLResponse)
def call(link: str, seat: int = 0) -> str:
    """The call's page: the way in, or the running call."""
    return page("Videogespräch", _LEAVE.format(seat, f"{link}/{seat}") if seat else _JOIN, tags=False)


@router.post("/gespraech/{link}")
def join(request: Request, link: str, name: Annotated[str, Form(max_length=120)]) -> RedirectResponse:
    """Take part; what is known of it lives as long as the call."""
    address = request.client.host if request.client else ""
    with shop_of(request).office.begin() as connection:
        seat = put_row(connection, video_call, participant=name, address=address, chat="", joined_at=now())
    return RedirectResponse(f"/gespraech/{link}?seat={seat}", 303)


@router.post("/gespraech/{link}/{seat}/ende")
def leave(request: Request, link: str, seat: int) -> RedirectResponse:
    """Hang up."""
    with shop_of(request).office.begin() as connection:
        mine = (video_call.c.id == seat) & video_call.c.left_at.is_(None)
        connection.execute(update(video_call).where(mine).values(left_at=now()))
    return RedirectResponse(f"/gespraech/{link}", 303)
