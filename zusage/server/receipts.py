"""Receipts of consents for the person who gave them (ISO/IEC TS 27560): to the browser that holds them, to a logged-in user."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zusage.keepers.consent.evidencing import evidence_of, receipt
from zusage.registers.consents import person_of
from zusage.server.account import User, user
from zusage.server.applications import NOT_OWN
from zusage.server.consents import consents_of
from zusage.server.pages import pages_of
from zusage.text import Language
from zusage.workspace import Workspace
from zusage_client.consent import visitor

router = APIRouter()
_ERRORS: dict[int | str, dict[str, Any]] = {401: {"description": NOT_OWN}}


@router.get("/settings/receipt", include_in_schema=False)
def of_this_browser(request: Request) -> Response:
    """What this browser agreed to, by the pseudonym in its own cookie; 404 where it agreed to nothing."""
    pages = pages_of(request)
    state = visitor(dict(request.headers), consents_of(request).spec.policy)
    if state.choice is None or not state.choice.browser:
        return pages.problem(request, 404, None, None)
    shown = _receipts(pages.workspace, bytes.fromhex(state.choice.browser), pages.language(request))
    headers = {"content-disposition": 'attachment; filename="receipts.json"'}
    return JSONResponse(shown, headers=headers) if shown else pages.problem(request, 404, None, None)


@router.get("/api/v1/account/consents", responses=_ERRORS, tags=["account"])
def of_the_user(request: Request, who: Annotated[User, Depends(user)]) -> list[dict[str, Any]]:
    """A receipt for each consent and withdrawal of the user, the oldest first."""
    workspace: Workspace = request.app.state.workspace
    person = person_of(workspace.context.keys, who.kind, who.value)
    return _receipts(workspace, person, pages_of(request).language(request))


def _receipts(workspace: Workspace, person: bytes, language: Language) -> list[dict[str, Any]]:
    found = evidence_of(workspace.context, person)
    return [
        receipt(workspace.context, one, language) for one in found if one.type in ("consent", "withdrawal")
    ]
