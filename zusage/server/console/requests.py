"""Requests: the list with its clocks, one request with its plan, and what staff decides.

A clerk sees assigned requests only. Every look at a person's data is itself recorded.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zusage import clock
from zusage.agenda import items
from zusage.declaration import Declaration
from zusage.keepers.rights.identity import prove_by_hand
from zusage.keepers.rights.lifecycle import Decision, acknowledge, assign, decide, extend, grounds_for
from zusage.keepers.rights.parties import read_parties
from zusage.keepers.rights.passing import assign_customer
from zusage.keepers.rights.restricting import announce
from zusage.keepers.rights.routing import is_confidential
from zusage.registers.notifications import notifications
from zusage.registers.requests import Kind, State, outcomes_of, request_by, requests
from zusage.registers.requests import Request as Filed
from zusage.server.accounts import Login, Role, clerks
from zusage.server.console.access import changing, logged_in
from zusage.server.pages import pages_of
from zusage.text import Text

router = APIRouter(prefix="/requests")
_STAFF = (Role.DPO, Role.MANAGEMENT, Role.CLERK)


def _visible(request: Request, reference: str, login: Login) -> Filed:
    """The request, if this login may see it. 404 otherwise: a clerk learns nothing of what is not theirs."""
    with request.app.state.workspace.state.connect() as connection:
        one = request_by(connection, reference=reference)
    declaration = request.app.state.workspace.declaration
    released = one is None or login.role is Role.DPO or one.assigned_to == login.account
    if one is not None and not released and is_confidential(declaration, one):
        raise HTTPException(403, "no access: the data protection officer has not released this case")
    if one is None or (login.role is Role.CLERK and one.assigned_to != login.account):
        raise HTTPException(404)
    return one


def requests_for(request: Request, login: Login) -> list[Filed]:
    """Every request that this login may see, those due first."""
    mine = login.account if login.role is Role.CLERK else None
    with request.app.state.workspace.state.connect() as connection:
        found = requests(connection, assigned_to=mine)
    declaration = request.app.state.workspace.declaration
    return [
        one
        for one in found
        if login.role is Role.DPO or one.assigned_to == login.account or not is_confidential(declaration, one)
    ]


@router.get("")
def listed(request: Request, login: Annotated[Login, Depends(logged_in)]) -> Response:
    """Every request that this login may see, those due first, without names."""
    rows, now = requests_for(request, login), clock.now()
    data = [
        {"reference": one.reference, "kind": one.kind.value, "state": one.state.value, "channel": one.channel,
         "received_at": one.received_at, "due": one.due, "late": one.open and one.due < now}
        for one in rows
    ]  # fmt: skip
    return pages_of(request).answer(request, "console/requests.html", data, rows=rows, now=now)


@router.get("/{reference}")
def shown(request: Request, reference: str, login: Annotated[Login, Depends(logged_in)]) -> Response:
    """One request with identity, words, plan and outcomes; the look is recorded."""
    workspace, now = request.app.state.workspace, clock.now()
    one = _visible(request, reference, login)
    context = workspace.context
    with workspace.state.begin() as connection:
        told, done = notifications(connection, request=one.id), outcomes_of(connection, one.id)
        staff = clerks(connection)
        actor = context.keys.pseudonym("actors", login.login)
        facts = {"request": one.id, "role": login.role.value}
        context.ledger.append(connection, "request/viewed", facts, at=now, actor=actor)
    restricted = one.kind is Kind.RESTRICTION and one.state is State.ANSWERED and one.decision != "refuse"
    with workspace.state.connect() as connection:
        lifting = next(items(connection, kind="request", key=f"lift/{one.id}"), None)
    customers = read_parties(context.folder).customers if workspace.declaration.on_behalf else {}
    values: dict[str, Any] = {
        "one": one, "now": now, "told": told, "done": done, "clerks": staff, "lifting": lifting,
        "customers": {name: each.name for name, each in customers.items()},
        "fields": _fields(workspace.declaration, one), "may_lift": restricted and lifting is None,
        "grounds": grounds_for(one.kind, unlawful="unlawful" in (one.details or {})),
        "waits": one.state is State.AWAITING_DECISION,
    }  # fmt: skip
    return pages_of(request).render(request, "console/request.html", **values)


def _fields(declaration: Declaration, one: Filed) -> dict[str, Text]:
    """The data categories that a rectification may be about: those of the activities in which something was found."""
    if one.kind is not Kind.RECTIFICATION:
        return {}
    found = {part["activity"] for part in (one.details or {}).get("plan", ()) if part.get("count")}
    return {
        category.id: category.text
        for name in declaration.activities
        if name in found
        for category in declaration.activities[name].data
    }


def _back(reference: str) -> Response:
    return RedirectResponse(f"/console/requests/{reference}", 303)


@router.post("/{reference}/decision")
def decided(
    request: Request,
    reference: str,
    login: Annotated[Login, changing(*_STAFF)],
    decision: Annotated[Literal["grant", "partly", "refuse"], Form()],
    ground: Annotated[str, Form(max_length=60)] = "",
    text: Annotated[str, Form(max_length=4000)] = "",
    field: Annotated[str, Form(max_length=80)] = "",
    value: Annotated[str, Form(max_length=1000)] = "",
    statement: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Decide; the worker carries it out. For a rectification: which data get which value, or the person's statement."""
    one = _visible(request, reference, login)
    corrects = bool(field and value)
    made = Decision(
        decision, ground if decision != "grant" else None, text or None, field=field if corrects else None,
        value=value if corrects else None, statement=statement or None,
    )  # fmt: skip
    decide(request.app.state.workspace.context, one.id, made, login.login, clock.now())
    return _back(reference)


@router.post("/{reference}/customer")
def passed_on(
    request: Request,
    reference: str,
    login: Annotated[Login, changing(*_STAFF)],
    customer: Annotated[str, Form(max_length=80)],
) -> Response:
    """Pass it on to the customer on whose behalf the data are held: encrypted, with a receipt (Art. 28)."""
    one = _visible(request, reference, login)
    assign_customer(request.app.state.workspace.context, one.id, customer, login.login, clock.now())
    return _back(reference)


@router.post("/{reference}/lifting")
def lifted(
    request: Request,
    reference: str,
    login: Annotated[Login, changing(*_STAFF)],
    told: Annotated[bool, Form()] = False,
) -> Response:
    """End a restriction in a week; the person is told before (Art. 18(3)), by mail or, `told`, by letter already."""
    one = _visible(request, reference, login)
    announce(request.app.state.workspace.context, one.id, told, login.login, clock.now())
    return _back(reference)


@router.post("/{reference}/extension")
def extended(
    request: Request,
    reference: str,
    login: Annotated[Login, changing(*_STAFF)],
    reason: Annotated[str, Form(max_length=2000)],
) -> Response:
    """Prolong by two months; the person is told why."""
    one = _visible(request, reference, login)
    extend(request.app.state.workspace.context, one.id, reason, login.login, clock.now())
    return _back(reference)


@router.post("/{reference}/acknowledgement")
def acknowledged(
    request: Request,
    reference: str,
    login: Annotated[Login, changing(*_STAFF)],
    reason: Annotated[str, Form(max_length=2000)],
) -> Response:
    """Confirm receipt with the reason why more time is needed."""
    one = _visible(request, reference, login)
    acknowledge(request.app.state.workspace.context, one.id, reason, login.login, clock.now())
    return _back(reference)


@router.post("/{reference}/proof")
def proven(
    request: Request,
    reference: str,
    login: Annotated[Login, changing(*_STAFF)],
    proof: Annotated[Literal["document", "signature"], Form()],
) -> Response:
    """Record that identity was checked; the document itself is not kept."""
    one = _visible(request, reference, login)
    prove_by_hand(request.app.state.workspace.context, one.id, proof, login.login, clock.now())
    return _back(reference)


@router.post("/{reference}/assignment")
def assigned(
    request: Request,
    reference: str,
    login: Annotated[Login, changing(Role.DPO, Role.MANAGEMENT)],
    account: Annotated[str, Form(max_length=32)],
) -> Response:
    """Assign to a clerk's account."""
    one = _visible(request, reference, login)
    with request.app.state.workspace.state.connect() as connection:
        if account not in dict(clerks(connection)):
            raise HTTPException(404)
    assign(request.app.state.workspace.context, one.id, account, login.login, clock.now())
    return _back(reference)
