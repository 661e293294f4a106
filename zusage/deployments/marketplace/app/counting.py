"""The website's own counting: access lines for seven days, and of visitors who agreed to analysis how often they come, how
long they stay, what they click and use – under the pseudonym of their consent.

Each call is asked for anew: with a withdrawal the next one is not counted any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, HTTPException
from sqlalchemy import Connection, func, insert, select, update
from starlette.requests import Request

from zusage.deployments.hosting import next_key, put_row
from zusage.deployments.marketplace.app.shop import now, shop_of
from zusage.deployments.marketplace.app.staff import Role, only
from zusage.deployments.marketplace.schema import (
    access_line,
    anonymous_visitor,
    usage_report,
    visit_record,
    visitor,
    visitor_event,
)

router = APIRouter(prefix="/personal")
ANALYTICS = "analytics"
#: after so much quiet a call begins another visit
_QUIET = timedelta(minutes=30)
_SEGMENT = "ajs_anonymous_id"


def agreed(request: Request, purpose: str) -> str:
    """The pseudonym of a visitor who agrees to a purpose now, by the record of the service; else nothing."""
    visit = request.scope.get("zusage")
    browser = (visit.browser or "") if visit and visit.allows(purpose) else ""
    return browser if browser and shop_of(request).may(purpose, browser=browser) else ""


def counted(request: Request) -> None:
    """Writes down one call of a page."""
    moment = now()
    with shop_of(request).web.begin() as connection:
        address = request.client.host if request.client else ""
        agent = request.headers.get("user-agent", "")[:120]
        line = {"address": address, "page": request.url.path, "status": 200, "browser": agent}
        put_row(connection, access_line, **line, called_at=moment)
    browser = agreed(request, "statistics")
    if browser:
        with shop_of(request).web.begin() as connection:
            _visit(connection, visitor_of(connection, browser, ANALYTICS, moment), moment, request.url.path)
            _returning(connection, request.cookies.get(_SEGMENT, "")[:40], moment)


def used(request: Request, function: str) -> None:
    """Writes down that a function of the website was used."""
    browser, moment = agreed(request, "statistics"), now()
    if browser:
        with shop_of(request).web.begin() as connection:
            one = visitor_of(connection, browser, ANALYTICS, moment)
            put_row(connection, visitor_event, visitor_id=one, name=f"function:{function}"[:60], at=moment)


def visitor_of(connection: Connection, pseudonym: str, service: str, moment: datetime) -> int:
    """The row of a pseudonym under a service, made where it is not there."""
    mine = (visitor.c.pseudonym == pseudonym) & (visitor.c.service == service)
    found = connection.execute(select(visitor.c.id).where(mine)).scalar()
    if found is None:
        found = next_key(connection, visitor)
        connection.execute(insert(visitor).values(id=found, pseudonym=pseudonym, service=service))
    connection.execute(update(visitor).where(visitor.c.id == found).values(last_event_at=moment))
    return int(found)


def _visit(connection: Connection, one: int, moment: datetime, path: str) -> None:
    put_row(connection, visitor_event, visitor_id=one, name=f"page:{path}"[:60], at=moment)
    known = connection.execute(select(visit_record).where(visit_record.c.visitor_id == one)).first()
    if known is None:
        put_row(
            connection, visit_record, visitor_id=one, first_at=moment, last_at=moment, visits=1, seconds=0
        )
        return
    gone = moment - known.last_at
    more = (
        {"visits": known.visits + 1}
        if gone > _QUIET
        else {"seconds": known.seconds + int(gone.total_seconds())}
    )
    mine = visit_record.c.visitor_id == one
    connection.execute(update(visit_record).where(mine).values(last_at=moment, **more))


def _returning(connection: Connection, anonymous_id: str, moment: datetime) -> None:
    """Segment's anonymous id serves to tell new from returning visitors, and is kept apart from everything else."""
    if not anonymous_id:
        return
    mine = anonymous_visitor.c.anonymous_id == anonymous_id
    known = connection.execute(select(anonymous_visitor).where(mine)).first()
    if known is None:
        put_row(connection, anonymous_visitor, anonymous_id=anonymous_id, visits=1, last_at=moment)
        return
    more = int(moment - known.last_at > _QUIET)
    connection.execute(
        update(anonymous_visitor).where(mine).values(visits=known.visits + more, last_at=moment)
    )


@router.get("/besuche")
def visits(request: Request, role: Role = "", mit: str = "") -> dict[str, Any]:
    """How many visitors were new and how many came again. `mit` would set a customer beside them, which is refused: the
    consent is a browser's, for counting, and covers no account."""
    only(role, "marketing")
    if mit:
        raise HTTPException(403, "anonymous ids are not joined with accounts")
    query = select(anonymous_visitor.c.visits > 1, func.count()).group_by(anonymous_visitor.c.visits > 1)
    with shop_of(request).web.connect() as connection:
        found = {bool(again): int(count) for again, count in connection.execute(query)}
    return {"new": found.get(False, 0), "returning": found.get(True, 0)}


@router.post("/berichte")
def make_report(request: Request, said: Annotated[dict[str, str], Body()], role: Role = "") -> dict[str, int]:
    """A report on one visitor's use of the website; the ground it rests on is written down with it."""
    only(role, "marketing")
    shop, moment = shop_of(request), now()
    decision = shop.may("statistics", browser=said["browser"])
    if not decision:
        raise HTTPException(403, decision.reason["en"])
    with shop.web.begin() as connection:
        one = visitor_of(connection, said["browser"], ANALYTICS, moment)
        mine = (visitor_event.c.visitor_id == one) & visitor_event.c.name.startswith("page:")
        pages = connection.execute(select(func.count()).where(mine)).scalar_one()
        values = {"visitor_id": one, "pages": pages, "ground": decision.code, "made_at": moment}
        return {"report": put_row(connection, usage_report, **values), "pages": int(pages)}


@router.get("/berichte/{number}")
def read_report(request: Request, number: int, role: Role = "") -> dict[str, Any]:
    """A report with the ground it was made on, whatever happened since."""
    only(role, "marketing")
    with shop_of(request).web.connect() as connection:
        found = connection.execute(select(usage_report).where(usage_report.c.id == number)).first()
    if found is None:
        raise HTTPException(404, "there is no such report")
    basis = f"{found.ground}, valid at the time"
    return {"at": f"{found.made_at:%Y-%m-%d}", "pages": found.pages, "basis": basis}
