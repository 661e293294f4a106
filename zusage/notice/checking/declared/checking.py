"""All checks of a declaration, in one list."""

from __future__ import annotations

from datetime import date

from zusage.declaration import Declaration
from zusage.declaration.strict_yaml import Document
from zusage.findings import Finding, worst_first
from zusage.notice.checking.declared import (
    completeness,
    consistency,
    coverage,
    lawfulness,
    roles,
    standards,
)


def check_declaration(declaration: Declaration, on: date, document: Document | None = None) -> list[Finding]:
    """What is wrong with a declaration by the law of `on`. With its parsed `document`, findings name file and line."""
    found = [
        issue.finding(document)
        for room in (completeness, lawfulness, consistency, coverage, roles, standards)
        for issue in room.check(declaration, on)
    ]
    return worst_first(dict.fromkeys(found))
