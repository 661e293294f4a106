"""Informations of the controller's application: a person is told at an event, and the receipt is on record."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from zusage import clock
from zusage.keepers.informing import tell
from zusage.server.applications import APPLICATION_ERRORS, own_application
from zusage.workspace import Workspace

router = APIRouter(
    prefix="/api/v1",
    tags=["informations"],
    dependencies=[Depends(own_application)],
    responses=APPLICATION_ERRORS,
)


class Told(BaseModel):
    """Which information goes to which address, about which case, with what filled in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=80)
    address: str = Field(min_length=3, max_length=320)
    case: str = Field(min_length=1, max_length=80)
    facts: dict[str, str] = Field(default_factory=dict, max_length=20)


@router.post("/informations", status_code=201)
def informations(request: Request, told: Told) -> dict[str, str]:
    """Tell a person, once for each case: the answer is the receipt with the instant and the digest of the words."""
    workspace: Workspace = request.app.state.workspace
    made = tell(workspace.context, told.name, ("email", told.address), told.case, told.facts, clock.now())
    assert made.told_at is not None
    return {"receipt": made.id, "told_at": made.told_at.isoformat(), "words": made.words or ""}
