"""The application: its rooms, its databases, and the middleware that obeys the visitor's choice."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from zusage import clock
from zusage.deployments.creating import engine_of
from zusage.deployments.marketplace.app import (
    advertising,
    applying,
    audiences,
    calendar,
    closing,
    contacting,
    counting,
    drawings,
    enquiring,
    hiring,
    newsletter,
    portal,
    staff,
    videocall,
    website,
)
from zusage.deployments.marketplace.app.shop import Shop
from zusage.deployments.marketplace.app.timing import PageTimes
from zusage.deployments.office import SignOn
from zusage_client import Zusage
from zusage_client.asgi import ConsentMiddleware
from zusage_client.visits import Treatment

#: every room brings its own paths
ROOMS = (
    website,
    counting,
    advertising,
    applying,
    staff,
    hiring,
    portal,
    newsletter,
    audiences,
    calendar,
    videocall,
    contacting,
    closing,
    drawings,
    enquiring,
)


def create_app(folder: Path, zusage: Zusage | None = None) -> FastAPI:
    """The application on the deployment in `folder`; without `zusage` it runs, and nothing that needs a yes happens."""
    app = FastAPI(title="Spanwerk", openapi_url=None, docs_url=None, redoc_url=None)
    engines = {name: engine_of(folder, name) for name in ("portal", "office", "web", "recruiting")}
    app.state.shop = Shop(folder, **engines, zusage=zusage)
    for room in ROOMS:
        app.include_router(room.router)
    treatment = Treatment(now=clock.now)
    app.add_middleware(PageTimes)
    app.add_middleware(ConsentMiddleware, zusage=zusage, passed=("/notice",), treatment=treatment)
    app.add_middleware(SignOn, folder=folder, header=staff.HEADER)
    return app
