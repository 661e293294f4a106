"""Adverts on the board, from a partner: asked by the page's topic, or – where the user agreed – by a group of users.

The partner is asked by our server and never learns who looks: no id, no name, no address, and no cookie goes along.
"""

from __future__ import annotations

from typing import Protocol

import httpx2
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from sqlalchemy import select
from starlette.requests import Request

from zusage.deployments.hosting import Here, Host, Visiting
from zusage.deployments.jobboard.app.access import Member
from zusage.deployments.jobboard.app.interests import TOPICS, top_interest
from zusage.deployments.jobboard.schema import account, resume

router = APIRouter()
PURPOSE = "personalised-adverts"
#: how often adverts were seen in this browser: a number, so that nobody sees the same one again and again
SEEN = "sw_adverts"
PARTNER = "https://anzeigen.partner.example/advert"


class Partner(Protocol):
    """Where adverts come from."""

    def get(self, url: str, *, params: dict[str, str]) -> httpx2.Response:
        """One advert for a group or a topic."""
        ...


def _segment(host: Host, number: int, email: str) -> str | None:
    """The group of a user who agreed: by the estimate of interests, else by the occupation in the profile."""
    if not host.may(PURPOSE, email=email):
        return None
    found = top_interest(host, number, email)
    if found is not None:
        return found.lower()
    with host.engines["board"].connect() as connection:
        titles = (
            connection.execute(select(resume.c.title).where(resume.c.account_id == number)).scalars().all()
        )
    return next(
        (
            topic.lower()
            for word, topic in TOPICS.items()
            for title in titles
            if word in (title or "").lower()
        ),
        None,
    )


@router.get("/advert")
def advert(request: Request, host: Here, visit: Visiting, who: Member, topic: str = "beruf") -> Response:
    """The advert of a page about `topic`."""
    segment = _segment(host, int(who.id), str(who.email)) if who is not None else None
    partner: Partner | None = getattr(request.app.state, "partner", None)
    shown = "Weiterbildung in Ihrer Nähe"
    if partner is not None:
        asked = {"segment": segment} if segment else {"topic": topic}
        shown = partner.get(PARTNER, params=asked).text
    answer = HTMLResponse(Markup("<p>Anzeige: {}</p>").format(shown))
    if visit is not None and visit.allows("advertising"):
        seen = request.cookies.get(SEEN, "")
        times = int(seen) + 1 if seen.isdigit() and len(seen) < 4 else 1
        answer.set_cookie(SEEN, str(times), max_age=30 * 86_400, secure=True, httponly=True, samesite="lax")
    return answer


def personalised(host: Host) -> tuple[str, ...]:
    """Whom the nightly job of personalised adverts takes in: who agrees at this moment."""
    query = select(account.c.email).where(account.c.closed_at.is_(None)).order_by(account.c.id)
    with host.engines["board"].connect() as connection:
        everybody = connection.execute(query).scalars().all()
    return tuple(email for email in everybody if host.may(PURPOSE, email=email))
