"""Consents over HTTP: the banner's posts, its files, and the settings page without script."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError, OperationalError
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from zusage import clock
from zusage.keepers.consent.banner import (
    Assets,
    BannerSpec,
    ConsentEvent,
    EventRefused,
    build_assets,
    choice_from_form,
    is_same_origin,
    render_pieces,
    render_settings,
    spec_from,
    validate_event,
)
from zusage.keepers.consent.banner.events import MAXIMUM_BYTES
from zusage.keepers.consent.service import from_browser, keep_templates, record_group
from zusage.registers.consents import EVENTS, Event, event_of
from zusage.server.entrance import read_body
from zusage.server.group_commit import GroupCommit, Overloaded
from zusage.server.pages import pages_of
from zusage.server.security import TokenBucket, network_of
from zusage.workspace import Workspace
from zusage_client.consent import visitor

router = APIRouter()
#: a person chooses a few times, a network of persons some more
_posts = TokenBucket(rate=5, burst=200)
#: characters of a user agent that are recorded, where it is
_AGENT = 200
#: headers that say where a post comes from
_SENDER = frozenset({b"host", b"origin", b"sec-fetch-site"})
_REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"description": "malformed"},
    403: {"description": "not from our own pages"},
    409: {"description": "outdated template"},
    413: {"description": "too large"},
    422: {"description": "forged"},
    429: {"description": "too many"},
    503: {"description": "overloaded; try again"},
}


class Consents:
    """What the routes need, made once: the banner's specification and files, the writer."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.spec: BannerSpec = spec_from(
            workspace.declaration, watch=workspace.settings.watch, on=clock.now().date()
        )
        self.assets: Assets = build_assets(self.spec)
        published = render_pieces(self.spec, self.assets)
        self.published = json.dumps(published, ensure_ascii=False, separators=(",", ":")).encode()
        self.etag = f'"{published["version"]}"'
        self.writer: GroupCommit[Event] = GroupCommit(
            self._write, hopeless=OperationalError, crossed=IntegrityError
        )
        with workspace.state.begin() as connection:
            keep_templates(connection, self.spec, clock.now())

    def _write(self, events: Sequence[Event]) -> None:
        context = self.workspace.context
        # nearly always all are new: the database says where one is not, and only then it is asked which
        with contextlib.suppress(IntegrityError), context.state.begin() as connection:
            record_group(context, connection, events, clock.now(), fresh=True)
            return
        with context.state.begin() as connection:
            if record_group(context, connection, events, clock.now()) < len(events):
                refuse_other_choices(connection, events)

    async def record(self, event: ConsentEvent, request: Request) -> None:
        """Returns when the event is durably on record. Raises `EventRefused` where its id stands for another choice."""
        agent = None
        if self.workspace.declaration.browser.record_user_agent:
            agent = request.headers.get("user-agent", "")[:_AGENT] or None
        await self.writer.add(from_browser(event, clock.now(), agent))


def refuse_other_choices(connection: Connection, events: Sequence[Event]) -> None:
    """Raises `EventRefused` where an id is on record already, or twice among these, with another choice: a retry repeats the
    same one, anything else is made up."""
    ids = list({event.id for event in events})
    rows = connection.execute(select(EVENTS).where(EVENTS.c.id.in_(ids)))
    kept = {event.id: (event.person, event.answers, event.text) for event in map(event_of, rows)}
    for event in events:
        if kept[event.id] != (event.person, dict(event.answers), event.text):
            raise EventRefused("forged", "the id stands for another choice")


def consents_of(request: Request) -> Consents:
    """The one instance of the application."""
    found: Consents = request.app.state.consents
    return found


def is_ours(request: Request) -> bool:
    """Whether a post comes from the controller's own pages."""
    said = {
        name.decode(): value.decode("latin-1") for name, value in request.scope["headers"] if name in _SENDER
    }
    origin = f"{request.scope['scheme']}://{said.pop('host', '')}"
    return is_same_origin(said, consents_of(request).spec, origin)


def may_post(request: Request) -> bool:
    """Whether one more choice from the sender's network is taken now."""
    return _posts.take(network_of(request))


@router.get(
    "/api/v1/browser-policy",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}}, 304: {"description": "as you know it"}},
    tags=["consents"],
)
def browser_policy(request: Request) -> Response:
    """What applications need to obey and to show the banner: the policy and the rendered pieces, with a version."""
    consents = consents_of(request)
    headers = {"etag": consents.etag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == consents.etag:
        return Response(status_code=304, headers=headers)
    return Response(consents.published, media_type="application/json", headers=headers)


@router.post(
    "/api/v1/consents", status_code=204, response_class=Response, responses=_REFUSED, tags=["consents"]
)
async def post_consent(request: Request) -> Response:
    """Take a choice of the banner; answered once it is durably on record. The cookie that comes back says so."""
    consents = consents_of(request)
    if not is_ours(request):
        return JSONResponse({"error": "not from our own pages"}, 403)
    if not may_post(request):
        return JSONResponse({"error": "too many choices from this network"}, 429, {"retry-after": "30"})
    try:
        event = validate_event(await read_body(request, MAXIMUM_BYTES), consents.spec)
        await consents.record(event, request)
    except EventRefused as refused:
        return JSONResponse({"error": refused.message, "reason": refused.reason}, refused.status)
    except (Overloaded, OperationalError):
        return JSONResponse({"error": "busy"}, 503, {"retry-after": "1"})
    return _with_cookie(Response(status_code=204), request, consents, event)


def _with_cookie(answer: Response, request: Request, consents: Consents, event: ConsentEvent) -> Response:
    now, secure = clock.now(), request.scope["scheme"] == "https"
    if event.method != "once":
        chosen = event.choice(consents.spec, now.date())
        # as the banner's script writes it: two cookies of one name would say two things
        spec = consents.spec
        domain = spec.shared_domain(request.url.hostname or "") if spec.shared_domains else ""
        cookie = chosen.set_cookie(consents.spec.policy, now, secure=secure, domain=domain)
        answer.headers.append("set-cookie", cookie)
    return answer


@router.get("/settings", include_in_schema=False)
def settings(request: Request) -> Response:
    """The settings as a page that works without script."""
    consents, pages = consents_of(request), pages_of(request)
    language = pages.language(request)
    state = visitor(dict(request.headers), consents.spec.policy)
    saved = request.query_params.get("saved") == "1"
    body = render_settings(consents.spec, language, state, saved=saved)
    return pages.render(
        request, "settings.html", body=body, style=consents.assets.style, more=consents.assets.rest
    )


@router.post("/settings", include_in_schema=False)
async def save_settings(request: Request) -> Response:
    """The posted form becomes the same event as a click in the banner."""
    consents, pages = consents_of(request), pages_of(request)
    if not is_ours(request):
        return pages.problem(request, 403, "not from our own pages", None)
    if not may_post(request):
        return pages.problem(request, 429, None, None)
    form = await request.form(max_files=0, max_fields=300)
    values = {name: [str(value) for value in form.getlist(name)] for name in form}
    state = visitor(dict(request.headers), consents.spec.policy)
    fresh = (secrets.token_hex(16), secrets.token_hex(16))
    try:
        event = choice_from_form(values, consents.spec, pages.language(request), state, fresh=fresh)
    except EventRefused as refused:
        return pages.problem(request, refused.status, refused.message, refused.hint)
    if event is None:
        return RedirectResponse("/settings", 303)
    try:
        await consents.record(event, request)
    except (Overloaded, OperationalError):
        return pages.problem(request, 503, None, None)
    return _with_cookie(RedirectResponse("/settings?saved=1", 303), request, consents, event)


@router.get("/zusage{rest}", include_in_schema=False)
def asset(request: Request, rest: str) -> Response:
    """The banner's files: `/zusage.js`, and each other under a name with the hash of its content."""
    return _asset(request, f"/zusage{rest}")


def _asset(request: Request, path: str) -> Response:
    found = consents_of(request).assets.files.get(path)
    if found is None:
        return pages_of(request).problem(request, 404, None, None)
    return Response(found.body, media_type=found.media_type, headers={"cache-control": found.cache_control})
