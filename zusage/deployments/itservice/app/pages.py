"""Public pages: start, contact form, imprint. They set nothing on the visitor's device."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Response
from fastapi.responses import HTMLResponse, JSONResponse
from markupsafe import Markup
from sqlalchemy import update
from starlette.requests import Request

from zusage.deployments.hosting import Frame, Here, Visiting, now, put_row, visit_of
from zusage.deployments.itservice.app.asking import form
from zusage.deployments.itservice.app.measuring import (
    count_view,
    recognise,
    remember_click,
    tags,
    tell_conversion,
)
from zusage.deployments.itservice.schema import form_message

router = APIRouter(default_response_class=HTMLResponse)
MENU = {
    "/": "Start",
    "/films": "Filme",
    "/contact": "Kontakt",
    "/jobs": "Stellen",
    "/cart": "Warenkorb",
    "/login": "Anmelden",
}
FRAME = Frame("Strompfad", MENU)


@router.get("/")
def start(request: Request, host: Here) -> HTMLResponse:
    """The first page, with the contact form."""
    return measured(request, host, "Wir halten Ihre Rechner am Laufen", _form())


@router.get("/contact")
def contact_form(request: Request, host: Here) -> HTMLResponse:
    """The form."""
    return measured(request, host, "Kontakt", _form())


@router.get("/services")
def services(request: Request, host: Here) -> HTMLResponse:
    """What we do."""
    return measured(request, host, "Leistungen", Markup("<p>Netze, Server, Arbeitsplätze.</p>"))


def measured(request: Request, host: Here, title: str, body: Markup) -> HTMLResponse:
    """A page whose views are counted; who saw it is measured for visitors who agreed, and for nobody else."""
    visit = visit_of(request)
    count_view(host, request.url.path)
    remember_click(host, visit, request.query_params.get("gclid"))
    answer = HTMLResponse(FRAME.page(title, body, end=tags(host, visit)))
    recognise(host, visit, request, answer)
    return answer


def _form() -> Markup:
    return form("/contact", {"name": "Name", "email": "E-Mail", "body": "Nachricht"}, "Senden")


@router.post("/contact", status_code=201)
def contact(
    request: Request,
    host: Here,
    visit: Visiting,
    name: Annotated[str, Form(max_length=120)],
    email: Annotated[str, Form(max_length=160)],
    body: Annotated[str, Form(max_length=5000)],
) -> Response:
    """A message; programs get its number."""
    row = {"name": name, "email": email, "body": body, "received_at": now()}
    with host.engines["office"].begin() as connection:
        key = put_row(connection, form_message, **row)
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"message": key}, 201)
    thanks = Markup('<p id="arrived">Ihre Nachricht ist angekommen.</p>')
    return HTMLResponse(FRAME.page("Kontakt", thanks, end=tell_conversion(host, visit)), 201)


@router.post("/contact/{number}/handled", status_code=204, response_class=Response)
def handled(host: Here, number: int) -> None:
    """A message was dealt with."""
    with host.engines["office"].begin() as connection:
        mine = update(form_message).where(form_message.c.id == number).values(handled_at=now())
        if connection.execute(mine).rowcount != 1:
            raise HTTPException(404, "there is no such message")


@router.get("/impressum")
def imprint() -> str:
    """Who we are; nothing is measured here."""
    return FRAME.page("Impressum", Markup("<p>Strompfad IT-Service GmbH, Werkstraße 12, 70173 Stuttgart</p>"))
