"""The application: its rooms on the databases of service and office."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from zusage.deployments.hosting import make_host
from zusage.deployments.messaging.app import channels, news, pages, signing_in, tenants
from zusage.deployments.office import SignOn
from zusage_client import Zusage

ROOMS = (pages.router, signing_in.router, news.router, tenants.router, channels.router)


def create_app(folder: Path, zusage: Zusage | None = None) -> FastAPI:
    """The application on the deployment in `folder`; without `zusage` nothing happens that needs a yes."""
    necessary = (signing_in.COOKIE,)
    app = make_host(
        "Plauderwerk",
        folder,
        ("service", "office"),
        zusage,
        ROOMS,
        necessary=necessary,
        each=(signing_in.touch,),
    )
    app.add_middleware(SignOn, folder=folder, header=tenants.HEADER)
    return app
