"""What is known from others about people who are no users yet: each detail with the channel it came over and the day.

Whoever is known from somebody else than themselves is told so: nothing is stored before the information is on its way.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException
from sqlalchemy import select

from zusage.deployments.hosting import Here, now, put_row
from zusage.deployments.messaging.schema import detail
from zusage_client import ClientError

router = APIRouter()
INFORMATION = "learned-elsewhere"
Channel = Literal["Soziales Netzwerk", "Messe", "Empfehlung"]
Field = Literal["name", "position", "company"]
_CALLED: dict[Field, str] = {"name": "Name", "position": "Berufsbezeichnung", "company": "Unternehmen"}


@router.post("/people/details", status_code=201)
def found(
    host: Here,
    email: Annotated[str, Form(min_length=3, max_length=160)],
    field: Annotated[Field, Form()],
    value: Annotated[str, Form(min_length=1, max_length=120)],
    channel: Annotated[Channel, Form()],
) -> dict[str, str]:
    """Sales enters what it learned over a channel and not from the person, who is told of it first (Art. 14)."""
    if host.zusage is None:
        raise HTTPException(503, "cannot be entered at the moment")
    facts = {"source": f"{channel}, {now():%d.%m.%Y}", "category": _CALLED[field]}
    try:
        told = host.zusage.inform(INFORMATION, email, f"{field}-{now():%Y-%m-%d}", **facts)
    except ClientError:
        raise HTTPException(503, "cannot be entered at the moment") from None
    row = {"email": email, "field": field, "value": value, "channel": channel, "obtained_at": now()}
    with host.engines["office"].begin() as connection:
        put_row(connection, detail, **row)
    return {"told": str(told["receipt"])}


@router.get("/people/details")
def known(host: Here, email: str) -> list[dict[str, Any]]:
    """What is known about a person, the oldest first."""
    query = select(detail).where(detail.c.email == email).order_by(detail.c.id)
    with host.engines["office"].connect() as connection:
        return [
            {
                "field": row.field,
                "value": row.value,
                "channel": row.channel,
                "on": f"{row.obtained_at:%Y-%m-%d}",
            }
            for row in connection.execute(query)
        ]
