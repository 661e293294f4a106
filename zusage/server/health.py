"""`/health` fails when work is overdue and the last tick is older than it may be; `/metrics` holds no personal data."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from starlette.requests import Request

from zusage import clock
from zusage.evidence.pulse import pulse

router = APIRouter(tags=["health"])


@router.get("/health", responses={503: {"description": "work is overdue and no worker looks"}})
def health(request: Request, response: Response) -> dict[str, Any]:
    """Whether the workspace's database answers and the worker is alive."""
    beat = pulse(request.app.state.workspace, clock.now())
    if beat.dead:
        response.status_code = 503
    return {
        "status": "dead worker" if beat.dead else "ok",
        "last_tick": beat.last_tick,
        "overdue": beat.overdue,
    }


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(request: Request) -> Response:
    """Prometheus text: overdue items and the age of the last tick in seconds."""
    now = clock.now()
    beat = pulse(request.app.state.workspace, now)
    age = (now - beat.last_tick).total_seconds() if beat.last_tick else float("nan")
    lines = [
        "# TYPE zusage_overdue_items gauge",
        f"zusage_overdue_items {beat.overdue}",
        "# TYPE zusage_last_tick_age_seconds gauge",
        f"zusage_last_tick_age_seconds {age}",
    ]
    return Response("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")
