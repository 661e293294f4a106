"""Inviting somebody to join: one message in the user's name, on the user's own act, without advertising and never again.

The address is kept until the invited person joins, no longer than two weeks; who objected to such mail gets none.
"""

from __future__ import annotations

import mailbox
from email.message import EmailMessage
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from sqlalchemy import select

from zusage.deployments.hosting import Here, now, put_row
from zusage.deployments.jobboard.app.access import Me
from zusage.deployments.jobboard.schema import invitation
from zusage_client import ClientError

router = APIRouter()
_TEXT = "{name} lädt Sie ein, sich bei Stellenwald anzumelden. Möchten Sie das nicht, brauchen Sie nichts zu tun: Wir schreiben nicht noch einmal."


@router.post("/account/invitations", status_code=201)
def invite(host: Here, who: Me, email: Annotated[str, Form(max_length=160)]) -> dict[str, bool]:
    """Invite one person. The answer is the same whether or not a message went out: it tells nothing about the address."""
    address = email.strip()
    if "@" not in address or any(sign in address for sign in ",; \n"):
        raise HTTPException(422, "one address at a time")
    if host.zusage is None:
        raise HTTPException(503, "not possible at the moment")
    try:
        blocked = host.zusage.may("direct-marketing", ("email", address)).code == "objected"
    except ClientError:
        raise HTTPException(503, "not possible at the moment") from None
    with host.engines["board"].begin() as connection:
        again = connection.execute(select(invitation.c.id).where(invitation.c.email == address)).first()
        if again is None and not blocked:
            put_row(
                connection, invitation, account_id=who.id, email=address, invited_at=now(), joined_at=None
            )
            _post(host.folder, address, f"{who.first_name} {who.last_name}".strip())
    return {"taken": True}


def _post(folder: object, address: str, name: str) -> None:
    message = EmailMessage()
    message["From"] = "Stellenwald <post@stellenwald.example>"
    message["To"], message["Subject"] = address, f"{name} lädt Sie ein"
    message.set_content(_TEXT.format(name=name))
    mailbox.Maildir(f"{folder}/outgoing").add(message)
