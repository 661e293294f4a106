"""Watch mode: browsers and applications report what slipped through. It is counted, without page and visitor."""

from __future__ import annotations

import json
import threading
from collections import Counter
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zusage import clock
from zusage.registers.slips import MOST, count_slips, slip_from
from zusage.server.applications import application_of
from zusage.server.consents import is_ours
from zusage.server.entrance import read_body
from zusage.server.security import TokenBucket, network_of
from zusage.workspace import Workspace

router = APIRouter()
#: a page reports each thing once
_reports = TokenBucket(rate=2, burst=60)
_MOST_BYTES = 2048


class Slips:
    """The counts that are not written down yet: at most `MOST` names at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._counted: Counter[tuple[str, str, str]] = Counter()
        self._lock = threading.Lock()

    def count(self, slip: tuple[str, str, str]) -> None:
        """One report more."""
        kind, _, why = slip
        with self._lock:
            self._counted[
                slip if slip in self._counted or len(self._counted) < MOST else (kind, "*", why)
            ] += 1

    def flush(self) -> None:
        """Write the counts down."""
        with self._lock:
            counted, self._counted = self._counted, Counter()
        if counted:
            try:
                with self._workspace.state.begin() as connection:
                    count_slips(connection, counted, clock.now())
            except BaseException:
                with self._lock:
                    self._counted += counted
                raise


@router.post(
    "/api/v1/slips",
    status_code=204,
    response_class=Response,
    responses={
        400: {"description": "malformed"},
        403: {"description": "not from our own pages"},
        413: {"description": "too large"},
        429: {"description": "too many"},
    },
    tags=["consents"],
)
async def report(request: Request) -> Response:
    """Take a report of the banner's watch script, or of the controller's application: `{"v": 1, "kind", "name", "why"}`."""
    said = application_of(request).read(request.headers.get("authorization", "")[:2000])
    if not said or said.get("application") is not True:
        if not is_ours(request):
            return JSONResponse({"error": "not from our own pages"}, 403)
        if not _reports.take(network_of(request)):
            return JSONResponse({"error": "too many reports from this network"}, 429, {"retry-after": "60"})
    slip = _read(await read_body(request, _MOST_BYTES))
    if slip is None:
        return JSONResponse({"error": "expected {v, kind, name, why}"}, 400)
    request.app.state.slips.count(slip)
    return Response(status_code=204)


def _read(body: bytes) -> tuple[str, str, str] | None:
    if len(body) > _MOST_BYTES:
        return None
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or value.get("v") != 1:
        return None
    return slip_from(value.get("kind"), value.get("name"), value.get("why"))
