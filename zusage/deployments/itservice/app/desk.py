"""The service desk: tickets of a customer, closing a case in accounting."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, HTTPException, Response
from sqlalchemy import select, update

from zusage.deployments.hosting import Here, now
from zusage.deployments.itservice.schema import case, customer, ticket
from zusage_client import ClientError

router = APIRouter()


@router.get("/customers/{number}/tickets")
def tickets(host: Here, number: int) -> list[dict[str, str | None]]:
    """Subject and text of a customer's tickets."""
    with host.engines["desk"].connect() as connection:
        if connection.execute(select(customer.c.id).where(customer.c.id == number)).first() is None:
            raise HTTPException(404, "there is no such customer")
        query = select(ticket.c.subject, ticket.c.body).where(ticket.c.customer_id == number)
        return [dict(row._mapping) for row in connection.execute(query)]


@router.post("/tickets/{number}/remote-code", status_code=201)
def remote_code(host: Here, number: int) -> dict[str, str]:
    """The code for a remote session on a ticket: made once the customer was told that and by whose help it runs."""
    query = select(customer.c.email).join(ticket, ticket.c.customer_id == customer.c.id)
    with host.engines["desk"].connect() as connection:
        who = connection.execute(query.where(ticket.c.id == number)).first()
    if who is None:
        raise HTTPException(404, "there is no such ticket")
    if host.zusage is None:
        raise HTTPException(503, "the customer cannot be told, so there is no code")
    try:
        receipt = host.zusage.inform("remote-session", str(who.email), f"ticket-{number}")
    except ClientError as error:
        raise HTTPException(503, "the customer could not be told, so there is no code") from error
    return {"code": f"{secrets.randbelow(10**6):06d}", "receipt": str(receipt["receipt"])}


@router.post("/cases/{number}/close", status_code=204, response_class=Response)
def close_case(host: Here, number: int) -> None:
    """Accounting is done with a case."""
    with host.engines["desk"].begin() as connection:
        mine = update(case).where(case.c.id == number).values(closed_at=now())
        if connection.execute(mine).rowcount != 1:
            raise HTTPException(404, "there is no such case")
