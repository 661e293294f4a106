"""What the marketplace's own people see of applicants: the panel a running procedure, recruiting the pool.

The company's single sign-on in front of the application says who is there (`zusage.deployments.office`).
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Header, HTTPException, Query
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy import Row, select
from starlette.requests import Request

from zusage.deployments.hosting import put_row
from zusage.deployments.marketplace.app.applying import enter_pool
from zusage.deployments.marketplace.app.markup import page
from zusage.deployments.marketplace.app.shop import Shop, now, shop_of
from zusage.deployments.marketplace.schema import (
    applicant,
    applicant_file,
    applicant_look,
    applicant_note,
    pool_entry,
)

router = APIRouter(prefix="/personal")
HEADER = "remote-role"
Role = Annotated[str, Header(alias=HEADER)]
_FILE = Markup("<article><h2>{name}</h2><p>{letter}</p><ul>{papers}</ul><p>{notes}</p></article>")


def only(role: str, *roles: str) -> None:
    """Lets only these roles in (403)."""
    if role not in roles:
        raise HTTPException(403, "not in this role")


@router.get("/stellen/{vacancy}", response_class=HTMLResponse)
def procedure(request: Request, vacancy: str, role: Role = "") -> str:
    """The running procedure of a vacancy as the panel sees it."""
    only(role, "panel", "recruiting")
    shop = shop_of(request)
    running = (applicant.c.post == vacancy) & applicant.c.procedure_ended_at.is_(None)
    with shop.office.connect() as connection:
        found = connection.execute(select(applicant).where(running).order_by(applicant.c.id)).all()
    return page(f"Stelle {vacancy}", Markup().join(_file(shop, one) for one in found), tags=False)


@router.get("/bewerbungen/{number}", response_class=HTMLResponse)
def application(
    request: Request, number: int, matter: Annotated[str, Query(max_length=60)] = "", role: Role = ""
) -> str:
    """One application. After the end of its procedure it is shown only as long as the applicant agrees – or to the legal
    department as evidence in a `matter` that it names."""
    only(role, "panel", "recruiting", "manager", "legal")
    shop = shop_of(request)
    with shop.office.connect() as connection:
        found = connection.execute(select(applicant).where(applicant.c.id == number)).first()
    if found is None:
        raise HTTPException(404, "there is no such application")
    ground = "procedure"
    if role == "legal":
        if not matter:
            raise HTTPException(403, "evidence in which matter?")
        ground = "legal-claim"
    elif found.hired_at is not None:
        raise HTTPException(403, "this file is closed")
    elif found.procedure_ended_at is not None:
        made = shop.may("longer-application", email=str(found.email))
        if not made:
            raise HTTPException(403, made.reason["de"])
        ground = made.code
    with shop.office.begin() as connection:
        look = {"applicant": number, "role": role, "ground": ground, "matter": matter}
        put_row(connection, applicant_look, at=now(), **look)
    return page("Bewerbung", _file(shop, found), tags=False)


@router.get("/einsichten")
def looks(request: Request, role: Role = "") -> list[dict[str, Any]]:
    """Which application was looked at when, in which role, on which ground."""
    only(role, "recruiting", "audit")
    with shop_of(request).office.connect() as connection:
        rows = connection.execute(select(applicant_look).order_by(applicant_look.c.at)).all()
    return [
        {"application": row.applicant, "role": row.role, "ground": row.ground, "at": row.at.isoformat()}
        | ({"matter": row.matter} if row.matter else {})
        for row in rows
    ]


@router.get("/pool")
def pool(request: Request, role: Role = "") -> list[dict[str, Any]]:
    """The pool: those whose consent stands now."""
    only(role, "recruiting")
    shop = shop_of(request)
    with shop.office.connect() as connection:
        rows = connection.execute(select(pool_entry).order_by(pool_entry.c.id)).all()
    return [
        {"name": row.name, "email": row.email, "profile": row.profile}
        for row in rows
        if shop.may("talent-pool", email=str(row.email))
    ]


@router.post("/pool", status_code=201)
def add(
    request: Request,
    name: Annotated[str, Form(max_length=120)],
    email: Annotated[str, Form(max_length=160)],
    profile: Annotated[str, Form(max_length=2000)],
    role: Role = "",
) -> dict[str, int]:
    """Somebody is added by hand: only with a consent on record."""
    only(role, "recruiting")
    shop = shop_of(request)
    made = shop.may("talent-pool", email=email)
    if not made:
        raise HTTPException(403, made.reason["de"])
    return {"entry": enter_pool(shop, name, email, profile, [])}


def _file(shop: Shop, one: Row[tuple[object, ...]]) -> Markup:
    with shop.office.connect() as connection:
        paths = connection.execute(
            select(applicant_file.c.path).where(applicant_file.c.applicant_id == one.id)
        )
        papers = Markup().join(Markup("<li>{}</li>").format(path) for path in paths.scalars())
        bodies = connection.execute(
            select(applicant_note.c.body).where(applicant_note.c.applicant_id == one.id)
        )
        notes = " ".join(str(body) for body in bodies.scalars())
    return _FILE.format(name=one.name, letter=one.letter, papers=papers, notes=notes)
