"""A partner's page: the contract's documents in their present and earlier versions, under a key of its own."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from zusage import clock
from zusage.partners import DOCUMENTS, NoPartner, partner, versions
from zusage.registers.publications import in_force, text_of
from zusage.server.pages import pages_of
from zusage.server.public import STORED_POLICY

router = APIRouter(include_in_schema=False)


@router.get("/partners/{customer}/{key}")
def documents(request: Request, customer: str, key: str) -> Response:
    """What is in force now, and every earlier version; providers that were announced stand there with their day."""
    pages, today = pages_of(request), clock.now().date()
    try:
        found = partner(pages.workspace, customer, key, today)
    except NoPartner:
        return pages.problem(request, 403, "there is no processing contract for this page", None)
    with pages.workspace.state.connect() as connection:
        listed = versions(connection, today)
    return pages.render(
        request, "partner.html", partner=found, versions=listed, documents=DOCUMENTS, address=request.url.path
    )


@router.get("/partners/{customer}/{key}/{document}/{day}")
def document(request: Request, customer: str, key: str, document: str, day: date) -> Response:
    """One document as it was published for a day."""
    pages, today = pages_of(request), clock.now().date()
    try:
        partner(pages.workspace, customer, key, today)
    except NoPartner:
        return pages.problem(request, 403, "there is no processing contract for this page", None)
    with pages.workspace.state.connect() as connection:
        found = in_force(connection, min(day, today))
        text = text_of(connection, found.id, pages.language(request), document) if found else None
    if text is None or document not in DOCUMENTS:
        return pages.problem(request, 404, None, None)
    return Response(
        text, media_type="text/html; charset=utf-8", headers={"content-security-policy": STORED_POLICY}
    )
