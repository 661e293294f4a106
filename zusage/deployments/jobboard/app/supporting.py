"""Questions of users go to customer service, which is a provider: through the one way out, never past the register."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException

from zusage.deployments.hosting import Here, now, put_row
from zusage.deployments.jobboard.app.access import Me
from zusage.deployments.jobboard.app.providers import SUPPORT, out
from zusage.deployments.jobboard.schema import enquiry
from zusage_client.errors import ClientError

router = APIRouter()


@router.post("/account/support", status_code=202)
def ask(host: Here, who: Me, question: Annotated[str, Form(min_length=1, max_length=2000)]) -> dict[str, int]:
    """A question: customer service gets it, and then who asked. Without entry in the register it gets nothing."""
    subject, send = ("email", str(who.email)), out(host)
    name = f"{who.first_name} {who.last_name}"
    try:
        send(SUPPORT, "enquiries", {"enquiry": question}, subject)
        send(SUPPORT, "accounts", {"contact": {"name": name, "email": who.email}}, subject)
    except ClientError as error:
        raise HTTPException(503, "customer service cannot be reached at the moment") from error
    with host.engines["board"].begin() as connection:
        row = {"name": name, "email": who.email, "body": question}
        return {"enquiry": put_row(connection, enquiry, received_at=now(), **row)}
