"""What the marketplace's own people do with the record of a customer: read it, export it, and erase it where no order needs it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException
from sqlalchemy import Connection, Row, delete, select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zusage.deployments.gating import doing
from zusage.deployments.marketplace.app.shop import shop_of
from zusage.deployments.marketplace.app.staff import HEADER, only
from zusage.deployments.marketplace.schema import (
    address,
    billing,
    customer,
    customer_session,
    login,
    sales_order,
)

router = APIRouter(prefix="/personal/kunden")
Role = Annotated[str, Header(alias=HEADER)]
_HIDDEN = {"password_check"}
_PARTS = (
    (address, "customer_id"),
    (billing, "customer_id"),
    (login, "customer_id"),
    (customer_session, "person_id"),
)


@router.get("/{email}")
def read(request: Request, email: str, role: Role = "") -> dict[str, Any]:
    """The record."""
    only(role, "sales", "service")
    with shop_of(request).portal.connect() as connection:
        return _record(connection, _found(connection, email))


@router.get("/{email}/export")
@doing("export")
def export(request: Request, email: str, role: Role = "") -> Response:
    """The record as a file."""
    only(role, "sales", "service")
    with shop_of(request).portal.connect() as connection:
        content = _record(connection, _found(connection, email))
    return JSONResponse(content, headers={"content-disposition": 'attachment; filename="kunde.json"'})


@router.post("/{email}/loeschen", status_code=204)
@doing("erase")
def erase(request: Request, email: str, role: Role = "") -> None:
    """The record is gone, with everything that hangs on it. One with orders is under a retention duty: then 409."""
    only(role, "service")
    with shop_of(request).portal.begin() as connection:
        who = _found(connection, email)
        ordered = select(sales_order.c.id).where(sales_order.c.customer_id == who.id)
        if connection.execute(ordered.limit(1)).first() is not None:
            raise HTTPException(409, "orders are kept by law; an erasure is asked for at /rights")
        for table, column in _PARTS:
            connection.execute(delete(table).where(table.c[column] == who.id))
        connection.execute(delete(customer).where(customer.c.id == who.id))


def _found(connection: Connection, email: str) -> Row[Any]:
    found = connection.execute(select(customer).where(customer.c.email == email)).first()
    if found is None:
        raise HTTPException(404, "there is no such customer")
    return found


def _record(connection: Connection, who: Row[Any]) -> dict[str, Any]:
    streets = connection.execute(
        select(address.c.street, address.c.town).where(address.c.customer_id == who.id)
    )
    numbers = connection.scalars(select(sales_order.c.number).where(sales_order.c.customer_id == who.id))
    own = {name: value for name, value in who._mapping.items() if name not in _HIDDEN and value is not None}
    return {
        "customer": {name: str(value) for name, value in own.items()},
        "addresses": [f"{row.street}, {row.town}" for row in streets],
        "orders": [str(number) for number in numbers],
    }
