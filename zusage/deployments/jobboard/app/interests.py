"""Estimates of what may interest a user, from the profile and from bought data: only for who agreed, each with its sources."""

from __future__ import annotations

from collections import defaultdict

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection, delete, select

from zusage.deployments.hosting import Here, Host, now, put_row
from zusage.deployments.jobboard.app.access import Me
from zusage.deployments.jobboard.schema import account, bought_interest, interest, resume
from zusage_client import ClientError

router = APIRouter()
#: word in a profile → topic
TOPICS = {"mechatron": "Technik", "pflege": "Gesundheit", "buchhalt": "Finanzen"}
PURPOSE = "interest-profile"


def estimate(host: Host) -> int:
    """The nightly job: estimates for every user who agreed, none for anybody else; how many users were looked at."""
    with host.engines["board"].connect() as connection:
        rows = connection.execute(
            select(account.c.id, account.c.email).where(account.c.closed_at.is_(None))
        ).all()
    agreed = [row for row in rows if host.may(PURPOSE, email=row.email)]
    for row in agreed:
        with host.engines["board"].begin() as connection:
            connection.execute(delete(interest).where(interest.c.account_id == row.id))
            for topic, sources in _found(connection, row.id, row.email).items():
                values = {"topic": topic, "score": 40 * len(sources), "sources": ", ".join(sources)}
                put_row(connection, interest, account_id=row.id, computed_at=now(), **values)
    return len(agreed)


def _found(connection: Connection, number: int, email: str) -> dict[str, list[str]]:
    """Topic → where it comes from."""
    found: dict[str, list[str]] = defaultdict(list)
    titles = connection.execute(select(resume.c.title).where(resume.c.account_id == number)).scalars()
    for title in titles:
        for word, topic in TOPICS.items():
            if word in (title or "").lower():
                found[topic].append("Lebenslauf")
    bought = select(bought_interest.c.topic, bought_interest.c.seller).where(bought_interest.c.email == email)
    for row in connection.execute(bought):
        found[row.topic].append(row.seller)
    return found


@router.get("/account/interests")
def interests(host: Here, who: Me) -> list[dict[str, object]]:
    """Each estimate with its sources."""
    query = select(interest.c.topic, interest.c.score, interest.c.sources).where(
        interest.c.account_id == who.id
    )
    with host.engines["board"].connect() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


@router.post("/account/interests/erase")
def erase(host: Here, who: Me) -> Response:
    """One click: the estimates are gone, no new ones are made, and adverts no longer follow them."""
    forget_interests(host, int(who.id))
    if host.zusage is not None:
        host.zusage.withdraw(("email", str(who.email)), PURPOSE)
    return RedirectResponse("/account/consents", 303)


def forget_interests(host: Host, number: int) -> None:
    """Erase the estimates of an account."""
    with host.engines["board"].begin() as connection:
        connection.execute(delete(interest).where(interest.c.account_id == number))


def top_interest(host: Host, number: int, email: str) -> str | None:
    """What is estimated to interest a user most, while the user agrees."""
    try:
        if not host.may(PURPOSE, email=email):
            return None
    except ClientError:
        return None
    query = select(interest.c.topic).where(interest.c.account_id == number).order_by(interest.c.score.desc())
    with host.engines["board"].connect() as connection:
        found = connection.execute(query).first()
    return str(found.topic) if found else None
