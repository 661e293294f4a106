"""Tickets from customers, and people they tell us about: kept with who told us, and with a task to inform them (Art. 14)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from zusage.deployments.hosting import Here, now, put_row
from zusage.deployments.itservice.app.asking import form
from zusage.deployments.itservice.app.sessions import FRAME
from zusage.deployments.itservice.schema import customer, third_person, ticket
from zusage_client import ClientError

router = APIRouter()


@router.get("/tickets/new", response_class=HTMLResponse)
def ticket_form() -> str:
    """The form."""
    return FRAME.page(
        "Ticket", form("/tickets", {"email": "E-Mail", "subject": "Betreff", "body": "Nachricht"}, "Senden")
    )


@router.post("/tickets", status_code=201)
def open_ticket(
    host: Here, email: Annotated[str, Form(max_length=160)], subject: Annotated[str, Form(max_length=120)],
    body: Annotated[str, Form(max_length=5000)],
) -> dict[str, int]:  # fmt: skip
    """A customer's ticket."""
    with host.engines["desk"].begin() as connection:
        who = connection.execute(select(customer.c.id).where(customer.c.email == email)).scalar()
        if who is None:
            raise HTTPException(404, "there is no such customer")
        return {
            "ticket": put_row(
                connection, ticket, customer_id=who, subject=subject, body=body, opened_at=now()
            )
        }


@router.post("/third-persons", status_code=201)
def told_of(
    host: Here, source: Annotated[str, Form(min_length=1, max_length=120)], name: Annotated[str, Form(max_length=120)],
    phone: Annotated[str, Form(max_length=40)],
) -> dict[str, int | str]:  # fmt: skip
    """A clerk enters somebody whom a sender told us about. Without a task to inform the person nothing is stored."""
    if host.zusage is None:
        raise HTTPException(503, "cannot be entered at the moment")
    try:
        with host.zusage.account("phone", phone) as account:
            task = account.ask("inform", text=f"Quelle: {source}, {now():%Y-%m-%d}")
    except ClientError:
        raise HTTPException(503, "cannot be entered at the moment") from None
    row = {"name": name, "phone": phone, "source": source, "sourced_at": now()}
    with host.engines["office"].begin() as connection:
        return {"person": put_row(connection, third_person, **row), "task": str(task["reference"])}
