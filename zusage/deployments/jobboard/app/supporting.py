"""Questions of users go to customer service, which is a provider: through the one way out, never past the register."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException

from zusage.deployments.hosting import Here, Host, now, put_row
from zusage.deployments.jobboard.app.access import Me
from zusage.deployments.jobboard.schema import enquiry
from zusage_client.errors import ClientError
from zusage_client.outgoing import Send, way_out

router = APIRouter()
SUPPORT = "support"


def _providers(host: Host) -> Send:
    """The way out: what a provider gets lies in its tray, from where it is fetched."""

    def deliver(recipient: str, content: Mapping[str, Any]) -> None:
        tray = host.folder / "providers" / recipient
        tray.mkdir(parents=True, exist_ok=True)
        number = len(list(tray.iterdir())) + 1
        (tray / f"{number}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    return way_out(host.zusage, deliver)


@router.post("/account/support", status_code=202)
def ask(host: Here, who: Me, question: Annotated[str, Form(min_length=1, max_length=2000)]) -> dict[str, int]:
    """A question: customer service gets it, and then who asked. Without entry in the register it gets nothing."""
    subject, send = ("email", str(who.email)), _providers(host)
    name = f"{who.first_name} {who.last_name}"
    try:
        send(SUPPORT, "enquiries", {"enquiry": question}, subject)
        send(SUPPORT, "accounts", {"contact": {"name": name, "email": who.email}}, subject)
    except ClientError as error:
        raise HTTPException(503, "customer service cannot be reached at the moment") from error
    with host.engines["board"].begin() as connection:
        row = {"name": name, "email": who.email, "body": question}
        return {"enquiry": put_row(connection, enquiry, received_at=now(), **row)}
