"""Remote help: of a session only the id of the tool, the address, begin, end and the ticket are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address

from fastapi import APIRouter, HTTPException
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select

from zusage.deployments.hosting import Here, put_row
from zusage.deployments.itservice.schema import remote_session, ticket

router = APIRouter()


class Session(BaseModel):
    """What the tool may hand over. A recording, the clipboard, a list of files: refused, and nothing is stored."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^\d{9,10}$")
    ip: IPv4Address | IPv6Address
    start: AwareDatetime
    end: AwareDatetime


@router.post("/tickets/{number}/remote-sessions", status_code=201)
def ended(host: Here, number: int, session: Session) -> dict[str, int]:
    """The tool reports the end of a session for a ticket."""
    with host.engines["desk"].begin() as connection:
        if connection.execute(select(ticket.c.id).where(ticket.c.id == number)).first() is None:
            raise HTTPException(404, "there is no such ticket")
        made = put_row(
            connection, remote_session, ticket_id=number, remote_id=session.id, address=str(session.ip),
            started_at=_plain(session.start), ended_at=_plain(session.end),
        )  # fmt: skip
    return {"session": made}


@router.get("/tickets/{number}/remote-sessions")
def sessions(host: Here, number: int) -> list[dict[str, str | int]]:
    """The sessions of a ticket, as they are on record."""
    query = select(remote_session).where(remote_session.c.ticket_id == number).order_by(remote_session.c.id)
    with host.engines["desk"].connect() as connection:
        return [
            {"id": row.remote_id, "ip": row.address, "start": row.started_at.isoformat(), "end": row.ended_at.isoformat(), "ticket": number}
            for row in connection.execute(query)
        ]  # fmt: skip


def _plain(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
