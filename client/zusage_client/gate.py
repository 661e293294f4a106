"""The gate to personal data: whoever passes has said what is done, for which purpose, and who does it – on record before.

An application lets nothing but its gate hand out personal data: its databases ask `passing` before each statement. An
operation is entered once, when its first statement runs; a statement outside any is refused, and the attempt is on record.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from zusage_client.client import Decision, Subject, Zusage
from zusage_client.errors import ClientError


class NotPassed(ClientError):
    """Nothing was read or changed: the operation may not be done, was not announced, or cannot be put on record."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(f"{decision.code}: {decision.reason['en']}")
        self.decision = decision


@dataclass
class _Operation:
    word: str
    purpose: str
    actor: str
    subject: Subject | None
    entered: bool = False


_BYPASSED = Decision(
    False,
    "bypassed",
    {
        "de": "Personenbezogene Daten sind nur durch das Tor zu erreichen.",
        "en": "Personal data are reached through the gate only.",
    },
)


class Gate:
    """One application's gate. Without a Zusage there is nobody to record anything, and the gate stands open."""

    def __init__(self, zusage: Zusage | None) -> None:
        self._zusage = zusage
        self._current: ContextVar[_Operation | None] = ContextVar("zusage-operation", default=None)

    def announce(self, word: str, purpose: str, actor: str, subject: Subject | None = None) -> None:
        """From here on this context (a request) does an operation of Art. 4(2) GDPR: `read`, `record`, `erase` …"""
        self._current.set(_Operation(word, purpose, actor, subject))

    @contextmanager
    def operation(
        self, word: str, purpose: str, actor: str, subject: Subject | None = None
    ) -> Iterator[None]:
        """An operation as long as the context lasts. Raises `NotPassed` at once where it may not be done."""
        token = self._current.set(_Operation(word, purpose, actor, subject))
        try:
            self.passing()
            yield
        finally:
            self._current.reset(token)

    def passing(self, attempt: str = "unknown") -> None:
        """Asked before each access. Raises `NotPassed` outside an operation (`attempt` names who tried), and where the
        operation may not be done or the service does not answer."""
        if self._zusage is None:
            return
        current = self._current.get()
        if current is None:
            self._zusage.enter(None, "", attempt)
            raise NotPassed(_BYPASSED)
        if not current.entered:
            made = self._zusage.enter(current.word, current.purpose, current.actor, current.subject)
            if not made:
                raise NotPassed(made)
            current.entered = True
