"""„Meine Daten“: everything that is stored for the account, and the form that corrects it everywhere at once."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy import Connection, Row, delete, insert, select, update
from starlette.requests import Request

from zusage.deployments.adserver.app.account import COOKIE
from zusage.deployments.adserver.app.pages import FRAME
from zusage.deployments.adserver.schema import (
    billing_contact,
    customer,
    customer_change,
    customer_index,
    invoice,
    login_session,
)
from zusage.deployments.hosting import Here, Host, next_key, now, put_row
from zusage.deployments.sessions import Sessions
from zusage_client import ClientError

router = APIRouter()


def _me(request: Request, host: Host) -> Row[Any]:
    session = Sessions(host.engines["platform"], login_session).find(request.cookies.get(COOKIE), now())
    if session is None:
        raise HTTPException(401, "please log in")
    with host.engines["platform"].connect() as connection:
        return connection.execute(select(customer).where(customer.c.id == session.person_id)).one()


@router.get("/account/data", response_class=HTMLResponse)
def my_data(request: Request, host: Here) -> str:
    """Every table and every field, as it is stored now."""
    who = _me(request, host)
    if host.zusage is None:
        raise HTTPException(503, "not available at the moment")
    try:
        with host.zusage.account("email", str(who.email)) as account:
            found = account.data()
    except ClientError:
        raise HTTPException(503, "not available at the moment") from None
    tables = Markup("").join(_table(name, rows) for tables in found.values() for name, rows in tables.items())
    return FRAME.page("Meine Daten", tables)


def _table(name: str, rows: list[dict[str, Any]]) -> Markup:
    head = Markup("").join(Markup("<th>{}</th>").format(column) for column in rows[0])
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(
                Markup("<td>{}</td>").format("" if value is None else value) for value in row.values()
            )
        )
        for row in rows
    )
    return Markup("<h2>{}</h2><table><tr>{}</tr>{}</table>").format(name, head, body)


@router.post("/account/settings", status_code=204, response_class=Response)
def correct(
    request: Request, host: Here, field: Annotated[Literal["name", "company"], Form()],
    value: Annotated[str, Form(max_length=120)],
) -> None:  # fmt: skip
    """Correct a field: account, index and invoicing show it at once; the change is logged with both values."""
    who = _me(request, host)
    if host.zusage is None:
        raise HTTPException(503, "corrections are not taken at the moment")
    try:
        with host.zusage.account("email", str(who.email)) as account:
            account.ask("rectification", field=f"customer.{field}", value=value)
    except ClientError:
        raise HTTPException(503, "nothing was changed; try again") from None
    with host.engines["platform"].begin() as connection:
        row = {"customer_id": who.id, "field": field, "old_value": getattr(who, field), "new_value": value}
        put_row(connection, customer_change, changed_at=now(), **row)
        index(connection, int(who.id))
        synchronise(connection)


def index(connection: Connection, number: int) -> None:
    """The words by which our own people find a customer."""
    connection.execute(delete(customer_index).where(customer_index.c.customer_id == number))
    row = connection.execute(select(customer).where(customer.c.id == number)).one()
    for term in sorted(set(f"{row.name or ''} {row.company or ''}".casefold().split())):
        put_row(connection, customer_index, customer_id=number, term=term[:80])


def synchronise(connection: Connection) -> int:
    """Invoicing takes over the accounts' names: from the account to invoicing, and never back."""
    known = set(connection.execute(select(billing_contact.c.customer_id)).scalars())
    rows = connection.execute(select(customer.c.id, customer.c.name)).all()
    for row in rows:
        if row.id in known:
            mine = billing_contact.c.customer_id == row.id
            connection.execute(update(billing_contact).where(mine).values(name=row.name))
        else:
            values = {"id": next_key(connection, billing_contact), "customer_id": row.id, "name": row.name}
            connection.execute(insert(billing_contact).values(values))
    return len(rows)


@router.post("/synchronisation")
def nightly(host: Here) -> dict[str, int]:
    """The nightly synchronisation."""
    with host.engines["platform"].begin() as connection:
        return {"customers": synchronise(connection)}


@router.post("/invoices/{number}/draft", status_code=201)
def draft(host: Here, number: int) -> dict[str, int]:
    """Draft an invoice for a customer, addressed as invoicing knows them now."""
    with host.engines["platform"].begin() as connection:
        name = connection.execute(
            select(billing_contact.c.name).where(billing_contact.c.customer_id == number)
        ).scalar()
        return {"invoice": put_row(connection, invoice, customer_id=number, recipient=name, issued_at=now())}


@router.get("/search")
def search(host: Here, term: str) -> list[int]:
    """Customers that the index finds."""
    query = select(customer_index.c.customer_id).where(customer_index.c.term == term.casefold()).distinct()
    with host.engines["platform"].connect() as connection:
        return list(connection.execute(query).scalars())
