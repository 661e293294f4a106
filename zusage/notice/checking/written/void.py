"""What is void, renamed or does not exist by the law of the day: transfers, citations, names of laws and companies."""

from __future__ import annotations

from collections.abc import Iterator

from zusage.findings import Finding, Place, Rule, Severity
from zusage.law.adequacy import eea, transfer_allowed
from zusage.law.citations import exists
from zusage.law.outdated import find_outdated
from zusage.notice.checking.written.sheet import Sheet, found
from zusage.text import Text

#: wording that `wording` judges by the sentence
_JUDGED_ELSEWHERE = frozenset({"consent-by-use"})


def check(sheet: Sheet) -> Iterator[Finding]:
    """Outdated terms, citations that lead nowhere, transfers that nothing covers."""
    yield from _outdated(sheet)
    yield from _citations(sheet)
    yield from _transfers(sheet)


def _outdated(sheet: Sheet) -> Iterator[Finding]:
    seen: set[str] = set()
    for block, cited_here in sheet.citations:
        for hit in find_outdated(block.text, sheet.on, cited_here):
            entry, quote = hit.entry, block.text[hit.start : hit.end]
            if hit.said_to_be_past or entry.id in seen or entry.id in _JUDGED_ELSEWHERE:
                continue
            seen.add(entry.id)
            message = Text(
                f"„{quote}“ ist überholt seit {entry.since}.", f"“{quote}” is outdated since {entry.since}."
            )
            cited = entry.citations[0].id if entry.citations else ""
            rule = Rule(f"outdated/{entry.id}", cited, entry.source.title, str(entry.since))
            yield Finding(
                "notice/outdated",
                entry.severity,
                message,
                Place(sheet.file, block.number, quote=quote),
                rule,
                entry.now,
            )


def _citations(sheet: Sheet) -> Iterator[Finding]:
    seen: set[str] = set()
    for block, cited_here in sheet.citations:
        for one in cited_here:
            reason = exists(one.citation).reason
            if reason is None or one.citation.id in seen:
                continue
            seen.add(one.citation.id)
            place = Place(sheet.file, block.number, quote=block.text[one.start : one.end])
            rule = Rule("citation", one.citation.id, one.citation.id)
            yield Finding("notice/citation", Severity.ERROR, reason, place, rule)


def _transfers(sheet: Sheet) -> Iterator[Finding]:
    seen: set[tuple[str, str | None]] = set()
    for fact in sheet.of("transfer"):
        country, safeguard = fact.value.get("country"), fact.value.get("safeguard")
        if not country or eea(country, sheet.on) or (country, safeguard) in seen:
            continue
        seen.add((country, safeguard))
        if _told_as_past(sheet, fact.line):
            continue
        verdict = transfer_allowed(country, safeguard, sheet.on, True if safeguard == "dpf" else None)
        if verdict.allowed:
            continue
        if safeguard is None:
            yield found(
                "transfer-without-safeguard",
                Severity.WARNING,
                f"Für die Übermittlung ({country}) ist keine Garantie genannt. {verdict.reason.says('de')}",
                f"No safeguard is named for the transfer ({country}). {verdict.reason.says('en')}",
                sheet.at(fact),
                "gdpr:13(1)(f)",
            )
        else:
            yield found(
                "transfer-void",
                Severity.ERROR,
                verdict.reason.says("de"),
                verdict.reason.says("en"),
                sheet.at(fact),
                verdict.citation,
            )


def _told_as_past(sheet: Sheet, line: int) -> bool:
    """Whether the line says itself that an instrument is void: then it is history, not a basis."""
    text = next((block.text for block in sheet.document.blocks if block.number == line), "")
    hits = [hit for hit in find_outdated(text, sheet.on) if hit.entry.kind == "transfer"]
    return bool(hits) and all(hit.said_to_be_past for hit in hits)
