"""Choices across the controller's own domains: who follows a link from one to another is not asked again."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qs

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zusage import clock
from zusage.keepers.consent.banner import EventRefused
from zusage.keepers.consent.banner.events import MAXIMUM_BYTES
from zusage.keepers.consent.banner.handing import (
    HANDED_PATH,
    brought,
    is_handed_by_us,
    local_path,
    taken_over,
)
from zusage.registers.consents import events_of, standing
from zusage.server.consents import consents_of, may_post
from zusage.server.entrance import header, read_body
from zusage.server.pages import pages_of
from zusage.workspace import Workspace
from zusage_client.consent import visitor

router = APIRouter()


@router.post(HANDED_PATH, include_in_schema=False)
async def take_over(request: Request) -> Response:
    """Takes the choice that comes along with a link from another own domain, and leads on to the page."""
    consents, pages = consents_of(request), pages_of(request)
    spec = consents.spec
    own_origin = f"{request.scope['scheme']}://{header(request.scope, b'host')}"
    if not is_handed_by_us(header(request.scope, b"origin"), spec, own_origin):
        return pages.problem(request, 403, "not from our own pages", None)
    if not may_post(request):
        return pages.problem(request, 429, None, None)
    body = await read_body(request, MAXIMUM_BYTES)
    if len(body) > MAXIMUM_BYTES:
        return pages.problem(request, 413, None, None)
    said = {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}
    try:
        made = brought(said.get("choice", ""))
    except EventRefused as refused:
        return pages.problem(request, refused.status, refused.message, refused.hint)
    now = clock.now()
    agreed = (
        await run_in_threadpool(_agreed_by, consents.workspace, made.browser, now) if made.browser else set()
    )
    own = visitor(dict(request.headers), spec.policy).choice
    choice = taken_over(made, spec, own, agreed)
    answer = RedirectResponse(local_path(said.get("to", "")), 303)
    if choice != own:
        domain = spec.shared_domain(request.url.hostname or "")
        secure = request.scope["scheme"] == "https"
        cookie = choice.set_cookie(spec.policy, now, secure=secure, domain=domain)
        answer.headers.append("set-cookie", cookie)
    return answer


def _agreed_by(workspace: Workspace, browser: str, now: datetime) -> set[str]:
    """What a browser agrees to now, by the register."""
    with workspace.state.connect() as connection:
        stands = standing(events_of(connection, bytes.fromhex(browser), now))
    return {name for name, one in stands.items() if one.agreed}
