"""What consent says to decisions: a purpose that rests on consent may run only while the consent stands.

A name with a scope (`newsletter/articles`, `profile-release/company-17`, `videos/clip-3`) is judged with its purpose: a topic
needs the purpose's consent and its own, a single case its own only, an embed either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from zusage.decisions import Answer, Question
from zusage.declaration import ConsentPurpose, Declaration
from zusage.keepers.consent.covering import shown
from zusage.keepers.consent.lasting import lifetime
from zusage.keepers.context import Context
from zusage.law.duration import Duration
from zusage.law.periods import retention_end
from zusage.registers.asks import pending_of
from zusage.registers.consents import Standing, Way, events_of, person_of, standing
from zusage.text import Text


@dataclass(frozen=True, slots=True)
class ConsentRule:
    """Answers for purposes that the declaration asks consent for, and for purposes that rest on another basis."""

    context: Context

    def __call__(self, question: Question, connection: Connection, now: datetime) -> Answer | None:
        """Yes or no for a consent purpose or a service of the browser; for another declared purpose, its legal basis."""
        declaration = self.context.declaration
        name, _, scope = question.purpose.partition("/")
        service = declaration.browser.services.get(name)
        if name not in declaration.consents and (service is None or service.consent is None):
            return _other_basis(declaration, question.purpose)
        person = self._person(question)
        stands = standing(events_of(connection, person, now)) if person else {}
        if name not in declaration.consents:
            assert service is not None
            return _service_answer(declaration, connection, name, scope, stands, now)
        answer = consent_answer(declaration, connection, question.purpose, stands, now)
        asked = answer.code == "no-consent" and question.subject
        if asked and person and (person, name) in pending_of(connection, [person]):
            said = Text("Die Einwilligung ist noch nicht bestätigt.", "The consent is not confirmed yet.")
            return Answer(False, "unconfirmed", said, "gdpr:7(1)")
        return answer

    def _person(self, question: Question) -> bytes | None:
        if question.browser:
            return bytes.fromhex(question.browser)
        return person_of(self.context.keys, *question.subject) if question.subject else None


def consent_answer(
    declaration: Declaration, connection: Connection, name: str, stands: Mapping[str, Standing], now: datetime
) -> Answer:
    """Yes or no to a declared purpose, or to a scope of one, for a person who stands like that."""
    purpose = name.partition("/")[0]
    asked = declaration.consents[purpose]
    answers = []
    for one in _needed(declaration, name, stands):
        answer = _judged(declaration, asked, stands.get(one), now)
        if answer.allowed and one == purpose:
            answer = _in_todays_words(connection, purpose, asked, stands[one], answer)
        answers.append(answer)
    return next((one for one in answers if not one.allowed), answers[0])


def _in_todays_words(
    connection: Connection, purpose: str, asked: ConsentPurpose, stands: Standing, answer: Answer
) -> Answer:
    words = shown(connection, stands.text)
    if words is None or words.covers(purpose, asked):
        return answer
    title = asked.title
    said = Text(
        f"Der Einwilligung in „{title.says('de')}“ vom {stands.since:%d.%m.%Y} lag ein anderer Wortlaut zugrunde.",
        f"The consent to “{title.says('en')}” of {stands.since:%Y-%m-%d} was given to other words.",
    )
    return Answer(False, "outdated", said, "gdpr:7(1)")


def _service_answer(
    declaration: Declaration, connection: Connection, name: str, scope: str, stands: Mapping[str, Standing],
    now: datetime,
) -> Answer:  # fmt: skip
    """A service runs by its own "always", or by its purpose where the words that were agreed to named it."""
    purpose = declaration.browser.services[name].consent or ""
    asked = declaration.consents[purpose]
    own = stands.get(f"{name}/{scope}" if scope and f"{name}/{scope}" in stands else name)
    if own is not None and own.agreed:
        return _judged(declaration, asked, own, now)
    answer = consent_answer(declaration, connection, purpose, stands, now)
    words = shown(connection, stands[purpose].text) if answer.allowed else None
    if words is None or words.names(name):
        return answer
    said = Text(
        "Dieser Dienst stand nicht in der Fassung, in die eingewilligt wurde.",
        "This service was not in the version that was agreed to.",
    )
    return Answer(False, "outdated", said, "gdpr:7(1)")


def _needed(declaration: Declaration, name: str, stands: Mapping[str, Standing]) -> list[str]:
    """The names that must be agreed to, all of them, for this one."""
    purpose, _, scope = name.partition("/")
    asked = declaration.consents[purpose]
    if not scope or asked.per_case:
        # a general yes is none for a single case, and a case is none for the purpose as a whole
        return [name] if scope or not asked.per_case else [f"{purpose}/"]
    if scope in asked.topics:
        return [purpose, name]
    single = [one for one in _embeds(declaration, purpose, scope) if one in stands and stands[one].agreed]
    whole = stands.get(purpose)
    return single[:1] if single and not (whole and whole.agreed) else [purpose]


def _embeds(declaration: Declaration, purpose: str, scope: str) -> Iterator[str]:
    yield f"{purpose}/{scope}"
    for name, service in declaration.browser.services.items():
        if service.consent == purpose:
            yield f"{name}/{scope}"


def _judged(
    declaration: Declaration, asked: ConsentPurpose, stands: Standing | None, now: datetime
) -> Answer:
    title = asked.title
    if stands is None:
        said = Text(
            f"Zu „{title.says('de')}“ liegt keine Einwilligung vor.",
            f"There is no consent to “{title.says('en')}”.",
        )
        return Answer(False, "no-consent", said, "gdpr:6(1)(a)")
    if stands.way == Way.USED:
        said = Text(
            f"Die Einwilligung in „{title.says('de')}“ galt für eine Verwendung und ist verbraucht.",
            f"The consent to “{title.says('en')}” covered one use and is used up.",
        )
        return Answer(False, "used", said, "gdpr:6(1)(a)")
    if not stands.agreed:
        said = Text(
            f"„{title.says('de')}“ wurde am {stands.since:%d.%m.%Y} abgelehnt oder widerrufen.",
            f"“{title.says('en')}” was refused or withdrawn on {stands.since:%Y-%m-%d}.",
        )
        return Answer(False, "withdrawn", said, "gdpr:7(3)")
    if has_run_out(declaration, asked, stands, now):
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


def has_run_out(declaration: Declaration, asked: ConsentPurpose, stands: Standing, now: datetime) -> bool:
    """Whether a yes has ended by itself: at the day that was chosen, after its declared time, or with the banner's choice."""
    if not stands.holds(now):
        return True
    if asked.valid_for is not None and retention_end(stands.since, asked.valid_for, "event") <= now:
        return True
    if not is_from_browser(stands.way):
        return False
    keep = lifetime(declaration)
    return keep.startswith("P") and retention_end(stands.at, Duration.parse(keep), "event") <= now


def is_from_browser(way: int) -> bool:
    """Whether a way is one of the banner's, with or without a signal."""
    return Way.ACCEPT_ALL <= way % 100 <= Way.MANAGED


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
