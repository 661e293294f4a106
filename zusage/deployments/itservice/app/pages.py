"""A small real application on the IT provider's databases. It knows nothing of Zusage; later issues wire it by the client."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Form, HTTPException, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import func, insert, select, update

from zusage import clock
from zusage.deployments.creating import engine_of
from zusage.deployments.itservice.schema import case, customer, form_message, ticket

_FORM = (
    '<!doctype html><html lang="de"><meta charset="utf-8"><title>Kontakt</title><h1>Kontakt</h1>'
    '<form method="post" action="/contact"><label>Name <input name="name"></label>'
    '<label>E-Mail <input name="email" type="email"></label>'
    '<label>Nachricht <textarea name="body"></textarea></label><button>Senden</button></form></html>'
)


def create_app(folder: Path) -> FastAPI:
    """The application on the deployment in `folder`."""
    app = FastAPI(title="Strompfad", openapi_url=None, docs_url=None, redoc_url=None)
    desk, office = engine_of(folder, "desk"), engine_of(folder, "office")

    @app.get("/", response_class=HTMLResponse)
    def contact_form() -> str:
        return _FORM

    @app.post("/contact", status_code=201)
    def contact(
        name: Annotated[str, Form(max_length=120)],
        email: Annotated[str, Form(max_length=160)],
        body: Annotated[str, Form(max_length=5000)],
    ) -> dict[str, int]:
        with office.begin() as connection:
            free = connection.execute(select(func.coalesce(func.max(form_message.c.id), 0) + 1)).scalar_one()
            row = {"id": free, "name": name, "email": email, "body": body, "received_at": _now()}
            connection.execute(insert(form_message).values(row))
        return {"message": int(free)}

    @app.post("/contact/{number}/handled", status_code=204, response_class=Response)
    def handled(number: int) -> None:
        with office.begin() as connection:
            mine = update(form_message).where(form_message.c.id == number).values(handled_at=_now())
            if connection.execute(mine).rowcount != 1:
                raise HTTPException(404, "there is no such message")

    @app.get("/customers/{number}/tickets")
    def tickets(number: int) -> list[dict[str, str | None]]:
        with desk.connect() as connection:
            if connection.execute(select(customer.c.id).where(customer.c.id == number)).first() is None:
                raise HTTPException(404, "there is no such customer")
            query = select(ticket.c.subject, ticket.c.body).where(ticket.c.customer_id == number)
            return [dict(row._mapping) for row in connection.execute(query)]

    @app.post("/cases/{number}/close", status_code=204, response_class=Response)
    def close_case(number: int) -> None:
        with desk.begin() as connection:
            mine = update(case).where(case.c.id == number).values(closed_at=_now())
            if connection.execute(mine).rowcount != 1:
                raise HTTPException(404, "there is no such case")

    return app


def _now() -> datetime:
    return clock.now().replace(tzinfo=None)
