"""Messages of customers and their own clients: in at a channel, into the tenant and its connected system, and nowhere else."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Header, HTTPException
from sqlalchemy import select

from zusage.deployments.hosting import Here, Host, now, put_row
from zusage.deployments.messaging.schema import contact, conversation, message, thread_refusal, user

router = APIRouter()
#: set by the sign-on of the customers' users in front of the application: the number of one of them
HEADER = "remote-user"
User = Annotated[int, Header(alias=HEADER)]


@router.post("/channels/{tenant}/messages", status_code=201)
def arrive(
    host: Here, tenant: int, name: Annotated[str, Form(max_length=120)], phone: Annotated[str, Form(max_length=40)],
    text: Annotated[str, Form(max_length=4000)],
) -> dict[str, int]:  # fmt: skip
    """A client writes to a customer over a messenger."""
    with host.engines["service"].begin() as connection:
        mine = (contact.c.tenant_id == tenant) & (contact.c.phone == phone)
        known = connection.execute(select(contact.c.id).where(mine)).scalar()
        who = known or put_row(connection, contact, tenant_id=tenant, name=name, phone=phone)
        thread = connection.execute(
            select(conversation.c.id).where(conversation.c.contact_id == who)
        ).scalar()
        thread = thread or put_row(connection, conversation, contact_id=who, topic="Messenger")
        key = put_row(connection, message, conversation_id=thread, body=text, sent_at=now())
    _to_connected_system(host, tenant, key, text)
    return {"thread": int(thread), "message": key}


def _to_connected_system(host: Host, tenant: int, key: int, text: str) -> None:
    """The customer's own system, connected by a folder of its own."""
    place = host.folder / "connected" / str(tenant)
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{key}.txt").write_text(text, encoding="utf-8")


@router.get("/threads/{number}")
def thread(host: Here, number: int, who: User) -> list[dict[str, Any]]:
    """A thread, for users of the tenant that it belongs to; every other attempt is refused and logged."""
    owner = select(contact.c.tenant_id).join(conversation).where(conversation.c.id == number)
    with host.engines["service"].begin() as connection:
        mine = connection.execute(select(user.c.tenant_id).where(user.c.id == who)).scalar()
        if mine is None:
            raise HTTPException(401, "please log in")
        allowed = mine == connection.execute(owner).scalar()
        if not allowed:
            put_row(connection, thread_refusal, user_id=who, thread=number, at=now())
    if not allowed:
        raise HTTPException(403, "not yours")
    query = select(message.c.body, message.c.sent_at).where(message.c.conversation_id == number)
    with host.engines["service"].connect() as connection:
        return [{"body": row.body, "sent_at": str(row.sent_at)} for row in connection.execute(query)]


@router.get("/threads")
def threads(host: Here, who: User) -> list[int]:
    """The threads of the user's own tenant."""
    tenant = select(user.c.tenant_id).where(user.c.id == who).scalar_subquery()
    query = select(conversation.c.id).join(contact).where(contact.c.tenant_id == tenant)
    with host.engines["service"].connect() as connection:
        return list(connection.execute(query.order_by(conversation.c.id)).scalars())
