"""What a person is owed at an event – data came from somebody else (Art. 14(3)), a remote session begins – and its telling.

A purpose that depends on it is refused until the person was told: by the declaration (`informations`), for every application.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from zusage.decisions import Answer, Question
from zusage.decisions.version import bump
from zusage.declaration.loading import did_you_mean
from zusage.declaration.rights import Information
from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.law.periods import add
from zusage.mail import Message
from zusage.mail.outbox import enqueue
from zusage.registers.informations import Informing, add_information, informations_of, mark_told
from zusage.text import Language, Text


class UnknownInformation(ZusageError):
    """The declaration has no such information, or its text asks for something that was not given."""


def expect(context: Context, name: str, subject: tuple[str, str], case: str, now: datetime) -> Informing:
    """Put on file that a person is owed an information; due at the end of the declared period. Raises `UnknownInformation`."""
    declared = _declared(context, name)
    zone = ZoneInfo(context.declaration.time_zone)
    until = add(now.astimezone(zone).date(), declared.within)
    due = datetime.combine(until, time(), zone).astimezone(UTC)
    made = Informing(secrets.token_hex(12), name, _key(context, subject), _case(context, case), now, due)
    with context.state.begin() as connection:
        add_information(connection, made)
        bump(connection)
        context.ledger.append(connection, "information/owed", {"name": name}, at=now, actor="server")
    return made


def tell(
    context: Context, name: str, subject: tuple[str, str], case: str, facts: Mapping[str, str], now: datetime
) -> Informing:
    """Write to a person (an e-mail identity) what the declaration says, with the case's `facts` filled in; on record.

    What was owed for this case is told by it; else it is owed and told at once. Raises `UnknownInformation`.
    """
    declared = _declared(context, name)
    language = context.declaration.languages[0]
    text = _filled(declared, name, facts, language)
    key, case_key = _key(context, subject), _case(context, case)
    words = hashlib.sha256(declared.text.says(language).encode()).hexdigest()[:16]
    with context.state.begin() as connection:
        found = next(
            (one for one in informations_of(connection, key) if (one.name, one.case_key) == (name, case_key)),
            None,
        )
        if found is None:
            found = Informing(secrets.token_hex(12), name, key, case_key, now, now)
            add_information(connection, found)
        if found.told_at is None:
            message = Message(
                recipient=subject[1], subject=declared.title.says(language), language=language, template="information",
                text=f"{text}\n\n{context.declaration.controller.name}\n", reference=f"information/{found.id}",
            )  # fmt: skip
            enqueue(connection, message, sender=context.sender(), now=now, key=f"information/{found.id}")
            mark_told(connection, found.id, words, now)
            bump(connection)
            context.ledger.append(
                connection, "information/told", {"name": name, "words": words}, at=now, actor="server"
            )
        return next(one for one in informations_of(connection, key) if one.id == found.id)


@dataclass(frozen=True, slots=True)
class InformationRule:
    """Refuses purposes that an information guards, while the person is owed it."""

    context: Context

    def __call__(self, question: Question, connection: Connection, now: datetime) -> Answer | None:
        """No until the person was told; nothing to say about purposes that no information guards."""
        guarded = {
            name
            for name, one in self.context.declaration.informations.items()
            if question.purpose in one.guards
        }
        if not guarded:
            return None
        told = informations_of(connection, _key(self.context, question.subject)) if question.subject else []
        open_ = [one for one in told if one.name in guarded and one.told_at is None]
        if open_ or not any(one.name in guarded for one in told):
            said = Text("Die Person wurde noch nicht unterrichtet.", "The person has not been told yet.")
            return Answer(False, "not-informed", said, "gdpr:14(3)")
        return None


def _declared(context: Context, name: str) -> Information:
    known = context.declaration.informations
    if name not in known:
        raise UnknownInformation(
            f"the declaration has no information '{name}'", hint=did_you_mean(name, known)
        )
    return known[name]


def _filled(declared: Information, name: str, facts: Mapping[str, str], language: Language) -> str:
    try:
        return declared.text.says(language).format(**facts)
    except KeyError as missing:
        raise UnknownInformation(f"the information '{name}' needs {missing.args[0]!r}") from None


def _key(context: Context, subject: tuple[str, str]) -> str:
    return context.keys.pseudonym("informations", ":".join(subject))


def _case(context: Context, case: str) -> str:
    return context.keys.pseudonym("informations", f"case {case}")
