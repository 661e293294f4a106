"""Video calls by link: the page loads nothing of anybody else's, whatever was agreed to elsewhere."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlalchemy import delete, func, update
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
    '<p id="verbunden">Verbunden als {}</p><button id="aufzeichnen" disabled>Aufzeichnen</button><form method="post" action="/gespraech/{}/ende"><button>Auflegen</button></form>'
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


@router.post("/gespraech/{link}/{seat}/nachricht", status_code=204, response_class=Response)
def say(request: Request, link: str, seat: int, text: Annotated[str, Form(max_length=2_000)]) -> None:
    """A line in the chat of a running call."""
    with shop_of(request).office.begin() as connection:
        mine = (video_call.c.id == seat) & video_call.c.left_at.is_(None)
        more = func.coalesce(video_call.c.chat, "").concat(text + "\n")
        if connection.execute(update(video_call).where(mine).values(chat=more)).rowcount != 1:
            raise HTTPException(404, "this call is over")


@router.post("/gespraech/{link}/{seat}/ende")
def leave(request: Request, link: str, seat: int) -> RedirectResponse:
    """Hang up: what was known of the call is emptied and gone at once; the sweep takes what a lost line left behind."""
    with shop_of(request).office.begin() as connection:
        mine = (video_call.c.id == seat) & video_call.c.left_at.is_(None)
        emptied = {"left_at": now(), "participant": "", "address": "", "chat": ""}
        if connection.execute(update(video_call).where(mine).values(emptied)).rowcount:
            connection.execute(delete(video_call).where(video_call.c.id == seat))
    return RedirectResponse(f"/gespraech/{link}", 303)


@router.post("/gespraech/{link}/{seat}/{way}")
def keep(link: str, seat: int, way: Literal["aufzeichnung", "mitschrift"]) -> None:
    """A recording or a transcript: there is none, for nobody and in no setting."""
    raise HTTPException(403, "calls are not recorded")
