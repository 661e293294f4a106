"""How much proof of identity what was found asks for, and what may be decided without a person.

Control of a mailbox alone suffices for activities declared `low`; for `normal` ones a person looks; for `high` ones a
document, a signature or a login of the application is needed before anything is handed out or touched.
"""

from __future__ import annotations

from collections.abc import Sequence

from zusage.keepers.context import Context
from zusage.keepers.rights.finding import Part, Subject
from zusage.keepers.rights.transmitting import target_of
from zusage.registers.requests import Kind, Request

#: proofs that suffice for everything
STRONG = frozenset({"account", "document", "signature"})
#: an answer to a question on known data: enough but where the risk is high
KNOWLEDGE = "knowledge"
#: nothing is disclosed or lost by these, and no reason may be asked: done at once, whoever says it
AT_ONCE = frozenset({Kind.MARKETING_OBJECTION})
#: decided by rule where identity is proven well enough: nothing is lost by granting them
BY_RULE = AT_ONCE | {Kind.ACCESS, Kind.PORTABILITY, Kind.WITHDRAW_CONSENT, Kind.COMPLAINT}
#: a logged-in user of the application needs nobody's permission for these
BY_RULE_WITH_ACCOUNT = BY_RULE | {Kind.ERASURE, Kind.RECTIFICATION}
#: a person answers these, in words
BY_HAND = frozenset({Kind.INFORM, Kind.QUESTION, Kind.NO_AUTOMATED_DECISION, Kind.OBJECTION})
#: of these nothing in a store is shown or changed
_NO_DATA = AT_ONCE | {Kind.WITHDRAW_CONSENT, Kind.COMPLAINT, Kind.QUESTION, Kind.CHILD_REPORT, Kind.INFORM}


def more_proof_needed(context: Context, request: Request, found: Sequence[Part]) -> bool:
    """Whether the request touches an activity of high risk that its proof does not suffice for."""
    if request.proof in STRONG or request.kind in _NO_DATA:
        return False
    return any(part.count and _risk(context, part) == "high" for part in found)


def may_be_ruled(context: Context, request: Request, subject: Subject, found: Sequence[Part]) -> bool:
    """Whether the request is granted by rule, without a person."""
    if request.kind in AT_ONCE:
        return True
    if target_of(request) is not None:
        return False
    if request.kind in BY_HAND or request.kind is Kind.CHILD_REPORT or subject.shared:
        return False
    if not any(part.count for part in found):
        return True
    allowed = BY_RULE_WITH_ACCOUNT if request.proof == "account" else BY_RULE
    if request.kind not in allowed or subject.several:
        return False
    if request.proof in STRONG or request.proof == KNOWLEDGE or request.kind in _NO_DATA:
        return True
    return all(_risk(context, part) == "low" for part in found if part.count)


def _risk(context: Context, part: Part) -> str:
    return context.declaration.activities[part.activity].risk
