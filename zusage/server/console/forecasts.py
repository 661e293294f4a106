"""The forecast: what will be erased when, given no further events – a picture, and the same figures as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zusage import clock
from zusage.keepers.retention.forecasting import Expected, daily, forecast
from zusage.server.accounts import Login
from zusage.server.console.access import logged_in
from zusage.server.pages import pages_of

router = APIRouter(prefix="/forecast")
#: how far ahead, in looks of so many days each
SPANS = {"28": (28, 2), "84": (84, 7), "364": (364, 28)}
#: the picture's size in its own units: the width of a look, the height of the tallest bar
WIDE, TALL = 48, 160


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: one action's share."""

    action: str
    count: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """Everything that falls due at one look; the first look is now, with all that waits already."""

    at: datetime
    x: int
    total: int
    top: float
    segments: tuple[Segment, ...]


@router.get("")
def shown(request: Request, _: Annotated[Login, Depends(logged_in)]) -> Response:
    """What the next weeks bring; `?days=28`, `84` or `364`."""
    context, now = request.app.state.workspace.context, clock.now()
    asked = request.query_params.get("days", "84")
    days, every = SPANS.get(asked, SPANS["84"])
    looks = daily(now, days, context.declaration.time_zone, every)
    expected = list(forecast(context, now, looks))
    if request.query_params.get("format") == "json":
        rows = [{"at": one.at.isoformat(), "promise": one.promise, "store": one.store, "target": one.target,
                 "action": one.action, "count": one.count} for one in expected]  # fmt: skip
        return JSONResponse({"at": now.isoformat(), "days": days, "expected": rows})
    drawn = bars(expected, looks)
    return pages_of(request).render(
        request, "console/forecast.html", expected=expected, bars=drawn, days=days, spans=list(SPANS), wide=WIDE,
        tall=TALL, now=now, total=sum(one.total for one in drawn), actions=_actions(expected),
    )  # fmt: skip


def _actions(expected: Sequence[Expected]) -> list[str]:
    return sorted({one.action for one in expected})


def bars(expected: Sequence[Expected], looks: Sequence[datetime]) -> list[Bar]:
    """One bar for each look, stacked by action, all to one scale."""
    counts: dict[datetime, dict[str, int]] = {at: {} for at in looks}
    for one in expected:
        counts[one.at][one.action] = counts[one.at].get(one.action, 0) + one.count
    most = max((sum(each.values()) for each in counts.values()), default=0) or 1
    return [_bar(at, number, counts[at], most) for number, at in enumerate(looks)]


def _bar(at: datetime, number: int, counts: dict[str, int], most: int) -> Bar:
    segments, floor = list[Segment](), float(TALL)
    for action in sorted(counts):
        # what is there stays visible, however tall its neighbours are
        height = max(counts[action] / most * TALL, 2.0)
        floor = max(floor - height, 0.0)
        segments.append(Segment(action, counts[action], round(floor, 1), round(height, 1)))
    return Bar(at, number * WIDE, sum(counts.values()), round(floor, 1), tuple(segments))
