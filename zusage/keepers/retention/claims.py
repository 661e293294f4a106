"""What holds say to decisions: data under a claim may be used for that claim, whatever the person objected to, and for nothing
else by it (Art. 17(3)(e), 18(2), 21(1) GDPR).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from zusage.decisions import Answer, Question
from zusage.keepers.context import Context
from zusage.registers.holds import Hold, holds_in_force
from zusage.stores.sql.identity import Identity
from zusage.text import Text

#: the purpose under which the people who conduct a claim ask
CLAIMS = "legal-claims"


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """Answers to `legal-claims` alone: yes while a hold for a claim stands on the person, or on an activity as a whole."""

    context: Context

    def __call__(self, question: Question, connection: Connection, now: datetime) -> Answer | None:
        """Yes with the law of the hold; no without one."""
        if question.purpose != CLAIMS or question.subject is None:
            return None
        asked = Identity(*question.subject)
        for held in holds_in_force(connection, now):
            if held.ground == "legal-claim" and held.standing_since is not None and _reaches(held, asked):
                said = Text(
                    f"Für einen Rechtsanspruch zurückgehalten seit {held.placed_at:%d.%m.%Y}.",
                    f"Held for a legal claim since {held.placed_at:%Y-%m-%d}.",
                )
                return Answer(True, "legal-claim", said, held.law)
        said = Text("Kein Rechtsanspruch hält diese Daten zurück.", "No legal claim holds these data.")
        return Answer(False, "no-claim", said, "gdpr:17(3)(e)")


def _reaches(held: Hold, asked: Identity) -> bool:
    if held.scope == "activity":
        return True
    known = Identity(held.identity_kind or "", held.identity or "")
    return held.scope == "subject" and (known.kind, known.folded) == (asked.kind, asked.folded)
