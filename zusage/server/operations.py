"""Operations of the controller's application on personal data: each is checked and on record before it is done."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from zusage import clock
from zusage.decisions.operations import Operation, Processing, Word
from zusage.server.applications import APPLICATION_ERRORS, own_application
from zusage.server.subjects import Subject
from zusage.workspace import Workspace

router = APIRouter(
    prefix="/api/v1",
    tags=["operations"],
    dependencies=[Depends(own_application)],
    responses=APPLICATION_ERRORS,
)


class Entered(BaseModel):
    """An operation that is about to be done; without `operation` an attempt to do one past the gate."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    operation: Word | None = None
    purpose: str = Field(default="", max_length=80)
    actor: str = Field(min_length=1, max_length=160)
    subject: Subject | None = None


@router.post("/operations")
def operations(request: Request, entered: Entered) -> dict[str, Any]:
    """Whether an operation may be done now, and why; recorded, permit or refusal.

    The answer is `allowed`, `code`, `reason` by language, and `citation`.
    """
    workspace: Workspace = request.app.state.workspace
    context = workspace.context
    who = (entered.subject.kind, entered.subject.value) if entered.subject else None
    log = Processing(context.declaration, context.state, context.ledger, context.keys)
    made = log.enter(Operation(entered.operation, entered.purpose, entered.actor, who), clock.now())
    return {
        "allowed": made.allowed,
        "code": made.code,
        "reason": made.reason.as_json(),
        "citation": made.citation,
    }
