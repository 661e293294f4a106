"""The service desk: tickets of a customer, closing a case in accounting."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Response
from sqlalchemy import select, update

from zusage.deployments.hosting import Here, now
from zusage.deployments.itservice.schema import case, customer, ticket

router = APIRouter()


@router.get("/customers/{number}/tickets")
def tickets(host: Here, number: int) -> list[dict[str, str | None]]:
    """Subject and text of a customer's tickets."""
    with host.engines["desk"].connect() as connection:
        if connection.execute(select(customer.c.id).where(customer.c.id == number)).first() is None:
            raise HTTPException(404, "there is no such customer")
        query = select(ticket.c.subject, ticket.c.body).where(ticket.c.customer_id == number)
        return [dict(row._mapping) for row in connection.execute(query)]


@router.post("/cases/{number}/close", status_code=204, response_class=Response)
def close_case(host: Here, number: int) -> None:
    """Accounting is done with a case."""
    with host.engines["desk"].begin() as connection:
        mine = update(case).where(case.c.id == number).values(closed_at=now())
        if connection.execute(mine).rowcount != 1:
            raise HTTPException(404, "there is no such case")
