"""What staff does with a request: assign, extend (with a reason, in time), decide; every change in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from zusage.agenda import reschedule, schedule
from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.keepers.rights import letters
from zusage.keepers.rights.deadlines import due_extended
from zusage.keepers.rights.intake import AGENDA
from zusage.registers.requests import Request, State, change_request, request_by


class BadDecision(ZusageError):
    """A decision or change that cannot be made now; nothing was changed."""


#: grounds on which a request may be refused or cut down, with the law that allows it
GROUNDS: dict[str, str] = {
    "manifestly-unfounded": "gdpr:12(5)(b)",
    "excessive": "gdpr:12(5)(b)",
    "not-identified": "gdpr:12(2)",
    "rights-of-others": "gdpr:15(4)",
    "legal-obligation": "gdpr:17(3)(b)",
    "legal-claims": "gdpr:17(3)(e)",
    "freedom-of-expression": "gdpr:17(3)(a)",
    "compelling-grounds": "gdpr:21(1)",
    "accurate": "gdpr:16",
    "still-needed": "gdpr:17(1)(a)",
    "not-controller": "gdpr:28(3)",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Grant, grant in part (what a ground covers stays) or refuse. A refusal and a part need a ground and a text."""

    decision: Literal["grant", "partly", "refuse"]
    ground: str | None = None
    text: str | None = None


def assign(context: Context, request_id: str, account: str, actor: str, now: datetime) -> None:
    """Assign a request to a clerk's account."""
    with context.state.begin() as connection:
        request = _open(request_by(connection, id=request_id))
        change_request(connection, request.id, assigned_to=account)
        _record(context, connection, request, "request/assigned", {}, actor, now)


def extend(context: Context, request_id: str, reason: str, actor: str, now: datetime) -> Request:
    """Prolong by two months (Art. 12(3)): needs a reason, and only while the first month runs; the person is told.

    Raises `BadDecision` where the month is over, an extension was made, or no reason is given.
    """
    if not reason.strip():
        raise BadDecision("an extension needs a reason that the person is told (Art. 12(3) GDPR)")
    with context.state.begin() as connection:
        request = _open(request_by(connection, id=request_id))
        if request.extended_to is not None:
            raise BadDecision("this request was extended already; the law allows it once")
        if now > request.due_law:
            raise BadDecision("the month of Art. 12(3) is over; an extension must be told within it")
        until = due_extended(context.declaration, request.received_at)
        change_request(connection, request.id, extended_to=until, due_own=None)
        found = _open(request_by(connection, id=request.id))
        letters.extended(connection, context, found, reason, now)
        for what, due in (("remind", request.due_law), ("escalate", until)):
            reschedule(connection, AGENDA, f"{what}/{request.id}", due)
        _record(context, connection, found, "request/extended", {"until": until.isoformat()}, actor, now)
    return found


def decide(context: Context, request_id: str, made: Decision, actor: str, now: datetime) -> Request:
    """Decide a request that waits for it; the acts follow in the agenda's next step. Raises `BadDecision`."""
    if made.decision != "grant":
        if made.ground not in GROUNDS:
            raise BadDecision(f"a refusal names its ground: {', '.join(GROUNDS)}")
        if not (made.text or "").strip():
            raise BadDecision("a refusal tells the person why (Art. 12(4) GDPR)")
    with context.state.begin() as connection:
        request = _open(request_by(connection, id=request_id))
        if request.state is not State.AWAITING_DECISION:
            raise BadDecision(f"this request is '{request.state.value}', it does not wait for a decision")
        by = context.keys.pseudonym("actors", actor)
        state = State.ANSWERING if made.decision == "refuse" else State.EXECUTING
        change_request(
            connection, request.id, state=state.value, decision=made.decision, ground=made.ground,
            decision_text=made.text, decided_by=by, decided_at=now,
        )  # fmt: skip
        step = "answer" if made.decision == "refuse" else "execute"
        schedule(connection, AGENDA, f"decided/{request.id}", now, {"request": request.id}, step=step)
        facts = {"decision": made.decision} | (
            {"ground": made.ground, "citation": GROUNDS[made.ground]} if made.ground else {}
        )
        _record(context, connection, request, "request/decided", facts, actor, now)
        found = request_by(connection, id=request.id)
    assert found is not None
    return found


def _open(request: Request | None) -> Request:
    if request is None:
        raise BadDecision("there is no such request")
    if not request.open:
        raise BadDecision(f"this request is closed ('{request.state.value}')")
    return request


def _record(
    context: Context,
    connection: object,
    request: Request,
    kind: str,
    facts: dict[str, str],
    actor: str,
    now: datetime,
) -> None:
    by = actor if actor == "rule" else context.keys.pseudonym("actors", actor)
    context.ledger.append(connection, kind, {"request": request.id} | facts, at=now, actor=by)  # type: ignore[arg-type]
