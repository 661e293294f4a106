"""The application: its rooms, its databases, and the middleware that obeys the visitor's choice."""

from __future__ import annotations

from pathlib import Path

from fastapi import Depends, FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zusage import clock
from zusage.deployments.creating import engine_of
from zusage.deployments.gating import announcing, gated
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
    records,
    staff,
    videocall,
    website,
)
from zusage.deployments.marketplace.app.shop import Shop
from zusage.deployments.marketplace.app.timing import PageTimes
from zusage.deployments.marketplace.schema import OF_NOBODY
from zusage.deployments.office import SignOn
from zusage_client import Zusage
from zusage_client.asgi import ConsentMiddleware
from zusage_client.gate import Gate, NotPassed
from zusage_client.visits import Treatment

#: every room brings its own paths, and the declared purpose for which it works with personal data
ROOMS = {
    website: "delivery",
    counting: "analysis",
    advertising: "adverts",
    applying: "procedure",
    staff: "procedure",
    hiring: "procedure",
    portal: "orders",
    records: "orders",
    newsletter: "newsletter",
    audiences: "audiences",
    calendar: "booking-steps",
    videocall: "calls",
    contacting: "negotiations",
    closing: "orders",
    drawings: "partners",
    enquiring: "answer",
}
#: the databases with records of persons are behind the gate; the website's own counting knows nobody by name
_GATED = ("portal", "office", "recruiting")


def create_app(folder: Path, zusage: Zusage | None = None) -> FastAPI:
    """The application on the deployment in `folder`; without `zusage` it runs, and nothing that needs a yes happens."""
    app = FastAPI(title="Spanwerk", openapi_url=None, docs_url=None, redoc_url=None)
    gate = Gate(zusage)
    engines = {name: gated(engine_of(folder, name), gate, free=OF_NOBODY) for name in _GATED}
    app.state.shop = Shop(folder, **engines, web=engine_of(folder, "web"), zusage=zusage, gate=gate)
    for room, purpose in ROOMS.items():
        app.include_router(room.router, dependencies=[Depends(announcing(gate, purpose, staff.HEADER))])
    app.add_exception_handler(NotPassed, _not_passed)
    treatment = Treatment(now=clock.now)
    app.add_middleware(PageTimes)
    app.add_middleware(ConsentMiddleware, zusage=zusage, passed=("/notice",), treatment=treatment)
    app.add_middleware(SignOn, folder=folder, header=staff.HEADER)
    return app


async def _not_passed(_request: Request, error: Exception) -> Response:
    """What may not be done is 403; what cannot be put on record now is 503."""
    code = error.decision.code if isinstance(error, NotPassed) else ""
    return JSONResponse({"detail": code}, 503 if code == "unreachable" else 403)
