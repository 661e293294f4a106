"""A small real application on the job board's database. It knows nothing of Zusage; later issues wire it by the client."""

from __future__ import annotations

from datetime import datetime
from html import escape
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Form, HTTPException, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection, func, insert, select, update

from zusage import clock
from zusage.deployments.creating import engine_of
from zusage.deployments.jobboard.schema import account, application, company, job

_PAGE = (
    '<!doctype html><html lang="de"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>{body}</html>'
)


def create_app(folder: Path) -> FastAPI:
    """The application on the deployment in `folder`. Accounts are chosen by number: there is no login here yet."""
    app = FastAPI(title="Stellenwald", openapi_url=None, docs_url=None, redoc_url=None)
    engine = engine_of(folder, "board")

    @app.get("/", response_class=HTMLResponse)
    def jobs() -> str:
        query = select(job.c.id, job.c.title, company.c.name).join(company).order_by(job.c.id).limit(50)
        with engine.connect() as connection:
            rows = connection.execute(query).all()
        items = "".join(f"<li>{row.id}: {escape(row.title)} – {escape(row.name)}</li>" for row in rows)
        return _PAGE.format(title="Offene Stellen", body=f"<ul>{items}</ul>")

    @app.get("/account/{number}")
    def profile(number: int) -> dict[str, str | None]:
        with engine.connect() as connection:
            return _profile(connection, number)

    @app.post("/account/{number}/phone/delete")
    def delete_phone(number: int) -> Response:
        with engine.begin() as connection:
            _profile(connection, number)
            connection.execute(update(account).where(account.c.id == number).values(phone=None))
        return RedirectResponse(f"/account/{number}", status_code=303)

    @app.post("/account/{number}/close")
    def close(number: int) -> Response:
        with engine.begin() as connection:
            _profile(connection, number)
            values = {"closed_at": _now(), "active": False}
            connection.execute(update(account).where(account.c.id == number).values(values))
        return RedirectResponse("/", status_code=303)

    @app.post("/jobs/{number}/apply", status_code=201)
    def apply(
        number: int, who: Annotated[int, Form()], letter: Annotated[str, Form(max_length=2000)]
    ) -> dict[str, int]:
        with engine.begin() as connection:
            _profile(connection, who)
            if connection.execute(select(job.c.id).where(job.c.id == number)).first() is None:
                raise HTTPException(404, "there is no such job")
            free = connection.execute(select(func.coalesce(func.max(application.c.id), 0) + 1)).scalar_one()
            row = {"id": free, "account_id": who, "job_id": number, "letter": letter}
            connection.execute(insert(application).values(row | {"state": "open", "sent_at": _now()}))
        return {"application": int(free)}

    return app


def _profile(connection: Connection, number: int) -> dict[str, str | None]:
    query = select(account.c.email, account.c.first_name, account.c.last_name, account.c.phone)
    row = connection.execute(query.where(account.c.id == number, account.c.closed_at.is_(None))).first()
    if row is None:
        raise HTTPException(404, "there is no such account")
    return dict(row._mapping)


def _now() -> datetime:
    return clock.now().replace(tzinfo=None)
