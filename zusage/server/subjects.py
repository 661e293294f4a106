"""Consents of an application's users: given in a form, on paper or by voice; withdrawn; looked up.

Only the controller's own application is let in; it vouches for whom it names.
"""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request

from zusage import clock
from zusage.agenda import worker_name
from zusage.keepers.consent.calling import call
from zusage.keepers.consent.service import Given, NoConsent, give, state_of
from zusage.registers.consents import Way
from zusage.server.applications import APPLICATION_ERRORS, own_application
from zusage.withdrawing import withdraw
from zusage.working import tick_workspace
from zusage.workspace import Workspace

router = APIRouter(
    prefix="/api/v1/subjects",
    tags=["consents"],
    dependencies=[Depends(own_application)],
    responses=APPLICATION_ERRORS,
)
_REFUSED: dict[int | str, dict[str, Any]] = {
    422: {"description": "no such purpose, too young, or not as the format asks"}
}
_WAYS = {"form": Way.FORM, "paper": Way.PAPER, "voice": Way.VOICE, "parent": Way.PARENT}


class Subject(BaseModel):
    """Whom it is about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    value: str = Field(min_length=1, max_length=320)


class Wanted(BaseModel):
    """What is to be done: `give` needs `answers`, `withdraw` and `call` need `purposes`; `withdraw-all` and `show` neither.

    `call` says that the person is about to be called under these consents to advertising calls; 422 where one does not stand.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["give", "withdraw", "withdraw-all", "call", "show"]
    subject: Subject
    answers: dict[str, bool] = Field(default_factory=dict, max_length=100)
    purposes: list[str] = Field(default_factory=list, max_length=100)
    language: Literal["de", "en"] = "de"
    way: Literal["form", "paper", "voice", "parent"] = "form"
    age: int | None = Field(default=None, ge=0, le=150)
    until: AwareDatetime | None = None


@router.post("/consents", responses=_REFUSED)
def consents(request: Request, wanted: Wanted) -> dict[str, Any]:
    """Give, withdraw or show a user's consents; answered once it is durably on record, with what stands now.

    The answer maps each purpose to `agreed`, `since` (RFC 3339), `way`, `until` where it ends by itself, and the consent's id.
    """
    workspace: Workspace = request.app.state.workspace
    context, who, now = workspace.context, wanted.subject, clock.now()
    try:
        if wanted.do == "give":
            way = _WAYS[wanted.way]
            given = Given(who.kind, who.value, wanted.answers, way, wanted.language, wanted.age, wanted.until)
            give(context, given, now)
        elif wanted.do == "call":
            for purpose in wanted.purposes:
                call(context, who.kind, who.value, purpose, now)
        elif wanted.do != "show":
            purposes = wanted.purposes if wanted.do == "withdraw" else None
            if withdraw(context, who.kind, who.value, purposes, wanted.language, now) is not None:
                # recipients hear of it, and what rested on nothing else is erased
                tick_workspace(workspace, now, worker_name())
    except NoConsent as refused:
        raise HTTPException(422, refused.message) from None
    return {
        purpose: {
            "agreed": one.holds(now),
            "since": one.since.isoformat(),
            "way": one.way,
            "until": one.until.isoformat() if one.until else None,
            "consent": one.event.hex(),
        }
        for purpose, one in sorted(state_of(context, who.kind, who.value, now).items())
    }
