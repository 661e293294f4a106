"""The facts of a notice in the gold format, and how extractors hand them over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

FactType = Literal[
    "controller", "contact", "dpo", "authority", "as_of", "data_category", "purpose", "legal_basis", "retention", "recipient",
    "transfer", "cookie", "right", "profiling", "must_provide", "source", "deadline", "third_party_service", "age_limit",
]  # fmt: skip
FACT_TYPES: tuple[FactType, ...] = FactType.__args__  # type: ignore[attr-defined]

#: below this, a fact goes into a draft as a question
UNSURE = 0.6


class Reading(NamedTuple):
    """What an extractor found: offsets within the passage's text, and how sure it is (0 to 1)."""

    type: FactType
    value: Any
    start: int
    end: int
    confidence: float = 0.9


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a notice states. `quote` stands verbatim in the document's text at `start`, on `line`.

    `confidence` (0 to 1) is the reader's own and is not part of the gold format.
    """

    type: FactType
    value: Any
    quote: str
    line: int
    section: str
    start: int
    confidence: float

    def as_json(self) -> dict[str, Any]:
        """The gold format: type, value, quote, line, section."""
        return {
            "type": self.type,
            "value": self.value,
            "quote": self.quote,
            "line": self.line,
            "section": self.section,
        }

    @property
    def key(self) -> str:
        """The value as text that can be compared; case and blanks folded."""
        return json.dumps(self.value, sort_keys=True, ensure_ascii=False).casefold()
