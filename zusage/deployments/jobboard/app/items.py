"""Details of a profile: what the user typed, what was imported, what a contact supplied – each with its source and its day."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException
from sqlalchemy import select

from zusage.deployments.hosting import Here, Host, now, put_row
from zusage.deployments.jobboard.app.access import Me
from zusage.deployments.jobboard.schema import account, profile_item

router = APIRouter()
OWN = "eigene Angabe"
Field = Annotated[Literal["degree", "job", "skill", "phone"], Form()]
Value = Annotated[str, Form(min_length=1, max_length=120)]


def _keep(host: Host, account_number: int, field: str, value: str, way: str, source: str) -> dict[str, int]:
    row = {"account_id": account_number, "field": field, "value": value, "way": way, "source": source}
    with host.engines["board"].begin() as connection:
        return {"item": put_row(connection, profile_item, obtained_at=now(), **row)}


@router.post("/account/items", status_code=201)
def typed(host: Here, who: Me, field: Field, value: Value) -> dict[str, int]:
    """The user types a detail."""
    return _keep(host, int(who.id), field, value, "own", OWN)


@router.post("/account/items/imported", status_code=201)
def imported(
    host: Here,
    who: Me,
    service: Annotated[str, Form(min_length=1, max_length=80)],
    field: Field,
    value: Value,
) -> dict[str, int]:
    """The user takes a detail over from another service."""
    return _keep(host, int(who.id), field, value, "imported", service)


@router.post("/contacts/{number}/items", status_code=201)
def supplied(host: Here, who: Me, number: int, field: Field, value: Value) -> dict[str, int]:
    """Another user supplies a detail of somebody; that user is its source."""
    with host.engines["board"].connect() as connection:
        known = connection.execute(
            select(account.c.id).where(account.c.id == number, account.c.closed_at.is_(None))
        ).first()
    if known is None or number == who.id:
        raise HTTPException(404, "there is no such contact")
    return _keep(host, number, field, value, "third-party", f"{who.first_name} {who.last_name}")


def items_of(host: Host, account_number: int) -> list[dict[str, Any]]:
    """The details of a profile, the oldest first, each with its way, source and day."""
    query = (
        select(profile_item).where(profile_item.c.account_id == account_number).order_by(profile_item.c.id)
    )
    with host.engines["board"].connect() as connection:
        return [
            {
                "field": row.field, "value": row.value, "way": row.way, "source": row.source,
                "on": f"{row.obtained_at:%Y-%m-%d}",
            }
            for row in connection.execute(query)
        ]  # fmt: skip
