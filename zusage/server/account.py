"""The API for logged-in users of the controller's application: see, take along, correct and erase without asking anyone.

The application vouches for its user with a token that it signs under the secret of `parties.yaml`; `zusage-client`
makes it. Nothing here is open to browsers: a program of the controller calls it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zusage import clock
from zusage.agenda import worker_name
from zusage.keepers.rights.finding import looking, subject_of, subject_of_request
from zusage.keepers.rights.handing import copy_of
from zusage.keepers.rights.intake import Intake, hashed, open_request
from zusage.keepers.rights.packages import download_token
from zusage.registers.requests import Kind, outcomes_of, request_by
from zusage.registers.requests import Request as Filed
from zusage.server.applications import NOT_OWN, application_of
from zusage.stores.sql.identity import Identity
from zusage.working import tick_workspace
from zusage.workspace import Workspace

router = APIRouter(prefix="/api/v1/account", tags=["account"])
_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"description": "the request cannot be taken"},
    401: {"description": NOT_OWN},
    413: {"description": "too large"},
    503: {"description": "a store does not answer"},
}


class User(BaseModel):
    """Whom the application vouches for, until when (seconds since 1970)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    value: str = Field(min_length=1, max_length=320)
    exp: int


class Wish(BaseModel):
    """What the user asks for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal[
        "access", "rectification", "erasure", "restriction", "portability", "objection", "marketing-objection",
        "no-automated-decision", "withdraw-consent", "complaint", "question",
        "inform",
    ]  # fmt: skip
    language: Literal["de", "en"] = "de"
    reply_to: str | None = Field(default=None, max_length=320)
    text: str = Field(default="", max_length=3000)
    field: str = Field(default="", max_length=120)
    value: str = Field(default="", max_length=500)
    purpose: str = Field(default="", max_length=80)


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace


def user(request: Request, authorization: Annotated[str, Header(max_length=2000)] = "") -> User:
    """Whom the token names. 401 for a token that is missing, forged, or not valid now."""
    said = application_of(request).read(authorization)
    try:
        return User.model_validate(said)
    except ValidationError:
        raise HTTPException(401, NOT_OWN) from None


@router.get("/data", responses=_ERRORS | {409: {"description": "the identity leads to two persons"}})
def data(request: Request, who: Annotated[User, Depends(user)]) -> Response:
    """Everything that is stored about the user, table by table, as it is now; the look is recorded.

    As in any copy, third persons in free text are masked, and nothing is shown where two persons share the identity.
    """
    context, now = _workspace(request).context, clock.now()
    with looking(context):
        known = subject_of(context, Identity(who.kind, who.value))
        if known.shared:
            raise HTTPException(409, "this identity leads to two persons: file a request, a person will look")
        found = copy_of(context, known, now, portable=False, renew=lambda: None).data
    subject = context.keys.pseudonym("subjects", f"{who.kind}:{who.value}", now.year)
    facts = {"tables": sum(map(len, found.values()))}
    with context.state.begin() as connection:
        context.ledger.append(
            connection, "account/viewed", facts, at=now, actor="application", subject=subject
        )
    return JSONResponse(jsonable_encoder(found, custom_encoder={bytes: lambda value: value.hex()}))


@router.post("/requests", status_code=202, responses=_ERRORS)
def ask(request: Request, wish: Wish, who: Annotated[User, Depends(user)]) -> dict[str, Any]:
    """File a request with the identity proven by login, and carry it out at once where nobody needs to decide."""
    workspace, now = _workspace(request), clock.now()
    details: dict[str, Any] = {
        name: said for name in ("text", "field", "value", "purpose") if (said := getattr(wish, name))
    }
    if wish.kind == "withdraw-consent" and wish.purpose:
        details = {"purposes": [wish.purpose]}
    intake = Intake(
        Kind(wish.kind), "account", who.kind, who.value, wish.language, wish.reply_to, "account", details
    )
    opened = open_request(workspace.context, intake, now)
    tick_workspace(workspace, now, worker_name())
    with workspace.state.connect() as connection:
        one = request_by(connection, id=opened.request.id)
        done = outcomes_of(connection, opened.request.id)
    return _shown(workspace, one or opened.request, done) | {"token": opened.status_token}


@router.get(
    "/requests/{token}", responses=_ERRORS | {404: {"description": "there is no such request of this user"}}
)
def state(request: Request, token: str, who: Annotated[User, Depends(user)]) -> dict[str, Any]:
    """Where a request stands; only the user who made it sees it."""
    workspace = _workspace(request)
    with workspace.state.connect() as connection:
        one = request_by(connection, status_hash=hashed(token))
        if one is None or one.identity is None or not _same(workspace, one, who):
            raise HTTPException(404, "there is no such request")
        return _shown(workspace, one, outcomes_of(connection, one.id))


def _same(workspace: Workspace, one: Filed, who: User) -> bool:
    given = subject_of_request(workspace.context, one).given
    return given is not None and (given.kind, given.folded) == (
        who.kind,
        Identity(who.kind, who.value).folded,
    )


def _shown(workspace: Workspace, one: Filed, done: list[dict[str, Any]]) -> dict[str, Any]:
    counted = [
        {
            name: each[name]
            for name in ("activity", "target", "action", "result", "hit", "left", "reason", "until")
        }
        for each in done
    ]
    shown: dict[str, Any] = {
        "reference": one.reference, "kind": one.kind.value, "state": one.state.value, "due": one.due.isoformat(),
        "outcomes": jsonable_encoder(counted),
    }  # fmt: skip
    if any(each["action"] == "export" and each["hit"] for each in done):
        shown["download"] = f"/rights/download/{download_token(workspace.context, one.id)}"
    return shown
