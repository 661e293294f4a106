"""The processing log: every operation on personal data that goes through an application's gate is checked, and on record
before it is done – and so is the attempt to pass the gate by.

An entry holds what was done (in the words of Art. 4(2) GDPR), for which declared purpose, when, and under keyed pseudonyms by
whom and about whom. It is part of the ledger: `zusage ledger show --kind processing/recorded`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import Engine

from zusage.decisions.engine import Answer
from zusage.declaration import Declaration
from zusage.keys import KeyRing
from zusage.ledger import Ledger
from zusage.text import Text

#: Art. 4(2); `export` is a use by which a copy leaves the system
Word = Literal[
    "collect", "record", "order", "store", "alter", "read", "query", "use", "export", "disclose", "align", "restrict", "erase",
    "destroy",
]  # fmt: skip
WORDS: tuple[str, ...] = get_args(Word)
RECORDED, REFUSED = "processing/recorded", "processing/refused"

_MAY = Answer(True, "declared", Text("Der Zweck ist erklärt.", "The purpose is declared."), "gdpr:5(1)(b)")
_NO_PURPOSE = Answer(
    False,
    "undeclared",
    Text(
        "Dieser Zweck ist nicht erklärt; ohne Erklärung keine Grundlage.",
        "This purpose is not declared; without it there is no basis.",
    ),
    "gdpr:5(1)(b)",
)
_BYPASSED = Answer(
    False,
    "bypassed",
    Text(
        "Personenbezogene Daten sind nur durch das Tor zu erreichen, mit Vorgang, Zweck und Namen.",
        "Personal data are reached through the gate only, with an operation, a purpose and a name.",
    ),
    "gdpr:5(2)",
)


@dataclass(frozen=True, slots=True)
class Operation:
    """What somebody is about to do, for which declared purpose; `subject` is an identity (kind, value) where it is about
    one person. Without a word it is an attempt that named none."""

    word: Word | None
    purpose: str
    actor: str
    subject: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Processing:
    """The processing log of a workspace."""

    declaration: Declaration
    state: Engine
    ledger: Ledger
    keys: KeyRing

    def enter(self, operation: Operation, now: datetime) -> Answer:
        """Whether the operation may be done; the answer is on record when this returns. One entry each time."""
        answer = self._judged(operation)
        kind, facts = RECORDED, {"operation": operation.word or "", "purpose": operation.purpose}
        if not answer.allowed:
            # a name that nobody declared could be anything, and the ledger takes no free text
            kind, facts = REFUSED, {"operation": operation.word or "", "code": answer.code}
        about: dict[str, Any] = {}
        if operation.subject is not None:
            known = f"{operation.subject[0]}:{operation.subject[1]}"
            about["subject"] = self.keys.pseudonym("subjects", known, now.year)
        actor = self.keys.pseudonym("actors", operation.actor)
        with self.state.begin() as connection:
            self.ledger.append(connection, kind, facts, at=now, actor=actor, **about)
        return answer

    def _judged(self, operation: Operation) -> Answer:
        if operation.word is None:
            return _BYPASSED
        declared = any(
            purpose.id == operation.purpose and purpose.legal_bases
            for activity in self.declaration.activities.values()
            for purpose in activity.purposes
        )
        return _MAY if declared else _NO_PURPOSE
