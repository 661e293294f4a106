"""Enquiries: each becomes a case with an owner, is answered, and – if a call is wanted – planned; for the sales team alone.

A case shows the status of the customer relation and the date of the contract, if there is one; the status decides how long it is kept.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy import select, update
from starlette.requests import Request

from zusage.deployments.hosting import put_row
from zusage.deployments.marketplace.app.markup import page
from zusage.deployments.marketplace.app.posting import post
from zusage.deployments.marketplace.app.shop import now, shop_of
from zusage.deployments.marketplace.app.staff import Role, only
from zusage.deployments.marketplace.schema import enquiry, enquiry_meeting

router = APIRouter()
#: whoever has the fewest open cases gets the next
TEAM = ("vertrieb-1", "vertrieb-2")


@router.post("/anfrage", response_class=HTMLResponse)
def enquire(
    request: Request,
    name: Annotated[str, Form(max_length=120)],
    email: Annotated[str, Form(max_length=160)],
    body: Annotated[str, Form(max_length=5000)],
    call_at: Annotated[datetime | None, Form()] = None,
) -> str:
    """An enquiry becomes a case with an owner at once; a wanted call stands in the calendar."""
    with shop_of(request).office.begin() as connection:
        open_ = select(enquiry.c.owner).where(enquiry.c.answered_at.is_(None))
        busy = list(connection.execute(open_).scalars())
        owner = min(TEAM, key=lambda one: (busy.count(one), one))
        said = {
            "name": name,
            "email": email,
            "body": body,
            "owner": owner,
            "status": "enquiry",
            "received_at": now(),
        }
        number = put_row(connection, enquiry, **said)
        if call_at is not None:
            put_row(
                connection,
                enquiry_meeting,
                enquiry_id=number,
                at=call_at.replace(tzinfo=None),
                place="Telefon",
            )
    return page("Anfrage", Markup("<p>Ihre Anfrage ist eingegangen.</p>"), tags=False)


@router.get("/personal/anfragen")
def cases(request: Request, role: Role = "") -> list[dict[str, Any]]:
    """The sales team's cases, with their appointments."""
    only(role, "sales")
    query = select(enquiry, enquiry_meeting.c.at, enquiry_meeting.c.place).outerjoin(enquiry_meeting)
    with shop_of(request).office.connect() as connection:
        rows = connection.execute(query.order_by(enquiry.c.id)).all()
    return [
        {
            "case": row.id, "name": row.name, "owner": row.owner, "body": row.body, "place": row.place,
            "call": row.at.isoformat() if row.at else None, "answered": row.answered_at is not None, "status": row.status or "enquiry",
            "contract_since": f"{row.contract_since:%Y-%m-%d}" if row.contract_since else None,
        }
        for row in rows
    ]  # fmt: skip


@router.post("/personal/anfragen/{case}/antwort")
def answer(
    request: Request, case: int, text: Annotated[str, Form(max_length=2000)], role: Role = ""
) -> dict[str, int]:
    """The answer goes out and stands in the case."""
    only(role, "sales")
    shop = shop_of(request)
    with shop.office.begin() as connection:
        mine = (enquiry.c.id == case) & enquiry.c.answered_at.is_(None)
        email = connection.execute(select(enquiry.c.email).where(mine)).scalar()
        if email is None:
            raise HTTPException(404, "there is no such open case")
        connection.execute(update(enquiry).where(mine).values(answered_at=now(), answer=text))
    post(shop.folder, str(email), "Ihre Anfrage", text)
    return {"answered": case}


@router.post("/personal/anfragen/{case}/vertrag")
def contract(
    request: Request, case: int, since: Annotated[date, Form()], role: Role = ""
) -> dict[str, str | int]:
    """A contract came about: the case is kept for it from now on, and shows its date."""
    only(role, "sales")
    values = {"status": "contract", "contract_since": datetime.combine(since, time())}
    with shop_of(request).office.begin() as connection:
        if connection.execute(update(enquiry).where(enquiry.c.id == case).values(values)).rowcount != 1:
            raise HTTPException(404, "there is no such case")
    return {"case": case, "contract_since": since.isoformat()}
