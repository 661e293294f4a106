"""What is void, renamed or does not exist by the law of the day: transfers, citations, names of laws and companies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from zusage.findings import Finding, Place, Rule, Severity
from zusage.law.adequacy import eea, transfer_allowed
from zusage.law.citations import exists
from zusage.law.outdated import Match, Outdated, find_outdated
from zusage.notice.checking.written.sheet import Sheet, found
from zusage.notice.reading.document import Block
from zusage.notice.reading.facts import Fact
from zusage.text import Text

#: wording that `wording` judges by the sentence
_JUDGED_ELSEWHERE = frozenset({"consent-by-use"})


def check(sheet: Sheet) -> Iterator[Finding]:
    """Outdated terms, citations that lead nowhere, transfers that nothing covers."""
    yield from _outdated(sheet)
    yield from _citations(sheet)
    yield from _transfers(sheet)


def _outdated(sheet: Sheet) -> Iterator[Finding]:
    told: dict[str, list[tuple[Match, Block]]] = defaultdict(list)
    for block, cited_here in sheet.citations:
        for hit in find_outdated(block.text, sheet.on, cited_here):
            if not hit.said_to_be_past and hit.entry.id not in _JUDGED_ELSEWHERE:
                told[hit.entry.id].append((hit, block))
    for places in told.values():
        (hit, block), entry = places[0], places[0][0].entry
        quote = block.text[hit.start : hit.end]
        others = ", ".join(
            str(line) for line in dict.fromkeys(of.number for _, of in places) if line != block.number
        )
        message = Text(
            f"„{quote}“ ist überholt seit {entry.since}." + (f" Auch in Zeile {others}." if others else ""),
            f"“{quote}” is outdated since {entry.since}." + (f" Also in line {others}." if others else ""),
        )
        cited = entry.citations[0].id if entry.citations else ""
        rule = Rule(f"outdated/{entry.id}", cited, entry.source.title, str(entry.since))
        place = Place(sheet.file, block.number, quote=quote)
        yield Finding("notice/outdated", entry.severity, message, place, rule, entry.now)
    yield from _overtaken(sheet, [places[0][0].entry for places in told.values()])


def _overtaken(sheet: Sheet, entries: list[Outdated]) -> Iterator[Finding]:
    """The date of the notice is older than the end of what it still names: nobody looked at it since."""
    for fact in sheet.of("as_of"):
        dated = str(fact.value)
        gone = [
            entry.since for entry in entries if entry.kind in ("law", "transfer") and dated < str(entry.since)
        ]
        if re.fullmatch(r"\d{4}-\d\d-\d\d", dated) and gone:
            yield found(
                "status-overtaken",
                Severity.NOTE,
                f"Der Stand ({dated}) liegt vor Rechtsänderungen bis {max(gone)}, die der Text nicht kennt.",
                f"The status ({dated}) is older than changes of the law up to {max(gone)} that the text does not know.",
                sheet.at(fact),
                "gdpr:12(1)",
            )
            return


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
        if verdict.allowed or _comes_from(sheet, fact):
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


def _comes_from(sheet: Sheet, fact: Fact) -> bool:
    """Whether the country is where data or readers come from, not where data go: "when you use it from Türkiye"."""
    return bool(re.search(r"\b(?:from|aus)\s$", sheet.document.text[max(0, fact.start - 6) : fact.start]))


def _told_as_past(sheet: Sheet, line: int) -> bool:
    """Whether the line says itself that an instrument is void: then it is history, not a basis."""
    text = next((block.text for block in sheet.document.blocks if block.number == line), "")
    hits = [hit for hit in find_outdated(text, sheet.on) if hit.entry.kind == "transfer"]
    return bool(hits) and all(hit.said_to_be_past for hit in hits)
