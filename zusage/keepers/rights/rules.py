"""What rights say to decisions: an objection, a restriction, a pending erasure end a purpose for a person at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select

from zusage.decisions import Answer, Question
from zusage.declaration import Declaration
from zusage.keepers.context import Context
from zusage.registers.consents import events_of, person_of, standing
from zusage.registers.requests import OPEN, REQUESTS, Kind, State
from zusage.registers.suppressions import MARKETING, suppressed, suppression_key, waiting
from zusage.text import Text

_OBJECTED = Answer(
    False,
    "objected",
    Text("Gegen diesen Zweck liegt ein Widerspruch vor.", "There is an objection to this purpose."),
    "gdpr:21(3)",
)
_RESTRICTED = Answer(
    False,
    "restricted",
    Text("Die Daten sind gesperrt (eingeschränkt).", "The data are blocked (restricted)."),
    "gdpr:18(2)",
)
#: purposes for which blocked data may still be used (Art. 18(2))
ALLOWED = frozenset({"legal-claims", "statutory-retention", "rights-of-others", "storage"})

#: requests that stop every use of a person's data while they wait, or for good
STOPPING = (Kind.ERASURE, Kind.RESTRICTION, Kind.OBJECTION, Kind.CHILD_REPORT)


@dataclass(frozen=True, slots=True)
class RightsRule:
    """Has nothing to say without a subject; never says yes by itself."""

    context: Context

    def __call__(self, question: Question, connection: Connection, now: datetime) -> Answer | None:
        """A refusal where an objection or restriction stands."""
        if question.subject is None or question.purpose in ALLOWED:
            return None
        kind, value = question.subject
        stands = suppressed(connection, suppression_key(self.context.keys, kind, value))
        purpose = question.purpose.partition("/")[0]
        advertises = is_marketing(self.context.declaration, purpose)
        if purpose in stands or "any" in stands:
            return _OBJECTED
        if (
            advertises
            and MARKETING in stands
            and not self._agreed_since(question, connection, stands[MARKETING], now)
        ):
            return _OBJECTED
        return self._restricted(question, connection, waiting(stands))

    def _agreed_since(
        self, question: Question, connection: Connection, objected: datetime, now: datetime
    ) -> bool:
        """Whether the person agreed to this purpose of their own will after they had objected to all marketing."""
        assert question.subject is not None
        person = person_of(self.context.keys, *question.subject)
        stands = standing(events_of(connection, person, now)).get(question.purpose.partition("/")[0])
        return stands is not None and stands.holds(now) and stands.since > objected

    def _restricted(self, question: Question, connection: Connection, beside: list[str]) -> Answer | None:
        assert question.subject is not None
        kind, value = question.subject
        key = self.context.keys.pseudonym("replay", f"{kind}:{value}")
        statement = select(REQUESTS).where(
            or_(REQUESTS.c.identity_key == key, REQUESTS.c.id.in_(beside)),
            REQUESTS.c.kind.in_([kind.value for kind in STOPPING]),
            REQUESTS.c.proof.is_not(None),
        )
        for row in connection.execute(statement):
            waits, details = row.state in {one.value for one in OPEN}, row.details or {}
            named = details.get("purpose")
            if row.kind == Kind.OBJECTION and waits and named in (None, question.purpose):
                return _RESTRICTED
            if row.kind in (Kind.ERASURE, Kind.CHILD_REPORT) and waits:
                return _RESTRICTED
            stays = row.state == State.ANSWERED and "lifted_at" not in details
            if row.kind == Kind.RESTRICTION and (waits or stays):
                return _RESTRICTED
        return None


def is_marketing(declaration: Declaration, purpose: str) -> bool:
    """Whether a purpose, or the purpose a consent is asked for, advertises directly (Art. 21(2))."""
    if purpose == MARKETING:
        return True
    consent = declaration.consents.get(purpose)
    if consent is not None and consent.category == "marketing":
        return True
    return any(
        one.direct_marketing and (one.id == purpose or any(b.consent == purpose for b in one.legal_bases))
        for activity in declaration.activities.values()
        for one in activity.purposes
    )
