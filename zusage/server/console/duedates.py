"""The calendar: what is due on which day, as months to look at and as a list to work through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zusage import clock
from zusage.evidence.duedates import DueDate, duedates, of_requests
from zusage.server.accounts import Login, Role
from zusage.server.console.access import logged_in
from zusage.server.console.requests import requests_for
from zusage.server.pages import pages_of

router = APIRouter(prefix="/calendar")
MONTHS = 3
#: where a kind of due date is worked on
_PAGES = {
    "request": "/console/requests/{name}", "restriction": "/console/requests/{name}", "breach": "/console/breaches",
    "attestation": "/console/attestations", "assessment": "/console/assessments",
    "hold": "/console/holds",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a month as it is drawn; `mark` is `late`, `owed`, `ends` or empty."""

    day: date
    count: int
    mark: str
    today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """One month: weeks of seven days from Monday on, None where a day belongs to another month."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]


@router.get("")
def calendar(request: Request, login: Annotated[Login, Depends(logged_in)]) -> Response:
    """Everything that is due, the latest first to be late; a clerk sees the requests assigned to them."""
    workspace, now, asked = request.app.state.workspace, clock.now(), requests_for(request, login)
    if login.role is Role.CLERK:
        found = sorted(of_requests(asked), key=lambda one: one.at)
    else:
        found = duedates(workspace, asked, now)
    if request.query_params.get("format") == "json":
        return JSONResponse({"at": now.isoformat(), "due": [one.as_json(now) for one in found]})
    pages = pages_of(request)
    return pages.render(
        request, "console/calendar.html", now=now, months=months(found, now, pages.zone), page=_page,
        parts=parts(found, now, pages.zone), local=lambda at: at.astimezone(pages.zone).date(),
    )  # fmt: skip


def _page(one: DueDate) -> str | None:
    page = _PAGES.get(one.kind)
    return page.format(name=one.name) if page else None


def parts(found: Iterable[DueDate], now: datetime, zone: ZoneInfo) -> dict[str, list[DueDate]]:
    """Late, within seven days, within thirty, later: the order in which a person works."""
    today = now.astimezone(zone).date()
    sorted_in: dict[str, list[DueDate]] = {name: [] for name in ("late", "week", "month", "later")}
    for one in found:
        away = (one.at.astimezone(zone).date() - today).days
        name = "late" if one.late(now) else "week" if away <= 7 else "month" if away <= 30 else "later"
        sorted_in[name].append(one)
    return sorted_in


def months(found: Sequence[DueDate], now: datetime, zone: ZoneInfo) -> list[Month]:
    """This month and the next ones, each day with how much falls on it."""
    by_day: dict[date, list[DueDate]] = {}
    for one in found:
        by_day.setdefault(one.at.astimezone(zone).date(), []).append(one)
    today = now.astimezone(zone).date()
    first, made = today.replace(day=1), []
    for _ in range(MONTHS):
        days = [_day(day, by_day.get(day, []), today, now) for day in _days_of(first)]
        cells: list[Day | None] = [*[None] * first.weekday(), *days]
        cells += [None] * (-len(cells) % 7)
        made.append(Month(first, tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7))))
        first = (first + timedelta(days=31)).replace(day=1)
    return made


def _days_of(first: date) -> Iterator[date]:
    day = first
    while day.month == first.month:
        yield day
        day += timedelta(days=1)


def _day(day: date, due: Sequence[DueDate], today: date, now: datetime) -> Day | None:
    mark = (
        "late"
        if any(one.late(now) for one in due)
        else "owed"
        if any(not one.ends for one in due)
        else "ends"
    )
    return Day(day, len(due), mark if due else "", day == today)
