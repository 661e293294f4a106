"""The application: its rooms on the databases of desk, office and website."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from zusage.deployments.hosting import make_host
from zusage.deployments.itservice.app import (
    customers,
    desk,
    films,
    hiring,
    hotline,
    measuring,
    pages,
    post,
    remote,
    sessions,
    switchboard,
    tickets,
    typing_ahead,
)
from zusage_client import Zusage

ROOMS = (
    pages.router, films.router, sessions.router, typing_ahead.router, measuring.router, hotline.router, hiring.router, desk.router, remote.router,
    customers.router, switchboard.router, post.router, tickets.router,
)  # fmt: skip


def create_app(folder: Path, zusage: Zusage | None = None) -> FastAPI:
    """The application on the deployment in `folder`; without `zusage` nothing happens that needs a yes."""
    return make_host(
        "Strompfad",
        folder,
        ("desk", "office", "web"),
        zusage,
        ROOMS,
        necessary=(sessions.COOKIE,),
        each=(sessions.touch,),
    )
