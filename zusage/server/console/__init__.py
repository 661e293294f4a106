"""The console for the data protection officer and the clerks: login first, every change with role and token."""

from fastapi import APIRouter

from zusage.server.console import (
    access,
    assessments,
    attestations,
    breaches,
    documents,
    drifting,
    duedates,
    forecasts,
    holds,
    ledger,
    notice,
    plans,
    promises,
    provided,
    requests,
    restricted,
)

router = APIRouter(include_in_schema=False)
for _room in (
    access,
    provided,
    promises,
    notice,
    duedates,
    requests,
    plans,
    forecasts,
    holds,
    drifting,
    restricted,
    breaches,
    attestations,
    assessments,
    ledger,
    documents,
):
    router.include_router(_room.router, prefix="/console")
