"""How a check of a declaration reports: an issue names a key path; the place in the file is looked up afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from zusage.declaration.strict_yaml import Document, KeyPath, dotted
from zusage.findings import Finding, Place, Rule, Severity
from zusage.text import Text


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong under a key, by which article, and what to write instead."""

    code: str
    key: KeyPath
    message: Text
    citation: str = ""
    instead: Text | None = None
    severity: Severity = Severity.ERROR
    source: str = ""

    def finding(self, document: Document | None) -> Finding:
        """With file, line and column where the document is at hand."""
        mark = document.place(self.key) if document else None
        place = Place(
            file=document.name if document else "",
            line=mark.line if mark else None,
            column=mark.column if mark else None,
            key=dotted(self.key),
        )
        rule = Rule(self.code, self.citation, self.source) if self.citation else None
        return Finding(f"declaration/{self.code}", self.severity, self.message, place, rule, self.instead)
