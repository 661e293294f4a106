"""The application: its rooms on the platform's database."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from zusage.deployments.adserver.app import account, adverts, contracts, informing, my_data, pages, trials
from zusage.deployments.hosting import make_host
from zusage_client import Zusage

ROOMS = (
    pages.router,
    account.router,
    contracts.router,
    adverts.router,
    trials.router,
    informing.router,
    my_data.router,
)


def create_app(folder: Path, zusage: Zusage | None = None) -> FastAPI:
    """The application on the deployment in `folder`; without `zusage` nothing happens that needs a yes."""
    return make_host("Windrose", folder, ("platform",), zusage, ROOMS, necessary=(account.COOKIE,))
