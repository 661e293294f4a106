"""Requests of third parties for somebody's data in one case: the person is asked; a yes is good for one sending."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from sqlalchemy import select, update

from zusage.deployments.hosting import Here, now, put_row
from zusage.deployments.jobboard.schema import account, profile_request
from zusage_client import ClientError

router = APIRouter()
PURPOSE = "profile-release"
_FIELDS = ("first_name", "last_name", "email", "town")


@router.post("/requests", status_code=202)
def request_profile(
    host: Here,
    who: Annotated[int, Form()],
    recipient: Annotated[str, Form(max_length=120)],
    fields: Annotated[list[str], Form()],
    why: Annotated[str, Form(max_length=200)],
) -> dict[str, int]:
    """A third party asks for fields of somebody's account; the person is asked with recipient, data and purpose."""
    if host.zusage is None or not fields or not set(fields) <= set(_FIELDS):
        raise HTTPException(503 if host.zusage is None else 422, "this cannot be asked")
    with host.engines["board"].begin() as connection:
        row = connection.execute(select(account.c.email).where(account.c.id == who)).first()
        if row is None:
            raise HTTPException(404, "there is no such person")
        key = put_row(
            connection,
            profile_request,
            account_id=who,
            recipient=recipient,
            fields=",".join(fields),
            asked_at=now(),
        )
        data = f"{', '.join(fields)} – {why}"
        asked = host.zusage.ask_person(
            PURPOSE, row.email, scope=f"request-{key}", recipient=recipient, data=data, within="P14D"
        )
        connection.execute(
            update(profile_request).where(profile_request.c.id == key).values(question=asked["id"])
        )
    return {"request": key}


@router.get("/requests/{number}")
def sent(host: Here, number: int) -> dict[str, Any]:
    """What goes to the third party: the fields it asked for, once, after a yes; nothing otherwise."""
    with host.engines["board"].connect() as connection:
        row = connection.execute(
            select(profile_request, account).join(account).where(profile_request.c.id == number)
        ).first()
    if row is None or host.zusage is None:
        raise HTTPException(404, "there is no such request")
    try:
        used = host.zusage.use_consent(row.question)
    except ClientError as error:
        raise HTTPException(503, "nothing is sent now") from error
    if not used["allowed"]:
        raise HTTPException(403, str(used["code"]))
    with host.engines["board"].begin() as connection:
        connection.execute(
            update(profile_request).where(profile_request.c.id == number).values(sent_at=now())
        )
    return {name: getattr(row, name) for name in str(row.fields).split(",")}
