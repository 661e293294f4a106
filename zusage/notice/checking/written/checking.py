"""All checks of a text, in one list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from zusage.findings import Finding, worst_first
from zusage.notice.checking.written import (
    abroad,
    conditional,
    contradictions,
    form,
    grounds,
    missing,
    periods,
    tracking,
    void,
    wording,
)
from zusage.notice.checking.written.sheet import Sheet
from zusage.notice.reading.document import Document
from zusage.notice.reading.facts import Fact


def check_notice(document: Document, facts: Iterable[Fact], on: date, file: str = "") -> list[Finding]:
    """What is wrong with a notice as it was read, by the law of `on`."""
    sheet = Sheet(document, tuple(facts), on, file)
    found = [
        one
        for room in (
            missing,
            periods,
            conditional,
            grounds,
            tracking,
            void,
            abroad,
            contradictions,
            wording,
            form,
        )
        for one in room.check(sheet)
    ]
    return worst_first(dict.fromkeys(found))
