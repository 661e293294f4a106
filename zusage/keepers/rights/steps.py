"""The steps of a request on the agenda: lapse, remind, escalate; plan, execute, answer; tell others; look again.

`plan`, `execute` and `again` act on bound stores and may run twice after a crash: a look-up changes nothing, and what
was erased once is not found again. The others run inside the transaction that moves the request, so that a mail is
written once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import Connection, select

from zusage.agenda import Handlers, OutsideWork, Then, Work, schedule
from zusage.decisions.version import bump
from zusage.keepers.context import Context
from zusage.keepers.rights import acting, answering, finding, letters, passing, recipients, restricting
from zusage.keepers.rights.acts import Act
from zusage.keepers.rights.intake import AGENDA, subject_of
from zusage.keepers.rights.proofs import may_be_ruled, more_proof_needed
from zusage.keepers.rights.received import uncovered
from zusage.keepers.rights.rules import STOPPING
from zusage.keepers.rights.transmitting import target_of, transmit
from zusage.mail import MailState, mail
from zusage.promises import Result
from zusage.registers.requests import OUTCOMES, Kind, Request, State, change_request, request_by
from zusage.registers.suppressions import end_waiting, suppression_key, wait_for


def add_steps(handlers: Handlers, context: Context) -> None:
    """Register the steps of requests."""
    inside: dict[str, Callable[[Context, Work, Request], Then | None]] = {
        "lapse": lapse,
        "remind": remind,
        "escalate": escalate,
        "overdue": overdue,
        "forget": forget,
        "answer": answer,
        "pass-on": passing.pass_on,
    }
    outside: dict[str, Callable[[Context, OutsideWork, Request], Then | None]] = {
        "plan": plan,
        "execute": execute,
        "again": again,
        "tell": recipients.tell,
        "lift": restricting.lift,
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
    changed = dict.fromkeys(("identity", "reply_to", "details", "confirm_hash"))
    change_request(work.connection, request.id, state=State.LAPSED.value, closed_at=work.now, **changed)
    context.ledger.append(
        work.connection, "request/lapsed", {"request": request.id}, at=work.now, actor="worker"
    )
    return None


#: kinds that change nothing in a store
_READING = (Kind.ACCESS, Kind.PORTABILITY)
_NOTHING: Mapping[str, str] = MappingProxyType({})
#: a mail that comes back has come back by then
FORGET_AFTER = timedelta(days=7)
#: what was asked for to be sure who asks: erased when the case closes
_PROOFS = frozenset({"doubt", "proof_question"})


def _waits_for_us(request: Request) -> bool:
    """Not for a click on the mailed link, and not for the answer to a question on who asks."""
    by_hand = request.confirm_hash is None and "proof_question" not in (request.details or {})
    return request.open and (request.state is not State.AWAITING_IDENTITY or by_hand)


def remind(context: Context, work: Work, request: Request) -> Then | None:
    """Two thirds of the time are gone: the officer hears of it, unless the person's confirmation is awaited."""
    if _waits_for_us(request):
        letters.to_staff(work.connection, context, request, "reminder", work.now)
    return None


def escalate(context: Context, work: Work, request: Request) -> Then | None:
    """A day is left: the officer hears of it, and the ledger says that it was said. After the end, once more."""
    if not _waits_for_us(request):
        return None
    letters.to_staff(work.connection, context, request, "escalation", work.now)
    facts = {"request": request.id, "state": request.state.value}
    context.ledger.append(work.connection, "request/escalated", facts, at=work.now, actor="worker")
    return Then("overdue", max(work.now, request.due) + timedelta(seconds=1))


def overdue(context: Context, work: Work, request: Request) -> Then | None:
    """The time is over and nobody answered: nothing is ever late silently; said again each week."""
    if not _waits_for_us(request):
        return None
    if work.now <= request.due:
        return Then("overdue", request.due + timedelta(seconds=1))
    letters.to_staff(work.connection, context, request, "overdue", work.now, again=f"{work.now:%Y%m%d}")
    facts = {"request": request.id, "state": request.state.value}
    context.ledger.append(work.connection, "request/overdue", facts, at=work.now, actor="worker")
    return Then("overdue", work.now + timedelta(days=7))


def plan(context: Context, work: OutsideWork, request: Request) -> Then | None:
    """Look the person up in every store, with counts; decide by rule where nobody needs to."""
    if request.state is not State.PLANNING:
        return None
    with finding.looking(context):
        # whoever asks a question has proven nothing: nobody is looked up for it
        known = request.proof or request.kind is not Kind.QUESTION
        subject = finding.subject_of_request(context, request) if known else finding.Subject(None, ())
        found = finding.look_up(context, subject) if known else []
        foreign = finding.on_behalf(context)
        own = [part for part in found if part.activity not in foreign]
        needed = more_proof_needed(context, request, own)
        by_rule = may_be_ruled(context, request, subject, own)
        # a copy that nobody has to decide on is made in the same look
        reads = by_rule and request.kind in _READING
        acts = acting.perform(context, request, subject, work.now, work.renew, work.write) if reads else None
    tenants = sorted({tenant for part in found for tenant in part.tenants})
    if request.kind is Kind.CHILD_REPORT:
        acting.block_child(context, request, subject, work.now, work.renew)
    blocked = 0
    if request.kind is Kind.OBJECTION and not (needed or subject.shared):
        blocked = acting.block_objected(context, request, subject, work.now, work.renew)

    def write(connection: Connection) -> None:
        details = {
            "plan": [part.as_json() for part in found],
            "shared": subject.shared,
            "several": subject.several,
            "identities": len(subject.known),
            "more_proof": needed,
            "disclosed": recipients.disclosed_to(connection, context, subject),
        } | ({"blocked": blocked} if blocked else {})
        changed: dict[str, object] = _ruled(work.now) if by_rule else {"state": State.AWAITING_DECISION.value}
        if not by_rule:
            what = "child" if request.kind is Kind.CHILD_REPORT else "decide"
            letters.to_staff(connection, context, request, what, work.now)
        changed |= {
            "details": dict(request.details or {}) | details,
            "tenant": ", ".join(tenants)[:80] or None,
        }
        change_request(connection, request.id, **changed)
        _stop_for_all(connection, context, request, subject, work.now)
        passing.queue(connection, context, request, tenants, work.now)
        facts = {"request": request.id, "parts": len(found), "rows": sum(part.count for part in found)}
        _record(context, connection, request, "request/planned", facts, work)

    work.write(write)
    if acts is not None:
        return _carried_out(context, work, request, acts)
    return Then("execute") if by_rule else None


def _stop_for_all(
    connection: Connection, context: Context, request: Request, subject: finding.Subject, now: datetime
) -> None:
    """What stops the use of data while it waits, stops it for every identity of the person (Art. 18(1)(d))."""
    if request.kind in STOPPING and not subject.shared:
        for each in subject.known:
            wait_for(connection, suppression_key(context.keys, each.kind, each.value), request.id, now)
        bump(connection)


def _ruled(now: datetime) -> dict[str, object]:
    """Granted by rule: nobody needs to look."""
    state = State.EXECUTING.value
    return {"state": state, "decision": "grant", "decided_by": "rule", "decided_at": now}


def execute(context: Context, work: OutsideWork, request: Request) -> Then | None:
    """Act on every store; each outcome is kept with its named result. What is not covered goes back to a person."""
    if request.state is not State.EXECUTING:
        return None
    with finding.looking(context) if request.kind in _READING else nullcontext():
        subject = finding.subject_of_request(context, request)
        target = target_of(request)
        # what is sent on is read from where it is kept
        keep = work.write if target is None else None
        acts = acting.perform(context, request, subject, work.now, work.renew, keep)
    sent = target is not None and request.decision != "refuse" and transmit(context, request, target)
    return _carried_out(
        context, work, request, acts, {"transmitted_at": work.now.isoformat()} if sent else {}
    )


def _carried_out(
    context: Context,
    work: OutsideWork,
    request: Request,
    acts: Sequence[Act],
    more: Mapping[str, str] = _NOTHING,
) -> Then | None:
    """Keep what was done, and go on to the answer; or to a person, where something is not covered."""
    uncovered = [act.outcome.reason for act in acts if act.outcome.result is Result.NOT_COVERED]

    def write(connection: Connection) -> None:
        acting.keep_outcomes(connection, request, acts)
        changed: dict[str, object] = {
            "state": (State.AWAITING_DECISION if uncovered else State.ANSWERING).value
        }
        if uncovered or more:
            now = request_by(connection, id=request.id)
            details = dict((now.details if now else None) or {}) | dict(more)
            changed["details"] = details | ({"not_covered": uncovered} if uncovered else {})
        change_request(connection, request.id, **changed)
        if uncovered:
            again = f"{work.now:%Y%m%d}"
            letters.to_staff(connection, context, request, "not-covered", work.now, again=again)
        recipients.queue(connection, context, request, acts, work.now)
        facts = {
            "request": request.id,
            "hit": sum(one.outcome.hit for one in acts),
            "left": sum(one.outcome.left for one in acts),
            "held": sum(one.outcome.result.value == "held" for one in acts),
            "not_covered": len(uncovered),
        }
        _record(context, connection, request, "request/executed", facts, work)

    work.write(write)
    return None if uncovered else Then("answer")


def answer(context: Context, work: Work, request: Request) -> Then | None:
    """Write the answer and close the request: mail, state and ledger entry stand together or not at all."""
    if request.state is not State.ANSWERING:
        return None
    with finding.looking(context):
        document = answering.answer(context, work.connection, request, work.now)
        missing = _note_uncovered(context, work, request)
    letters.answer(work.connection, context, request, document, work.now)
    if request.reply_to is None:
        letters.to_staff(work.connection, context, request, "letter", work.now)
    state = State.REFUSED if request.decision == "refuse" else State.ANSWERED
    details = {name: said for name, said in (request.details or {}).items() if name not in _PROOFS}
    details |= {"uncovered_transfers": missing} if missing else {}
    change_request(
        work.connection, request.id, state=state.value, closed_at=work.now, details=details or None
    )
    if request.kind is not Kind.RESTRICTION or state is State.REFUSED:
        end_waiting(work.connection, request.id)
    bump(work.connection)
    late = work.now > request.due
    facts = {"request": request.id, "state": state.value, "late": int(late)}
    subject = subject_of(context, request, work.now)
    context.ledger.append(
        work.connection, "request/answered", facts, at=work.now, actor="worker", subject=subject
    )
    if request.kind in (Kind.ERASURE, Kind.CHILD_REPORT) and acting.held_rows(work.connection, request.id):
        args = {"request": request.id}
        due = work.now + timedelta(days=1)
        schedule(work.connection, AGENDA, f"again/{request.id}", due, args, step="again")
    elif request.kind is Kind.ERASURE and state is State.ANSWERED:
        _schedule_forgetting(work.connection, request, work.now)
    elif request.kind is Kind.OBJECTION and (until := acting.kept_until(work.connection, request.id)):
        args = {"request": request.id}
        schedule(work.connection, AGENDA, f"again/{request.id}", until, args, step="again")
    return None


def _schedule_forgetting(connection: Connection, request: Request, now: datetime) -> None:
    schedule(
        connection, AGENDA, f"forget/{request.id}", now + FORGET_AFTER, {"request": request.id}, step="forget"
    )


def forget(context: Context, work: Work, request: Request) -> Then | None:
    """An erasure was confirmed and the mail did not come back: the address goes too, and all that the person wrote.

    What is left finds the erasure again after a restored backup: a keyed hash. A mail that came back is said to staff.
    """
    sent = mail(work.connection, f"request/{request.id}/answer")
    if sent is not None and sent.state is not MailState.SENT:
        letters.to_staff(work.connection, context, request, "letter", work.now, again="bounced")
        return None
    words = dict.fromkeys(("identity", "reply_to", "details", "decision_text"))
    change_request(work.connection, request.id, **words)
    facts = {"request": request.id}
    context.ledger.append(work.connection, "request/forgotten", facts, at=work.now, actor="worker")
    return None


def _note_uncovered(context: Context, work: Work, request: Request) -> list[str]:
    """A transfer without a safeguard on file that an access answer came upon is a finding for the officer."""
    if request.kind is not Kind.ACCESS or request.decision == "refuse":
        return []
    rows = work.connection.execute(select(OUTCOMES).where(OUTCOMES.c.request == request.id)).all()
    disclosed = finding.disclosures_for(work.connection, context, request)
    missing = uncovered(context, answering.concerned_by(context, rows), disclosed, work.now)
    for name in missing:
        recipient = context.declaration.recipients[name].name
        letters.to_staff(
            work.connection, context, request, "uncovered", work.now, again=name, recipient=recipient
        )
    if missing:
        facts = {"request": request.id, "recipients": missing}
        context.ledger.append(
            work.connection, "request/transfer-uncovered", facts, at=work.now, actor="worker"
        )
    return missing


def again(context: Context, work: OutsideWork, request: Request) -> Then | None:
    """What a hold kept is erased once the hold is gone, without a new request; looked at every day.

    So is what stayed against an objection, once no claims can be made any more.
    """
    kinds = (Kind.ERASURE, Kind.CHILD_REPORT, Kind.OBJECTION)
    if request.identity is None or request.kind not in kinds:
        return None
    if request.kind is Kind.OBJECTION:
        request = replace(request, decision="grant", ground=None)
    subject = finding.subject_of_request(context, request)
    outcomes = acting.perform(context, request, subject, work.now, work.renew)
    with context.state.begin() as connection:
        acting.keep_outcomes(connection, request, outcomes)
        held = acting.held_rows(connection, request.id)
        if not held:
            hit = sum(act.outcome.hit for act in outcomes)
            _record(
                context, connection, request, "request/completed", {"request": request.id, "hit": hit}, work
            )
            if request.kind is not Kind.OBJECTION:
                _schedule_forgetting(connection, request, work.now)
    return Then("again", work.now + timedelta(days=1)) if held else None


def _record(
    context: Context,
    connection: Connection,
    request: Request,
    kind: str,
    facts: Mapping[str, object],
    work: OutsideWork,
) -> None:
    subject = subject_of(context, request, work.now)
    context.ledger.append(connection, kind, facts, at=work.now, actor="worker", subject=subject)
