"""Referees: what a user says about somebody else is stored only after that person confirmed it in text form."""

from __future__ import annotations

import contextlib
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from sqlalchemy import delete, select, update

from zusage.deployments.hosting import Here, Host, now, put_row
from zusage.deployments.jobboard.app.access import Me
from zusage.deployments.jobboard.schema import referee, resume
from zusage_client import ClientError

router = APIRouter()
PURPOSE = "referee"
#: how long a referee has to answer
WITHIN = "P14D"


@router.post("/account/referees", status_code=202)
def name_referee(
    host: Here,
    who: Me,
    name: Annotated[str, Form(max_length=120)],
    email: Annotated[str, Form(max_length=160)],
) -> dict[str, int]:
    """Somebody is named as a referee: that person is asked, and until there is an answer the entry is seen by nobody."""
    if host.zusage is None:
        raise HTTPException(503, "nobody can be asked now")
    data = f"Name und E-Mail-Adresse als Referenz im Lebenslauf von {who.first_name} {who.last_name}"
    receiver = "Unternehmen, die den Lebenslauf sehen"
    try:
        asked = host.zusage.ask_person(PURPOSE, email, data=data, recipient=receiver, within=WITHIN)
    except ClientError as error:
        raise HTTPException(503, "nobody can be asked now") from error
    with host.engines["board"].begin() as connection:
        mine = connection.execute(select(resume.c.id).where(resume.c.account_id == who.id)).first()
        if mine is None:
            raise HTTPException(404, "there is no résumé")
        row = {"resume_id": mine.id, "name": name, "email": email, "agreed": False}
        return {"referee": put_row(connection, referee, question=asked["id"], asked_at=now(), **row)}


def settle(host: Host) -> None:
    """Answers that came in: a yes is kept with its proof, after a no or none the entry is gone."""
    waiting = select(referee.c.id, referee.c.question).where(referee.c.agreed.is_(False))
    with host.engines["board"].connect() as connection:
        rows = connection.execute(waiting.where(referee.c.question.is_not(None))).all()
    for row in rows:
        stands = host.zusage.question(row.question) if host.zusage else {"state": "pending"}
        mine = referee.c.id == row.id
        with host.engines["board"].begin() as connection:
            if stands["state"] == "confirmed":
                connection.execute(update(referee).where(mine).values(agreed=True, proof=stands["consent"]))
            elif stands["state"] != "pending":
                connection.execute(delete(referee).where(mine))


@router.get("/resumes/{number}/referees")
def referees(host: Here, number: int) -> list[dict[str, str]]:
    """The referees that a company sees with a résumé: those who agree."""
    if host.zusage is not None:
        with contextlib.suppress(ClientError):
            settle(host)
    query = select(referee.c.name, referee.c.email).where(
        referee.c.resume_id == number, referee.c.proof.is_not(None)
    )
    with host.engines["board"].connect() as connection:
        rows = connection.execute(query).all()
    return [{"name": row.name, "email": row.email} for row in rows if host.may(PURPOSE, email=row.email)]
