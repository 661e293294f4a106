"""The switchboard: who calls, from our own customers, a name looked up before or a directory; and the button that forgets a caller.

A name from a directory is kept with its source and day. Whoever objects is not recognised any more, and the entries of
earlier calls keep day and duration only.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Response
from sqlalchemy import Connection, delete, or_, select, update
from starlette.requests import Request

from zusage.deployments.hosting import Here, Host, now, put_row
from zusage.deployments.itservice.app.directory import SOURCE, listed_name
from zusage.deployments.itservice.schema import call, customer, lookup
from zusage_client import ClientError

router = APIRouter(prefix="/switchboard")
OWN_LIST = "Kundenliste"
_EMPTY = {"number": None, "name": None, "place": None, "source": None, "sourced_at": None}


@router.post("/calls", status_code=201)
def incoming(
    request: Request, host: Here, number: Annotated[str, Form(max_length=40)]
) -> dict[str, int | str | None]:
    """A call comes in; the display shows a name where the caller may be recognised and is known or listed, else the number."""
    recognised = host.may("caller", phone=number)
    with host.engines["desk"].connect() as connection:
        name, source, since = _known(connection, number) if recognised else (None, None, None)
    if recognised and name is None:
        name = listed_name(host, getattr(request.app.state, "directory", None), number)
        source, since = (SOURCE, now()) if name else (None, None)
    with host.engines["desk"].begin() as connection:
        if source == SOURCE and name is not None and _known(connection, number)[0] is None:
            put_row(connection, lookup, number=number, name=name, source=source, sourced_at=since)
        shown = number if recognised else None
        row = {"number": shown, "name": name, "source": source, "sourced_at": since}
        key = put_row(connection, call, **row, called_at=now())
    return {"call": key, "display": name, "number": shown}


def _known(connection: Connection, number: str) -> tuple[str | None, str | None, object]:
    mine = connection.execute(select(customer.c.name).where(customer.c.phone == number)).scalars().first()
    if mine is not None:
        return mine, OWN_LIST, now()
    kept = connection.execute(
        select(lookup).where(lookup.c.number == number, lookup.c.name.is_not(None))
    ).first()
    return (kept.name, kept.source, kept.sourced_at) if kept is not None else (None, None, None)


@router.get("/calls")
def listed(host: Here) -> list[dict[str, str | int | None]]:
    """The call list, the newest first, with what displays show."""
    query = select(call.c.id, call.c.number, call.c.name, call.c.called_at).order_by(call.c.id.desc())
    with host.engines["desk"].connect() as connection:
        return [dict(row._mapping) | {"called_at": str(row.called_at)} for row in connection.execute(query)]


@router.post("/calls/{key}/removed", status_code=204, response_class=Response)
def remove(host: Here, key: int) -> None:
    """„Eintrag entfernen“ during a call: number and name go from the entry and from what was looked up; the call stays."""
    number = _number(host, key)
    with host.engines["desk"].begin() as connection:
        connection.execute(update(call).where(or_(call.c.id == key, call.c.number == number)).values(_EMPTY))
        connection.execute(delete(lookup).where(lookup.c.number == number))


@router.post("/calls/{key}/objection", status_code=204, response_class=Response)
def object_to_storage(host: Here, key: int) -> None:
    """The caller objects: on file with the service first, so that no later call is recognised; then the entries go."""
    number = _number(host, key)
    if host.zusage is None:
        raise HTTPException(503, "objections are not taken at the moment")
    try:
        with host.zusage.account("phone", number) as account:
            account.ask("objection", purpose="caller", text="am Telefon")
    except ClientError:
        raise HTTPException(503, "objections are not taken at the moment") from None
    remove(host, key)


def _number(host: Host, key: int) -> str:
    with host.engines["desk"].connect() as connection:
        found = connection.execute(select(call.c.number).where(call.c.id == key)).scalar()
    if found is None:
        raise HTTPException(404, "there is no such call, or it is anonymous already")
    return str(found)
