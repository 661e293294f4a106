"""The application: wires workspace, pages, API and console."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from zusage import __version__
from zusage.server import (
    account,
    changes,
    confirming,
    consents,
    console,
    decisions,
    disclosures,
    health,
    informations,
    mailings,
    operations,
    partners,
    public,
    receipts,
    rights,
    sharing,
    slips,
    subjects,
)
from zusage.server.applications import Application
from zusage.server.entrance import BodyLimit, PassedOn
from zusage.server.lane import FastLane
from zusage.server.pages import STATIC, Pages
from zusage.server.problems import add_problems
from zusage.server.security import SecurityHeaders
from zusage.server.working import start_worker
from zusage.workspace import Workspace

log = logging.getLogger("zusage.server")
#: whoever restarts a server waits for its pages; what is due can wait a moment longer
_PAGES_FIRST = timedelta(seconds=1)
_ROOMS = (
    health.router, public.router, changes.router, partners.router, informations.router, consents.router,
    sharing.router, decisions.router, slips.router, subjects.router, disclosures.router, operations.router,
    account.router, rights.router, console.router, mailings.router, confirming.router, receipts.router,
)  # fmt: skip
_POSTS = {
    "/api/v1/consents": consents.post_consent,
    "/api/v1/decisions": decisions.decide,
    "/api/v1/slips": slips.report,
}
#: how often counts are written down
_EVERY = timedelta(minutes=1)
#: opentelemetry comes with fastapi; nothing is exported, nothing configured from the environment
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


class _Service(FastAPI):
    """The application with the fast lane in front of all of it: what lies around every other route costs more than the few
    that every page view may ask."""

    lane: FastLane | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if self.lane is not None and self.lane.serves(scope):
            scope["app"] = self
            await self.lane(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(workspace: Workspace, *, with_worker: bool = False) -> FastAPI:
    """The ASGI application of a workspace; `with_worker` also does what falls due, in a thread."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        stop = threading.Event()
        worker = start_worker(workspace, stop, first=_PAGES_FIRST) if with_worker else None
        flushing = asyncio.create_task(_flushing(app))
        yield
        stop.set()
        flushing.cancel()
        app.state.deciding.close()
        app.state.slips.flush()
        app.state.consents.writer.close()
        if worker:
            worker.join(timeout=5)

    application = Application(workspace)
    app = _Service(
        title=f"Zusage – {workspace.declaration.controller.name}",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=lifespan,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(BodyLimit),
            Middleware(PassedOn, application=application),
        ],
        telemetry=_NO_TELEMETRY,
    )
    app.lane = FastLane(_POSTS, application)
    _furnish(app, workspace, application)
    for room in _ROOMS:
        app.include_router(room)
    add_problems(app)
    return app


def _furnish(app: FastAPI, workspace: Workspace, application: Application) -> None:
    """What the rooms need, made once, and the files of pages."""
    app.state.workspace = workspace
    app.state.pages = Pages(workspace)
    app.state.application = application
    app.state.deciding = decisions.Deciding(workspace)
    app.state.slips = slips.Slips(workspace)
    app.state.consents = consents.Consents(workspace)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    # the same below the banner's own paths: an application in front of us has a `/static` of its own
    app.mount("/zusage-pages", StaticFiles(directory=STATIC), name="pages")


async def _flushing(app: FastAPI) -> None:
    """Writes down what is only counted, now and then, until it is cancelled; closing writes the last."""
    while True:
        await asyncio.sleep(_EVERY.total_seconds())
        try:
            await run_in_threadpool(app.state.deciding.flush)
            await run_in_threadpool(app.state.slips.flush)
        except SQLAlchemyError as error:
            # the next round tries again; a message could quote rows
            log.warning("counts not written down: %s", type(error).__name__)
