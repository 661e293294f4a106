"""Disclosures of the controller's application: may data go to this recipient, and the record that they went."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from zusage import clock
from zusage.keepers.attestation.gate import Shipment, disclose, obstacles
from zusage.server.applications import APPLICATION_ERRORS, own_application
from zusage.server.subjects import Subject
from zusage.workspace import Workspace

router = APIRouter(
    prefix="/api/v1",
    tags=["disclosures"],
    dependencies=[Depends(own_application)],
    responses=APPLICATION_ERRORS,
)
#: who discloses, for the ledger's pseudonym
_ACTOR = "application"


class Shipped(BaseModel):
    """What is to go where; with `check` nothing is recorded."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipient: str = Field(min_length=1, max_length=80)
    activity: str = Field(min_length=1, max_length=80)
    purpose: str = Field(default="", max_length=80)
    categories: list[str] = Field(default_factory=list, max_length=50)
    subject: Subject | None = None
    named: str | None = Field(default=None, max_length=160)
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    check: bool = False


@router.post("/disclosures")
def disclosures(request: Request, shipped: Shipped) -> dict[str, Any]:
    """Whether data may go to a recipient now; recorded, permit or refusal, unless `check` is set.

    The answer is `allowed` and the `obstacles`, each with `code` and `text` by language.
    """
    workspace: Workspace = request.app.state.workspace
    who = (shipped.subject.kind, shipped.subject.value) if shipped.subject else None
    shipment = Shipment(
        shipped.recipient, shipped.activity, shipped.purpose, tuple(shipped.categories), who,
        named=shipped.named, country=shipped.country,
    )  # fmt: skip
    now = clock.now()
    if shipped.check:
        against = obstacles(workspace.context, shipment, now)
    else:
        against = disclose(workspace.context, shipment, _ACTOR, now)
    found = [{"code": one.code, "text": one.text.as_json()} for one in against]
    return {"allowed": not found, "obstacles": found}
