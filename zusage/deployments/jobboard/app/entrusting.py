"""What the board's nightly jobs entrust to providers: copies of accounts to the data centre, issues to the mailing house."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from sqlalchemy import Row, select
from starlette.requests import Request

from zusage.deployments.hosting import Here
from zusage.deployments.jobboard.app.providers import HOSTING, MAILING, out
from zusage.deployments.jobboard.schema import account, resume
from zusage_client.errors import ClientError

router = APIRouter()
NEWSLETTER = "newsletter"


def _copy(one: Row[Any], documents: Mapping[int, str]) -> dict[str, Any]:
    """What is copied of an account, by data category."""
    contact = {
        name: one._mapping[name]
        for name in ("email", "first_name", "last_name", "phone", "street", "town")
        if one._mapping[name]
    }
    return {"contact": contact} | ({"resume": documents[one.id]} if one.id in documents else {})


@router.post("/backups", status_code=202)
def back_up(host: Here) -> dict[str, int]:
    """The nightly copy: each account whose copy is on record goes to the data centre, and no other."""
    send, done, left = out(host), 0, 0
    with host.engines["board"].connect() as connection:
        accounts = connection.execute(select(account).where(account.c.closed_at.is_(None))).all()
        documents = {
            row.account_id: row.body for row in connection.execute(select(resume.c.account_id, resume.c.body))
        }
    for one in accounts:
        try:
            send(HOSTING, "accounts", _copy(one, documents), ("email", str(one.email)))
        except ClientError:
            left += 1
        else:
            done += 1
    return {"copied": done, "left_out": left}


@router.post("/newsletter/issues", status_code=202)
def issue(
    request: Request,
    host: Here,
    subject: Annotated[str, Form(min_length=1, max_length=200)],
    text: Annotated[str, Form(min_length=1, max_length=20_000)],
) -> dict[str, int]:
    """An issue through the mailing house: to those who may get it now, with the page on which it is ended; each on record."""
    if host.zusage is None:
        raise HTTPException(503, "nobody can be asked who may be written to")
    with host.engines["board"].connect() as connection:
        query = select(account.c.email).where(account.c.closed_at.is_(None))
        addresses = [str(one) for one in connection.execute(query).scalars() if one]
    send, done, left = out(host), 0, 0
    body = {"subject": subject, "text": f"{text}\n\nAbbestellen: {request.base_url}account/consents"}
    try:
        decided = host.zusage.mailing({"purpose": NEWSLETTER, "addresses": addresses, "send": False})
    except ClientError as error:
        raise HTTPException(503, "nobody can be asked who may be written to") from error
    for one in decided["recipients"]:
        if not one["allowed"]:
            continue
        address = str(one["address"])
        try:
            send(
                MAILING,
                "newsletter",
                {"subscription": {"address": address} | body},
                ("email", address),
                purpose=NEWSLETTER,
            )
        except ClientError:
            left += 1
        else:
            done += 1
    return {"handed_over": done, "left_out": left}
