"""What staff does with a request: assign, extend (with a reason, in time), decide; every change in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from zusage.agenda import reschedule, schedule
from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.keepers.rights import letters
from zusage.keepers.rights.deadlines import acknowledge_by, due_extended
from zusage.keepers.rights.intake import AGENDA
from zusage.keepers.rights.objecting import rests_on_interest
from zusage.keepers.rights.proofs import STRONG
from zusage.registers.requests import Kind, Request, State, change_request, request_by


class BadDecision(ZusageError):
    """A decision or change that cannot be made now; nothing was changed."""


#: kinds whose answer is a person's own words
IN_WORDS = frozenset({Kind.QUESTION, Kind.NO_AUTOMATED_DECISION, Kind.INFORM})

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
    "not-feasible": "gdpr:20(2)",
    "not-applicable": "gdpr:21(1)",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Grant, grant in part (what a ground covers stays) or refuse. A refusal and a part need a ground and a text."""

    decision: Literal["grant", "partly", "refuse"]
    ground: str | None = None
    text: str | None = None
    #: rectification: which data category or column gets which value, where the person said it in words
    field: str | None = None
    value: str | None = None
    #: rectification: the person's supplementary statement, to stand beside what they dispute (Art. 16 sentence 2)
    statement: str | None = None


def grounds_for(kind: Kind, *, unlawful: bool = False) -> tuple[str, ...]:
    """Which grounds fit a kind of request.

    An objection to direct marketing has none: it is never weighed (Art. 21(3)). Nor has an erasure or restriction of data
    that were found to be processed without a basis (Art. 17(1)(d), 18(1)(b)).
    """
    if kind is Kind.MARKETING_OBJECTION or (unlawful and kind in (Kind.ERASURE, Kind.RESTRICTION)):
        return ()
    if kind is Kind.CHILD_REPORT:
        return ("accurate", "manifestly-unfounded")
    only = {
        "rights-of-others": (Kind.ACCESS, Kind.PORTABILITY),
        "legal-obligation": (Kind.ERASURE,),
        "legal-claims": (Kind.ERASURE, Kind.OBJECTION),
        "freedom-of-expression": (Kind.ERASURE,),
        "still-needed": (Kind.ERASURE,),
        "not-feasible": (Kind.PORTABILITY,),
        "compelling-grounds": (Kind.OBJECTION,),
        "not-applicable": (Kind.OBJECTION, Kind.PORTABILITY, Kind.NO_AUTOMATED_DECISION),
        "accurate": (Kind.RECTIFICATION, Kind.RESTRICTION, Kind.CHILD_REPORT),
    }
    return tuple(ground for ground in GROUNDS if kind in only.get(ground, (kind,)))


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


def find_unlawful(context: Context, request_id: str, reason: str, actor: str, now: datetime) -> Request:
    """Put on file that the data a request is about are processed without a basis: it cannot be refused from then on.

    Raises `BadDecision` for a kind that this means nothing to, or without a reason.
    """
    if not reason.strip():
        raise BadDecision("say why there is no basis")
    with context.state.begin() as connection:
        request = _open(request_by(connection, id=request_id))
        if request.kind not in (Kind.ERASURE, Kind.RESTRICTION):
            raise BadDecision("this finding concerns requests for erasure and restriction")
        details = dict(request.details or {}) | {"unlawful": reason}
        change_request(connection, request.id, details=details)
        _record(context, connection, request, "request/found-unlawful", {}, actor, now)
    return request


def acknowledge(context: Context, request_id: str, reason: str, actor: str, now: datetime) -> Request:
    """Confirm receipt with the reason why the answer takes longer; stops and restarts no clock. Raises `BadDecision`."""
    if not reason.strip():
        raise BadDecision("the confirmation tells why more time is needed")
    with context.state.begin() as connection:
        request = _open(request_by(connection, id=request_id))
        limit = acknowledge_by(context.declaration, request.kind, request.received_at)
        letters.acknowledgement(connection, context, request, reason, now)
        details = dict(request.details or {}) | {"acknowledged_at": now.isoformat()}
        change_request(connection, request.id, details=details)
        facts = {"limit": limit.isoformat(), "late": int(now > limit)}
        _record(context, connection, request, "request/acknowledged", facts, actor, now)
    return request


def decide(context: Context, request_id: str, made: Decision, actor: str, now: datetime) -> Request:
    """Decide a request that waits for it; the acts follow in the agenda's next step. Raises `BadDecision`."""
    with context.state.begin() as connection:
        request = _open(request_by(connection, id=request_id))
        if request.state is not State.AWAITING_DECISION:
            raise BadDecision(f"this request is '{request.state.value}', it does not wait for a decision")
        _check(request, made)
        purpose = str((request.details or {}).get("purpose", ""))
        if request.kind is Kind.OBJECTION and made.decision == "grant" and purpose:
            _check_objection(context, purpose)
        said = {"field": made.field, "value": made.value} if made.field is not None else {}
        said |= {"statement": made.statement} if made.statement else {}
        if said:
            change_request(connection, request.id, details=dict(request.details or {}) | said)
        by = context.keys.pseudonym("actors", actor)
        # a refusal that ends a block is an act on the stores
        blocked = request.kind is Kind.CHILD_REPORT or "blocked" in (request.details or {})
        only_said = made.decision == "refuse" and not blocked
        state = State.ANSWERING if only_said else State.EXECUTING
        change_request(
            connection, request.id, state=state.value, decision=made.decision, ground=made.ground,
            decision_text=made.text, decided_by=by, decided_at=now,
        )  # fmt: skip
        step = "answer" if only_said else "execute"
        schedule(
            connection,
            AGENDA,
            f"decided/{request.id}/{now.timestamp():.0f}",
            now,
            {"request": request.id},
            step=step,
        )
        facts = {"decision": made.decision} | (
            {"ground": made.ground, "citation": GROUNDS[made.ground]} if made.ground else {}
        )
        _record(context, connection, request, "request/decided", facts, actor, now)
        found = request_by(connection, id=request.id)
    assert found is not None
    return found


def _check(request: Request, made: Decision) -> None:
    """Raises `BadDecision` for a decision that the law, or what is known of the person, does not allow."""
    details = request.details or {}
    if made.decision != "grant":
        possible = grounds_for(request.kind, unlawful="unlawful" in details)
        if not possible:
            raise BadDecision(
                "this request cannot be refused", hint="grant it; what a law still needs is kept by itself"
            )
        if made.ground not in possible:
            raise BadDecision(
                "a refusal names its ground (Art. 12(4) GDPR)", hint=f"one of {', '.join(possible)}"
            )
        own = [part for part in details.get("plan", ()) if part.get("count") and not part.get("tenants")]
        if made.ground == "not-controller" and own:
            raise BadDecision(
                "data of our own were found: this part is answered here",
                hint="grant it, and pass the rest on",
            )
        if not (made.text or "").strip():
            raise BadDecision("a refusal tells the person why (Art. 12(4) GDPR)")
    elif request.kind in IN_WORDS and not (made.text or "").strip():
        raise BadDecision("this request is answered in words", hint="--text")
    if made.decision == "refuse":
        return
    corrects = made.field or details.get("field") or made.statement or details.get("statement")
    if request.kind is Kind.RECTIFICATION and not corrects:
        raise BadDecision(
            "a rectification says which field gets which value",
            hint="--field and --value; words alone close nothing",
        )
    if details.get("shared"):
        raise BadDecision(
            "this identity leads to two persons; nothing is merged",
            hint="file the request under the number of the one who asks, or refuse it",
        )
    if details.get("more_proof") and request.proof not in STRONG:
        raise BadDecision(
            "the data concerned need more proof of identity than a mailbox",
            hint="`zusage request verify` records it",
        )


def _check_objection(context: Context, purpose: str) -> None:
    """Raises `BadDecision` for a purpose that rests on neither 6(1)(e) nor (f): nobody objects to a contract or a duty."""
    known = {one.id for activity in context.declaration.activities.values() for one in activity.purposes}
    if purpose in known and not rests_on_interest(context, purpose):
        raise BadDecision(
            f"'{purpose}' does not rest on legitimate interests: Art. 21 does not cover it",
            hint="refuse with the ground 'not-applicable'",
        )


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
    facts: Mapping[str, object],
    actor: str,
    now: datetime,
) -> None:
    by = actor if actor == "rule" else context.keys.pseudonym("actors", actor)
    context.ledger.append(connection, kind, {"request": request.id} | dict(facts), at=now, actor=by)  # type: ignore[arg-type]
