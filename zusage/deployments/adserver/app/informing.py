"""Product information for customers, by e-mail or telephone: each job asks for each person whether it may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from sqlalchemy import select

from zusage.deployments.adserver.schema import approach, customer
from zusage.deployments.hosting import Here, Host, now, put_row
from zusage_client import Refused, ServiceUnreachable

router = APIRouter()
#: purpose → how it reaches people
JOBS = {"product-news": "email", "phone-marketing": "telephone"}


@dataclass(frozen=True)
class Ran:
    """What a job did: whom it approached, and whom it left out with the reason's code."""

    approached: tuple[str, ...]
    refused: dict[str, str]


@router.post("/information", status_code=204)
def choose(
    host: Here,
    email: Annotated[str, Form()],
    purpose: Annotated[str, Form()],
    agrees: Annotated[bool, Form()],
) -> None:
    """What a customer ticks in the form for product information; each purpose by itself."""
    if host.zusage is None or purpose not in JOBS:
        raise HTTPException(503 if purpose in JOBS else 422, "nothing is on record")
    try:
        if agrees:
            host.zusage.consent(("email", email), {purpose: True})
        else:
            host.zusage.withdraw(("email", email), purpose)
    except Refused as refused:
        raise HTTPException(422, "this cannot be agreed to") from refused
    except ServiceUnreachable as error:
        raise HTTPException(503, "nothing is on record; try again") from error


def run(host: Host, purpose: str) -> Ran:
    """Approach every customer who agreed to `purpose`, and keep a note of it. Raises `KeyError` for an unknown job."""
    way, approached, refused = JOBS[purpose], [], {}
    with host.engines["platform"].connect() as connection:
        rows = connection.execute(select(customer.c.id, customer.c.email).order_by(customer.c.id)).all()
    for row in rows:
        subject = ("email", row.email)
        decision = host.zusage.may(purpose, subject) if host.zusage else None
        if decision and host.zusage is not None:
            if way == "telephone":
                # on record before anybody dials: the proof is kept anew from each call
                host.zusage.calls(subject, purpose)
            with host.engines["platform"].begin() as connection:
                put_row(
                    connection, approach, customer_id=row.id, purpose=purpose, way=way, approached_at=now()
                )
            approached.append(row.email)
        else:
            refused[row.email] = decision.code if decision is not None else "unreachable"
    return Ran(tuple(approached), refused)
