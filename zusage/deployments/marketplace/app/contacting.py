"""Messages as the mail gateway delivers them: when one came is the gateway's moment and nobody's entry.

How often and when somebody was last in touch is worked out from the messages that are there, each time anew. Who looks at them,
looks for a purpose, and Zusage says whether that may be served for this person.
"""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from starlette.requests import Request

from zusage.deployments.hosting import put_row
from zusage.deployments.marketplace.app.shop import now, shop_of
from zusage.deployments.marketplace.app.staff import Role, only
from zusage.deployments.marketplace.schema import correspondence

router = APIRouter(prefix="/personal")


#: role → the purpose it looks at messages for
_LOOKS = {"sales": "negotiations", "analytics": "booking-analysis", "legal": "legal-claims"}


class Incoming(BaseModel):
    """A message: who wrote what. Anything else, a date above all, is refused."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=120)
    email: str = Field(max_length=160)
    body: str = Field(max_length=20_000)
    relation: int | None = None


@router.post("/eingang", status_code=201, response_class=Response)
def arrived(request: Request, message: Incoming, role: Role = "") -> None:
    """The gateway hands a message in."""
    only(role, "mail-gateway")
    with shop_of(request).office.begin() as connection:
        put_row(
            connection, correspondence, relation_id=message.relation, name=message.name, email=message.email,
            body=message.body, sent_at=now(), **{"class": "none"},
        )  # fmt: skip


@router.get("/nachrichten/{email}")
def messages(request: Request, email: str, role: Role = "") -> list[str]:
    """Somebody's messages, for the purpose of the role: sales a contract, analytics the booking, the legal department a claim."""
    only(role, *_LOOKS)
    shop = shop_of(request)
    made = shop.may(_LOOKS[role], email=email)
    if not made:
        raise HTTPException(403, made.reason["de"])
    query = select(correspondence.c.body).where(correspondence.c.email == email)
    with shop.office.connect() as connection:
        return [str(body) for body in connection.execute(query.order_by(correspondence.c.id)).scalars()]


@router.get("/kontakte/{email}")
def contacts(request: Request, email: str, role: Role = "") -> dict[str, str | int]:
    """How many messages somebody sent that are still there, and when the last one came."""
    only(role, "sales", "recruiting")
    query = select(func.count(), func.max(correspondence.c.sent_at)).where(correspondence.c.email == email)
    with shop_of(request).office.connect() as connection:
        count, last = connection.execute(query).one()
    if not count:
        raise HTTPException(404, "no contact is on file")
    return {"contacts": count, "last": last.isoformat(timespec="minutes")}
