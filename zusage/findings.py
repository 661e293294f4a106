"""The one Finding type: something wrong in a notice, a declaration, a store's schema or a site.

Every room that looks at something returns findings; the command line, the console and SARIF print the same list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from zusage.text import Text


class Severity(StrEnum):
    """`error` makes a command exit with 1; `warning` wants a person; `note` informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def weight(self) -> int:
        """For sorting: the worst first."""
        return ("error", "warning", "note").index(self.value)


@dataclass(frozen=True, slots=True)
class Place:
    """Where: a file with line and column (1-based), a key path in it, a table of a store, or a page of a site."""

    file: str = ""
    line: int | None = None
    column: int | None = None
    key: str = ""
    quote: str = ""

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part not in ("", None))
        return f"{where} ({self.key})" if where and self.key else where or self.key


@dataclass(frozen=True, slots=True)
class Rule:
    """Why: the rule a finding rests on, with its citation id (`gdpr:13(1)(a)`), source and the date it was read."""

    id: str
    citation: str = ""
    source: str = ""
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where, by which rule, and what to write or do instead.

    `code` is stable and machine-readable, `area/what` (`notice/outdated-law`, `store/undeclared-column`).
    """

    code: str
    severity: Severity
    message: Text
    place: Place = Place()
    rule: Rule | None = None
    instead: Text | None = None

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready object with the same facts as the human table."""
        place = {key: getattr(self.place, key) for key in ("file", "line", "column", "key", "quote")}
        rule = self.rule and {key: getattr(self.rule, key) for key in ("id", "citation", "source", "as_of")}
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message.as_json(),
            "place": {key: value for key, value in place.items() if value not in ("", None)},
            "rule": rule and {key: value for key, value in rule.items() if value},
            "instead": self.instead and self.instead.as_json(),
        }


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings sorted by severity, then place, then code: the same order everywhere."""
    return sorted(
        findings, key=lambda f: (f.severity.weight, f.place.file, f.place.line or 0, f.place.key, f.code)
    )
