"""The application: its rooms on the board's database."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from zusage.deployments.hosting import make_host
from zusage.deployments.jobboard.app import (
    access,
    adverts,
    correcting,
    entrusting,
    interests,
    inviting,
    items,
    jobs,
    profile,
    public,
    publication,
    referees,
    releases,
    settings,
    single_cases,
    supporting,
    surveys,
)
from zusage_client import Zusage

ROOMS = (jobs.router, access.router, profile.router, settings.router, adverts.router, interests.router, releases.router, referees.router, single_cases.router, correcting.router, publication.router, supporting.router, entrusting.router, inviting.router, items.router, surveys.router, public.router)  # fmt: skip


def create_app(folder: Path, zusage: Zusage | None = None) -> FastAPI:
    """The application on the deployment in `folder`; without `zusage` nothing happens that needs a yes."""
    necessary = (access.COOKIE, jobs.SETTINGS)
    return make_host("Stellenwald", folder, ("board",), zusage, ROOMS, necessary=necessary)
