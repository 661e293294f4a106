"""Messages as the mail gateway delivers them: when one came is the gateway's moment and nobody's entry.

How often and when somebody was last in touch is worked out from the messages that are there, each time anew.
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
