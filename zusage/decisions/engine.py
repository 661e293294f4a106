"""The engine: rules are asked in turn; the first "no" decides, "yes" needs at least one rule that says so.

What nobody allows is refused: a purpose that is not declared has no legal basis. Permits are counted, each refusal is
recorded – by the codes of its reason, never with the person.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, Engine

from zusage.decisions.version import version
from zusage.ledger import Ledger
from zusage.text import Text


@dataclass(frozen=True, slots=True)
class Question:
    """Who wants to do what, with which data, of whom. `subject` is an identity (kind, value); `browser` a banner's id."""

    purpose: str
    actor: str = "application"
    fields: tuple[str, ...] = ()
    subject: tuple[str, str] | None = None
    browser: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One rule's answer: yes or no, by which code and sentence."""

    allowed: bool
    code: str
    reason: Text
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision with its reasons; `version` is that of the facts it rests on."""

    allowed: bool
    answers: tuple[Answer, ...]
    version: int
    at: datetime

    @property
    def reason(self) -> Answer:
        """The answer that decided."""
        return next(one for one in self.answers if one.allowed == self.allowed)


class Rule(Protocol):
    """Answers a question, or has nothing to say about it (None). Reads in the transaction it is given."""

    def __call__(self, question: Question, connection: Connection, now: datetime) -> Answer | None:
        """The rule's answer."""
        ...


_BELIEVED = timedelta(minutes=1)
_UNDECLARED = Answer(
    False,
    "undeclared",
    Text(
        "Dieser Zweck ist nicht erklärt; ohne Erklärung keine Grundlage.",
        "This purpose is not declared; without it there is no basis.",
    ),
    "gdpr:5(1)(b)",
)


def _declared(purpose: str) -> str:
    """A purpose without its scope: a single case after the slash is nothing for the ledger."""
    return purpose.partition("/")[0]


@dataclass(slots=True)
class Decisions:
    """Answers questions from a snapshot that lives as long as the version of its facts."""

    engine: Engine
    rules: Sequence[Rule]
    ledger: Ledger | None = None
    most_kept: int = 50_000
    #: where the version is asked for very often
    reader: Callable[[], int] | None = None
    _kept: dict[Question, Decision] = field(default_factory=dict)
    _version: int = -1
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _permits: Counter[str] = field(default_factory=Counter)

    def may(self, question: Question, now: datetime) -> Decision:
        """The decision on `question` now; a refusal is on record when this returns."""
        decision = self.decide(question, now)
        if not decision.allowed:
            self.record_refusals([(question, decision)], now)
        return decision

    def decide(self, question: Question, now: datetime) -> Decision:
        """The decision, with permits counted; the caller records refusals (`record_refusals`).

        The version is compared each time: "no" is immediate.
        """
        present = self._present()
        with self._lock:
            if present != self._version or len(self._kept) > self.most_kept:
                self._kept.clear()
                self._version = present
            kept = self._kept.get(question)
            # consents run out without an event: what was decided is believed for a minute, and never backwards
            if kept is not None and not kept.at <= now < kept.at + _BELIEVED:
                kept = None
        if kept is None:
            with self.engine.connect() as connection:
                kept = self._decide(question, connection, version(connection), now)
            with self._lock:
                if kept.version == self._version:
                    self._kept[question] = kept
        if kept.allowed:
            with self._lock:
                self._permits[_declared(question.purpose)] += 1
        return kept

    def _present(self) -> int:
        if self.reader is not None:
            return self.reader()
        with self.engine.connect() as connection:
            return version(connection)

    def _decide(self, question: Question, connection: Connection, present: int, now: datetime) -> Decision:
        answers = [answer for rule in self.rules if (answer := rule(question, connection, now)) is not None]
        allowed = bool(answers) and all(answer.allowed for answer in answers)
        return Decision(allowed, tuple(answers) or (_UNDECLARED,), present, now)

    def record_refusals(self, refused: Iterable[tuple[Question, Decision]], now: datetime) -> None:
        """Write refusals down, each an entry of its own, in one transaction."""
        if self.ledger is None:
            return
        with self.engine.begin() as connection:
            for question, decision in refused:
                code = decision.reason.code
                facts = {"purpose": _declared(question.purpose), "code": code, "actor": question.actor}
                if code == _UNDECLARED.code:
                    # a name that nobody declared could be anything, and the ledger takes no free text
                    facts["purpose"] = ""
                self.ledger.append(connection, "decision/refused", facts, at=now, actor="server")

    def flush(self, now: datetime) -> Mapping[str, int]:
        """Record the permits since the last flush as counts by purpose; returns them."""
        with self._lock:
            counted, self._permits = self._permits, Counter()
        if counted and self.ledger is not None:
            try:
                with self.engine.begin() as connection:
                    self.ledger.append(
                        connection, "decision/permitted", dict(counted), at=now, actor="server"
                    )
            except BaseException:
                with self._lock:
                    self._permits += counted
                raise
        return counted
