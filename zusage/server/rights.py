"""The rights form, the request's page, confirmation and download – without JavaScript, the same for everybody known or not."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zusage import clock
from zusage.errors import ZusageError
from zusage.keepers.rights.identity import BadLink, confirm
from zusage.keepers.rights.intake import BadRequest, ChannelRefused, Intake, hashed, open_request
from zusage.keepers.rights.packages import take_package
from zusage.keepers.rights.passing import acknowledge
from zusage.keepers.rights.routing import NoRoute
from zusage.registers.requests import Kind, request_by
from zusage.server.pages import pages_of
from zusage.server.security import TokenBucket, network_of, same_origin
from zusage.server.translating import in_language
from zusage.stores import Bindings

router = APIRouter(prefix="/rights", include_in_schema=False)
#: five requests a network at once, then one in twelve minutes
_requests = TokenBucket(rate=1 / 720, burst=20)

#: what the form offers, in the order of the law
OFFERED = (
    Kind.ACCESS, Kind.RECTIFICATION, Kind.ERASURE, Kind.RESTRICTION, Kind.PORTABILITY, Kind.OBJECTION,
    Kind.MARKETING_OBJECTION, Kind.NO_AUTOMATED_DECISION, Kind.WITHDRAW_CONSENT, Kind.COMPLAINT, Kind.QUESTION,
    Kind.CHILD_REPORT,
)  # fmt: skip


def identity_kinds(bindings: Bindings) -> list[str]:
    """By what people are known in the bound databases, e-mail addresses always among them."""
    found = {"email"}
    for store in bindings.stores.values():
        for tables in store.activities.values():
            for part in tables:
                found.update(part.subject)
    return sorted(found)


@router.get("")
def form(request: Request) -> Response:
    """The form, with the channels that are taken and those that are not."""
    return _form(request, 200, None)


def _form(
    request: Request, status: int, message: str | None, filled: dict[str, str] | None = None
) -> Response:
    pages = pages_of(request)
    identities = identity_kinds(pages.workspace.context.stores.bindings)
    blank = {"kind": "", "email": "", "identity": "", "text": ""}
    values: dict[str, Any] = {
        "kinds": OFFERED,
        "message": in_language(message, pages.language(request)),
        "filled": blank | (filled or {}),
        "identities": identities,
        "routes": pages.workspace.declaration.rights.routes,
    }
    return pages.render(request, "rights/form.html", status, **values)


@router.post("")
def send(
    request: Request,
    kind: Annotated[Kind, Form()],
    email: Annotated[str, Form(max_length=320)],
    identity_kind: Annotated[str, Form(max_length=40)] = "email",
    identity: Annotated[str, Form(max_length=320)] = "",
    text: Annotated[str, Form(max_length=4000)] = "",
    field: Annotated[str, Form(max_length=120)] = "",
    value: Annotated[str, Form(max_length=500)] = "",
    topic: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """File the request; the answer is the same page for a known and an unknown person."""
    if not same_origin(request.headers):
        raise HTTPException(403, "not from here")
    pages = pages_of(request)
    filled = {"kind": kind.value, "email": email, "identity": identity, "text": text}
    if not _requests.take(network_of(request)):
        return _form(request, 429, "limited", filled)
    details = {
        key: said for key, said in (("text", text), ("field", field), ("value", value)) if said.strip()
    }
    if topic and kind is Kind.QUESTION:
        details["topic"] = topic
    known_by = (
        (identity_kind, identity) if identity.strip() and identity_kind != "email" else ("email", email)
    )
    intake = Intake(
        kind, "web", *known_by, language=pages.language(request), reply_to=email.strip(), details=details
    )
    try:
        opened = open_request(pages.workspace.context, intake, clock.now())
    except BadRequest as error:
        return _form(request, 400, error.message, filled)
    except (ChannelRefused, NoRoute) as error:
        return _form(request, 400, error.message, filled)
    return RedirectResponse(f"/rights/{opened.status_token}", 303)


@router.get("/confirm/{token}")
def confirmation(request: Request, token: str) -> Response:
    """A page with a button: opening a link alone, as mail scanners do, confirms nothing."""
    return pages_of(request).render(request, "rights/confirm.html", token=token, failed=False)


@router.post("/confirm/{token}")
def confirmed(request: Request, token: str) -> Response:
    """The click that proves control of the mailbox."""
    try:
        confirm(pages_of(request).workspace.context, token, clock.now())
    except BadLink:
        return pages_of(request).render(request, "rights/confirm.html", 410, token=token, failed=True)
    return pages_of(request).render(request, "rights/confirmed.html")


@router.get("/download/{token}")
def download(request: Request, token: str) -> Response:
    """The data package while it lasts; each download is counted."""
    try:
        content = take_package(pages_of(request).workspace.context, token, clock.now())
    except ZusageError as error:
        return pages_of(request).problem(request, 410, error.message, error.hint)
    headers = {"content-disposition": 'attachment; filename="data.zip"'}
    return Response(content, media_type="application/zip", headers=headers)


@router.get("/receipt/{token}")
def receipt(request: Request, token: str) -> Response:
    """A customer or recipient acknowledges: a page with a button."""
    return pages_of(request).render(request, "rights/receipt.html", token=token, done=False)


@router.post("/receipt/{token}")
def received(request: Request, token: str) -> Response:
    """The click that acknowledges."""
    if not acknowledge(pages_of(request).workspace.context, token, clock.now()):
        raise HTTPException(404)
    return pages_of(request).render(request, "rights/receipt.html", token=token, done=True)


@router.get("/{token}")
def state(request: Request, token: str) -> Response:
    """The request's page: state and days, nothing about the person."""
    pages = pages_of(request)
    with pages.workspace.state.connect() as connection:
        found = request_by(connection, status_hash=hashed(token))
    if found is None:
        raise HTTPException(404)
    return pages.render(request, "rights/state.html", one=found, token=token)
