"""Surveys: answers of users who agreed to take part; published are groups that hide every single person, and never a word."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException
from sqlalchemy import select

from zusage.deployments.hosting import Here, now, put_row
from zusage.deployments.jobboard.app.access import Me
from zusage.deployments.jobboard.schema import survey_answer

router = APIRouter()
PURPOSE = "surveys"
#: a group with fewer answers is not published by itself
SMALLEST = 5
OTHERS = "Übrige"


@router.post("/surveys/{name}", status_code=201)
def take_part(
    host: Here,
    who: Me,
    name: str,
    town: Annotated[str, Form(min_length=1, max_length=120)],
    rating: Annotated[int, Form(ge=1, le=5)],
    comment: Annotated[str, Form(max_length=2000)] = "",
) -> dict[str, int]:
    """An answer, once for each survey, from who agreed to surveys."""
    if not host.may(PURPOSE, email=str(who.email)):
        raise HTTPException(403, "you did not agree to surveys")
    mine = (survey_answer.c.account_id == who.id) & (survey_answer.c.survey == name)
    row = {"account_id": who.id, "survey": name, "town": town, "rating": rating, "comment": comment}
    with host.engines["board"].begin() as connection:
        if connection.execute(select(survey_answer.c.id).where(mine)).first() is not None:
            raise HTTPException(409, "you have answered")
        return {"answer": put_row(connection, survey_answer, answered_at=now(), **row)}


@router.get("/surveys/{name}/results")
def results(host: Here, name: str) -> list[dict[str, Any]]:
    """What everybody may read: number and mean rating of each group. 404 while there are too few answers at all."""
    query = select(survey_answer.c.town, survey_answer.c.rating).where(survey_answer.c.survey == name)
    ratings: dict[str, list[int]] = defaultdict(list)
    with host.engines["board"].connect() as connection:
        for row in connection.execute(query):
            ratings[row.town].append(row.rating)
    groups = merged(ratings)
    if not groups:
        raise HTTPException(404, "there are no results")
    return [
        {"group": group, "answers": len(made), "mean": round(sum(made) / len(made), 1)}
        for group, made in groups.items()
    ]


def merged(ratings: dict[str, list[int]]) -> dict[str, list[int]]:
    """The groups that are large enough; the others are one group, which takes in the smallest of the large ones while it is
    too small itself – so that no sum tells what was left out. Nothing, where all answers together are too few."""
    small = [group for group in ratings if len(ratings[group]) < SMALLEST or group == OTHERS]
    rest = [one for group in small for one in ratings[group]]
    large = sorted(
        (group for group in ratings if group not in small), key=lambda one: (len(ratings[one]), one)
    )
    while rest and len(rest) < SMALLEST and large:
        rest += ratings[large.pop(0)]
    found = {group: ratings[group] for group in sorted(large)}
    return found | ({OTHERS: rest} if len(rest) >= SMALLEST else {})
