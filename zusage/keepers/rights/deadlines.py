"""When an answer is due: the law's month with its extension (Art. 12(3) GDPR), the controller's own shorter promise."""

from __future__ import annotations

from datetime import datetime

from zusage.declaration import Declaration
from zusage.law.duration import Duration
from zusage.law.periods import deadline, extension, safe_deadline
from zusage.registers.requests import Kind

#: Art. 12(3) sentences 1 and 2
MONTH = Duration.parse("P1M")
EXTENSION = Duration.parse("P2M")
#: how long passing on may take where the declaration says nothing
PASS_ON = Duration.parse("P3D")

#: a report that data of a child lie here is looked at within a day, whatever else was promised
CHILD = Duration.parse("P1D")

#: what the declaration calls the right, for channels and own deadlines
RIGHT_OF = {
    Kind.ACCESS: "access", Kind.RECTIFICATION: "rectification", Kind.ERASURE: "erasure",
    Kind.RESTRICTION: "restriction", Kind.PORTABILITY: "portability", Kind.OBJECTION: "objection",
    Kind.MARKETING_OBJECTION: "objection", Kind.NO_AUTOMATED_DECISION: "no-automated-decision",
    Kind.WITHDRAW_CONSENT: "withdraw-consent", Kind.COMPLAINT: "complaint", Kind.QUESTION: "question",
    Kind.CHILD_REPORT: "erasure", Kind.INFORM: "inform",
}  # fmt: skip


def due_by_law(declaration: Declaration, received: datetime) -> datetime:
    """The last instant of the month of Art. 12(3), by Regulation 1182/71, in the controller's Land."""
    return deadline(received, MONTH, "eu", declaration.controller.land, declaration.time_zone)


def due_extended(declaration: Declaration, received: datetime) -> datetime:
    """The last instant after the extension by two months: three months from receipt."""
    return extension(received, MONTH, EXTENSION, "eu", declaration.controller.land, declaration.time_zone)


def due_by_promise(
    declaration: Declaration, kind: Kind, received: datetime, what: str = "answer"
) -> datetime | None:
    """The controller's own limit for `what`, where it promised one for this right; the shortest where several fit."""
    right = RIGHT_OF[kind]
    promised = [
        safe_deadline(received, own.within, declaration.controller.land, declaration.time_zone)
        for own in declaration.rights.deadlines
        if own.what == what and (not own.rights or right in own.rights)
    ]
    if kind is Kind.CHILD_REPORT and what == "answer":
        promised.append(safe_deadline(received, CHILD, declaration.controller.land, declaration.time_zone))
    return min(promised, default=None)


def acknowledge_by(declaration: Declaration, kind: Kind, received: datetime) -> datetime:
    """By when receipt is confirmed: as promised, and never after the law's month."""
    law = due_by_law(declaration, received)
    own = due_by_promise(declaration, kind, received, "acknowledge")
    return min(own, law) if own else law
