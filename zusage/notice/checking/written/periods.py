"""How long data are kept: nothing said, a formula only, a duty without its law, and storage that nothing ends."""

from __future__ import annotations

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator

from zusage.findings import Finding, Severity
from zusage.lexicon import topics_of
from zusage.notice.checking.written.sheet import Sheet, found, lines
from zusage.notice.reading.facts import Fact

#: no length and no event by which the reader could tell the end
_FORMULA = frozenset(("purpose", "statutory"))
_STATUTORY = re.compile(
    r"[Gg]esetzlich\w*(?: \w+){0,2} (?:\w+ und )?(?:Aufbewahrungs|Speicher|Aufbewahrungs- und \w+)(?:pflicht|frist|zeit|dauer)\w*"
    r"|(?:handels- (?:und|oder) steuerrechtlich\w*|steuerrechtlich\w*) Aufbewahrungs\w+|\b(?:wie|soweit|solange) (?:\w+ ){0,2}gesetzlich (?:vorgeschrieben|erforderlich)"
    r"|(?:statutory|legal|legally required) (?:retention|storage) (?:period|obligation|dut|requirement)\w*",
)
#: the law or the length is told: either lets the reader find the end
_NAMED = re.compile(
    r"\b(?:HGB|AO|Abgabenordnung|Handelsgesetzbuch|UStG|BAO|UGB|OR|GeBüV|SGB|BGB)\b|§ ?\d|\d{1,2}[ -](?:bis|to|[-–])?[ ]?\d{0,2}[ -]?(?:Jahre|years)|\b(?:sechs|acht|zehn|six|eight|ten) (?:bzw\. |oder |und |or |to )?(?:\w+ )?(?:Jahre|years)"
)
_KEPT = re.compile(
    r"[Aa]ufbewahr|[Ss]peicher|gelöscht|[Ll]ösch|[Aa]rchiv|retain|retention|stor|kept|delet|eras"
)
_BY_CLEARING = re.compile(
    r"\b(?:bis|until)\b[^.]{0,40}(?:Leer(?:en|ung)|geleert|[Ll]ösch(?:en|ung|st)|gelöscht|clear|delet|remov)",
    re.IGNORECASE,
)
#: what one has refused must be remembered
_REFUSALS = re.compile(r"opt-?[ _-]?out", re.IGNORECASE)
_CLEARED = "until_cleared"


def check(sheet: Sheet) -> Iterator[Finding]:
    """What is missing or open about storage."""
    yield from _whole(sheet)
    yield from _formulas(sheet)
    yield from _duties(sheet)
    yield from _never(sheet)


def _whole(sheet: Sheet) -> Iterator[Finding]:
    keeps = [fact.value.get("keep") for fact in sheet.of("retention")]
    if sheet.foreign:
        return
    if not keeps:
        dated = any(fact.value.get("keep") for fact in sheet.of("cookie"))
        yield found(
            "retention-missing",
            Severity.ERROR,
            "Eine Speicherdauer ist nur für Cookies genannt." if dated else "Keine Speicherdauer und kein Kriterium dafür genannt.",
            "A storage period is named for cookies only." if dated else "No storage period and no criterion for one is named.",
            sheet.whole,
            "gdpr:13(2)(a)",
        )  # fmt: skip
    elif all(keep in _FORMULA for keep in keeps):
        yield found(
            "retention-vague",
            Severity.WARNING,
            "Speicherdauern stehen nur als allgemeine Formel da.",
            "Storage periods stand as a general formula only.",
            sheet.at(sheet.of("retention")[0]),
            "gdpr:13(2)(a)",
        )


def _formulas(sheet: Sheet) -> Iterator[Finding]:
    """Sections of their own whose only period is "as long as needed", while others tell theirs."""
    sections: dict[int, list[Fact]] = defaultdict(list)
    headings = [block.number for block in sheet.document.blocks if block.kind == "heading"]
    for fact in sheet.of("retention"):
        sections[bisect(headings, fact.line)].append(fact)
    keeps = [fact.value.get("keep") for fact in sheet.of("retention")]
    if all(keep in _FORMULA for keep in keeps):
        return
    open_ended = [
        facts[0]
        for facts in sections.values()
        if facts[0].section
        and all(fact.value.get("keep") == "purpose" and fact.value.get("from") is None for fact in facts)
        and not {"rights", "withdrawal"} & set(topics_of(facts[0].section))
        and not _of_the_whole(sheet, facts[0])
    ]
    if open_ended:
        where = lines(fact.line for fact in open_ended)
        yield found(
            "retention-formula",
            Severity.NOTE,
            f"„Solange erforderlich“ ist weder Dauer noch Kriterium (Zeilen {where}).",
            f"'As long as needed' is neither a period nor a criterion (lines {where}).",
            sheet.at(open_ended[0]),
            "gdpr:13(2)(a)",
            source="WP260 rev.01, annex",
        )


def _of_the_whole(sheet: Sheet, fact: Fact) -> bool:
    """Whether a formula opens the subject for the whole notice: others then fill it."""
    return any(
        re.search(r"\b(?:[Ss]oweit|[Ss]ofern|unless|except)\b[^.]{0,60}(?:Erklärung|Speicherdauer|genannt|policy|period)", text)
        for text in (sheet.line(fact.line), sheet.line(fact.line - 1))
    )  # fmt: skip


def _duties(sheet: Sheet) -> Iterator[Finding]:
    """A duty to keep without its law or its length, anywhere in the notice."""
    said = [
        (hit[0], block)
        for text, block in sheet.sentences
        if (hit := _STATUTORY.search(text)) and _KEPT.search(text)
    ]
    told = [block for _, block in said if _NAMED.search(block.text)]
    if said and not told and not re.search(r"\b(?:HGB|Abgabenordnung|AO|UGB|BAO)\b", sheet.document.text):
        quote, block = said[0]
        where = lines(one.number for _, one in said)
        yield found(
            "duty-unnamed",
            Severity.NOTE,
            f"Weder das Gesetz noch die Dauer der Aufbewahrungspflicht ist genannt (Zeilen {where}).",
            f"Neither the law nor the length of the duty to keep is named (lines {where}).",
            sheet.within(block, quote),
            "gdpr:13(2)(a)",
            source="WP260 rev.01, annex",
        )


def _never(sheet: Sheet) -> Iterator[Finding]:
    """Items in the browser that nobody but the visitor ends."""
    kept = [
        fact
        for fact in sheet.of("cookie")
        if (fact.value.get("keep") == _CLEARED or "Browserspeicher" in fact.quote)
        and _BY_CLEARING.search(sheet.line(fact.line))
        and not _REFUSALS.search(str(fact.value.get("name")))
        and "ookie" not in str(fact.value.get("name"))
    ]
    if kept:
        where = lines(fact.line for fact in kept)
        yield found(
            "storage-without-end",
            Severity.WARNING,
            f"„Bis zur Leerung des Browserspeichers“ ist keine Speicherdauer, die der Verantwortliche setzt (Zeilen {where}).",
            f"'Until the browser's storage is cleared' is no period that the controller sets (lines {where}).",
            sheet.at(kept[0]),
            "gdpr:5(1)(e)",
            source="CJEU C-673/17 (Planet49), 2019-10-01",
        )
