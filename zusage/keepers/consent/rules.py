"""What consent says to decisions: a purpose that rests on consent may run only while the consent stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from zusage.decisions import Answer, Question
from zusage.declaration import ConsentPurpose, Declaration
from zusage.keepers.context import Context
from zusage.law.periods import retention_end
from zusage.registers.consents import Standing, events_of, person_of, standing
from zusage.text import Text


@dataclass(frozen=True, slots=True)
class ConsentRule:
    """Answers for purposes that the declaration asks consent for, and for purposes that rest on another basis."""

    context: Context

    def __call__(self, question: Question, connection: Connection, now: datetime) -> Answer | None:
        """Yes or no for a consent purpose; for another declared purpose, its legal basis."""
        asked = self.context.declaration.consents.get(question.purpose)
        if asked is None:
            return _other_basis(self.context.declaration, question.purpose)
        stands = self._standing(question, connection, now).get(question.purpose)
        title = asked.title
        if stands is None:
            said = Text(
                f"Zu „{title.says('de')}“ liegt keine Einwilligung vor.",
                f"There is no consent to “{title.says('en')}”.",
            )
            return Answer(False, "no-consent", said, "gdpr:6(1)(a)")
        if not stands.agreed:
            said = Text(
                f"„{title.says('de')}“ wurde am {stands.since:%d.%m.%Y} abgelehnt oder widerrufen.",
                f"“{title.says('en')}” was refused or withdrawn on {stands.since:%Y-%m-%d}.",
            )
            return Answer(False, "withdrawn", said, "gdpr:7(3)")
        if _run_out(asked, stands, now):
            said = Text(
                f"Die Einwilligung in „{title.says('de')}“ ist abgelaufen.",
                f"The consent to “{title.says('en')}” has run out.",
            )
            return Answer(False, "expired", said, "gdpr:7(1)")
        said = Text(
            f"Einwilligung in „{title.says('de')}“ vom {stands.since:%d.%m.%Y}: {asked.text.says('de')}",
            f"Consent to “{title.says('en')}” of {stands.since:%Y-%m-%d}: {asked.text.says('en')}",
        )
        return Answer(True, "consent", said, "gdpr:6(1)(a)")

    def _standing(self, question: Question, connection: Connection, now: datetime) -> Mapping[str, Standing]:
        if question.browser:
            return standing(events_of(connection, bytes.fromhex(question.browser), now))
        if question.subject:
            return standing(events_of(connection, person_of(self.context.keys, *question.subject), now))
        return {}


def _run_out(asked: ConsentPurpose, stands: Standing, now: datetime) -> bool:
    return asked.valid_for is not None and retention_end(stands.since, asked.valid_for, "event") <= now


def _other_basis(declaration: Declaration, purpose: str) -> Answer | None:
    for activity in declaration.activities.values():
        for one in activity.purposes:
            bases = [basis for basis in one.legal_bases if basis.consent is None]
            if one.id == purpose and bases:
                cited = bases[0].citation
                said = Text(
                    f"{one.text.says('de')}: {cited.text('de')}", f"{one.text.says('en')}: {cited.text('en')}"
                )
                return Answer(True, "legal-basis", said, cited.id)
    return None
