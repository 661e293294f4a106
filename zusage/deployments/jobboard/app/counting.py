"""Page counts, and the group of a visitor in a test of pages: only for who agreed, and never who looked at what in turn."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import Any

from markupsafe import Markup
from sqlalchemy import select, update
from starlette.responses import Response

from zusage.deployments.hosting import Host, now, put_row
from zusage.deployments.jobboard.schema import beacon_count, beacon_event, page_count
from zusage_client import ServiceUnreachable
from zusage_client.visits import Visit

VISITS, GROUP = "sw_visits", "sw_group"
#: the test of two search pages ends then; its cookie never lives longer
TEST_ENDS = "2025-06-30"
#: the picture that a page asks for: its address says which advert, which page and when, and nothing of the visitor
BEACON = Markup('<img src="/b.gif?advert={}&amp;page={}&amp;at={}" alt="" width="1" height="1" id="beacon">')


def may_measure(host: Host, visit: Visit | None, who: Any) -> bool:
    """A logged-in user's own answer holds on every device; otherwise this browser's counts. Undecided is no."""
    if who is not None and host.zusage is not None:
        try:
            said = host.zusage.consents(("email", who.email)).get("statistics")
        except ServiceUnreachable:
            return False
        if said is not None:
            return bool(said["agreed"])
    return visit is not None and visit.allows("statistics") and host.may("statistics", browser=visit.browser)


def beacon(page: str, advert: str = "") -> Markup:
    """The beacon of a page."""
    return BEACON.format(advert, page, f"{now():%Y-%m-%dT%H:%M}")


def showed(host: Host, page: str, advert: str) -> None:
    """An advert (by its number) or a page without one was shown."""
    with host.engines["board"].begin() as connection:
        put_row(connection, beacon_event, page=page[:120], advert=advert[:20], at=now())


def sum_up(host: Host) -> int:
    """The nightly run: showings become counts by page, advert and day; how many there were. They are of no further use then,
    and the next sweep erases them by the declared rule."""
    fresh = beacon_event.c.counted_at.is_(None)
    with host.engines["board"].begin() as connection:
        rows = connection.execute(select(beacon_event).where(fresh).order_by(beacon_event.c.id)).all()
        shown = Counter((row.advert, row.page, f"{row.at:%Y-%m-%d}") for row in rows)
        for (advert, page, day), views in shown.items():
            put_row(connection, beacon_count, advert=advert, page=page, day=day, views=views)
        mine = beacon_event.c.id.in_([row.id for row in rows])
        connection.execute(update(beacon_event).where(mine).values(counted_at=now()))
    return len(rows)


def count(host: Host, page: str, version: str = "") -> None:
    """One view more of a page on this day."""
    day = f"{now():%Y-%m-%d}"
    mine = (page_count.c.page == page) & (page_count.c.day == day) & (page_count.c.version == version)
    with host.engines["board"].begin() as connection:
        if (
            connection.execute(update(page_count).where(mine).values(views=page_count.c.views + 1)).rowcount
            == 0
        ):
            put_row(connection, page_count, page=page, day=day, version=version, views=1)


def mark_visit(answer: Response, visits: str | None) -> None:
    """The analysis cookie: how many pages were looked at in this browser, as a number."""
    number = int(visits) + 1 if visits and visits.isdigit() and len(visits) < 6 else 1
    answer.set_cookie(VISITS, str(number), max_age=30 * 86_400, secure=True, httponly=True, samesite="lax")


def group_of(visit: Visit | None, letter: str | None) -> str:
    """The group in the test of the search page; who did not agree to function cookies is in the control group."""
    if visit is None or not visit.allows("functions") or f"{now():%Y-%m-%d}" > TEST_ENDS:
        return ""
    return letter if letter in ("a", "b") else secrets.choice("ab")


def mark_group(answer: Response, letter: str) -> None:
    """The group's letter and nothing else, until the test ends."""
    left = _end_of_test() - int(now().timestamp())
    answer.set_cookie(
        GROUP, letter, max_age=min(left, 30 * 86_400), secure=True, httponly=True, samesite="lax"
    )


def _end_of_test() -> int:
    return int(now().fromisoformat(f"{TEST_ENDS}T23:59:59").timestamp())
