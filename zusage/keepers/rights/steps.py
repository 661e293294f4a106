"""The steps of a request on the agenda: lapse, remind, escalate; plan, execute, answer.

`plan` and `execute` act on bound stores and may run twice after a crash: a look-up changes nothing, and what was erased
once is not found again. `answer` runs inside the transaction that closes the request, so its mail is written once.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from zusage.agenda import Handlers, OutsideWork, Then, Work
from zusage.keepers.context import Context
from zusage.keepers.rights import acting, answering, letters
from zusage.keepers.rights.intake import AGENDA, subject_of
from zusage.registers.requests import Kind, Request, State, change_request, request_by

#: decided by rule where identity is proven: nothing is lost by granting them at once
BY_RULE = frozenset(
    {Kind.ACCESS, Kind.PORTABILITY, Kind.MARKETING_OBJECTION, Kind.WITHDRAW_CONSENT, Kind.COMPLAINT}
)
#: a logged-in user of the application needs nobody's permission for these
BY_RULE_WITH_ACCOUNT = BY_RULE | {Kind.ERASURE, Kind.RECTIFICATION}


def add_steps(handlers: Handlers, context: Context) -> None:
    """Register the steps of requests."""
    inside: dict[str, Callable[[Context, Work, Request], Then | None]] = {
        "lapse": lapse,
        "remind": remind,
        "escalate": escalate,
        "answer": answer,
    }
    outside: dict[str, Callable[[Context, OutsideWork, Request], Then | None]] = {
        "plan": plan,
        "execute": execute,
    }
    for name, step in inside.items():
        handlers.add(AGENDA, _inside(context, step), name=name)
    for name, act in outside.items():
        handlers.add_outside(AGENDA, _outside(context, act), name=name)


def _inside(
    context: Context, step: Callable[[Context, Work, Request], Then | None]
) -> Callable[[Work], Then | None]:
    def run(work: Work) -> Then | None:
        request = request_by(work.connection, id=str(work.item.args["request"]))
        return step(context, work, request) if request is not None else None

    return run


def _outside(
    context: Context, step: Callable[[Context, OutsideWork, Request], Then | None]
) -> Callable[[OutsideWork], Then | None]:
    def run(work: OutsideWork) -> Then | None:
        with context.state.connect() as connection:
            request = request_by(connection, id=str(work.item.args["request"]))
        return step(context, work, request) if request is not None else None

    return run


def lapse(context: Context, work: Work, request: Request) -> Then | None:
    """Nobody confirmed in time: the request ends, and the identity given is erased with it."""
    if request.state is not State.AWAITING_IDENTITY:
        return None
    changed = {
        "state": State.LAPSED.value,
        "closed_at": work.now,
        "identity": None,
        "reply_to": None,
        "details": None,
    }
    change_request(work.connection, request.id, confirm_hash=None, **changed)
    context.ledger.append(
        work.connection, "request/lapsed", {"request": request.id}, at=work.now, actor="worker"
    )
    return None


def remind(context: Context, work: Work, request: Request) -> Then | None:
    """Two thirds of the time are gone: the officer hears of it, unless the person's confirmation is awaited."""
    if request.open and request.state is not State.AWAITING_IDENTITY:
        letters.to_staff(work.connection, context, request, "reminder", work.now)
    return None


def escalate(context: Context, work: Work, request: Request) -> Then | None:
    """A day is left: the officer hears of it, and the ledger says that it was said."""
    if request.open and request.state is not State.AWAITING_IDENTITY:
        letters.to_staff(work.connection, context, request, "escalation", work.now)
        facts = {"request": request.id, "state": request.state.value}
        context.ledger.append(work.connection, "request/escalated", facts, at=work.now, actor="worker")
    return None


def plan(context: Context, work: OutsideWork, request: Request) -> Then | None:
    """Look the person up in every store, with counts; decide by rule where nobody needs to."""
    if request.state is not State.PLANNING:
        return None
    found = acting.look_up(context, request)
    shared = acting.shared(acting.identities(context, request))
    details = dict(request.details or {}) | {"plan": [part.as_json() for part in found], "shared": shared}
    by_rule = request.kind in (BY_RULE_WITH_ACCOUNT if request.proof == "account" else BY_RULE) and not shared
    nothing = not any(part.count for part in found)
    tenants = {part.tenant for part in found if part.tenant}
    with context.state.begin() as connection:
        changed: dict[str, object] = {"details": details}
        if len(tenants) == 1:
            changed["tenant"] = next(iter(tenants))
        if nothing or by_rule:
            changed |= {
                "state": State.EXECUTING.value,
                "decision": "grant",
                "decided_by": "rule",
                "decided_at": work.now,
            }
        else:
            changed["state"] = State.AWAITING_DECISION.value
        change_request(connection, request.id, **changed)
        facts = {"request": request.id, "parts": len(found), "rows": sum(part.count for part in found)}
        _record(context, connection, request, "request/planned", facts, work)
    return Then("execute") if nothing or by_rule else None


def execute(context: Context, work: OutsideWork, request: Request) -> Then | None:
    """Act on every store; each outcome is kept with its named result."""
    if request.state is not State.EXECUTING:
        return None
    outcomes = acting.perform(context, request, work.now, work.renew)
    with context.state.begin() as connection:
        acting.keep_outcomes(connection, request, outcomes)
        change_request(connection, request.id, state=State.ANSWERING.value)
        facts = {
            "request": request.id,
            "hit": sum(one.outcome.hit for one in outcomes),
            "left": sum(one.outcome.left for one in outcomes),
            "held": sum(one.outcome.result.value == "held" for one in outcomes),
        }
        _record(context, connection, request, "request/executed", facts, work)
    return Then("answer")


def answer(context: Context, work: Work, request: Request) -> Then | None:
    """Write the answer and close the request: mail, state and ledger entry stand together or not at all."""
    if request.state is not State.ANSWERING:
        return None
    document = answering.answer(context, work.connection, request, work.now)
    letters.answer(work.connection, context, request, document, work.now)
    state = State.REFUSED if request.decision == "refuse" else State.ANSWERED
    change_request(work.connection, request.id, state=state.value, closed_at=work.now)
    late = work.now > request.due
    facts = {"request": request.id, "state": state.value, "late": int(late)}
    subject = subject_of(context, request, work.now)
    context.ledger.append(
        work.connection, "request/answered", facts, at=work.now, actor="worker", subject=subject
    )
    return None


def _record(
    context: Context,
    connection: Connection,
    request: Request,
    kind: str,
    facts: dict[str, object],
    work: OutsideWork,
) -> None:
    subject = subject_of(context, request, work.now)
    context.ledger.append(connection, kind, facts, at=work.now, actor="worker", subject=subject)
