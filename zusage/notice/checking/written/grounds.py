"""Legal bases that are none, are named by half, or do not carry what they are named for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zusage.findings import Finding, Severity
from zusage.notice.checking.written.sheet import Sheet, found, lines

_BASIS = (
    r"(?:beruh\w*|Grundlage|[Rr]echtsgrundlage|gemäß|nach|stütz\w*|based on|legal basis|pursuant to|under)"
)
_NO_BASIS = re.compile(rf"{_BASIS}\b[^.;§]{{0,40}}(?P<law>§ ?7 (?:Abs\. ?\d )?UWG)")
_TERMINAL = re.compile(
    rf"{_BASIS}\b[^.;§]{{0,40}}(?P<cited>§ ?25 (?:(?P<section>Abs\. ?2 )(?!(?:S(?:atz|\.)? ?\d )?(?:Nr|Ziff|Z\.|no))(?:S(?:atz|\.)? ?\d )?)?(?:TTDSG|TDDDG))"
)
_EITHER = re.compile(
    r"(?:Art\.?(?:ikel)? ?6 )?Abs\.? ?1 (?:S(?:atz|\.)?\.? ?1 )?(?:lit|Buchst)\.? ?(?P<one>[a-f])\)? (?:DS-?GVO )?(?:oder|bzw\.) (?:auf )?(?:Art\.?(?:ikel)? ?6 )?(?:Abs\.? ?1 )?(?:S(?:atz|\.)?\.? ?1 )?(?:(?:lit|Buchst)\.? ?)?(?P<two>[a-f])\)?(?: DS-?GVO|\b)"
)
_BY_DOING = re.compile(
    r"\b(?:[Dd]urch|[Mm]it|[Ii]ndem Sie)\b[^.:]{0,50}\b(?:Registrier\w*|registrieren|Anmeldung|Bewerbung|bewerben|Bestellung|Teilnahme|Eingabe)\b[^.:]{0,160}?"
    r"\b(?:willigen Sie|willigst du|stimmen Sie|stimmst du|erlauben Sie|erteilen Sie|erklären Sie sich)\b"
    r"|\b[Bb]y (?:registering|signing up|applying|creating an account|submitting|providing)\b[^.:]{0,120}\byou (?:consent|agree|allow|authori[sz]e)\b"
)
_OWN_ENDS = re.compile(
    r"(?:für|zu) (?:eigene[nr]?|ihre eigenen|seine eigenen) Zwecke|für Zwecke der Werbung, Marktforschung|for (?:its|their) own purposes"
)
_DENIED = re.compile(r"\b(?:nicht|keine\w*|not)\b[^.]{0,30}(?:eigene|own)")
_ON_BEHALF = re.compile(
    r"Auftragsverarbeit\w*|Art\.? ?28 DS-?GVO|in unserem Auftrag|on our behalf|Article 28|data processing agreement"
)
_RECORDED = re.compile(
    r"(?:Gespräch|Telefonat|Anruf)s?(?:e|es|en|s)?\b[^.]{0,60}\b(?:aufgezeichnet|aufzeichnen|mitgeschnitten)|(?:Gesprächs|Anruf|Telefon)aufzeichnung|calls? (?:may be|are|is|will be) recorded|record(?:ing)? (?:of )?(?:phone|telephone) (?:calls|conversations)"
)
_AGREED = re.compile(r"Einwilligung|[Zz]ustimm|einverstanden|willig\w* ein|consent|agree")


def check(sheet: Sheet) -> Iterator[Finding]:
    """Grounds that do not hold."""
    doing: list[tuple[str, int]] = []
    for said, block in sheet.sentences:
        if hit := _NO_BASIS.search(said):
            yield _noted(
                sheet, "basis-not-data-protection", said, block.number,
                f"{hit['law']} erlaubt die Werbung, nicht die Verarbeitung: es fehlt die Grundlage nach Art. 6 DSGVO.",
                f"{hit['law']} allows the advertising, not the processing: the basis under Art. 6 GDPR is missing.",
                "gdpr:13(1)(c)", Severity.WARNING,
            )  # fmt: skip
        if hit := _TERMINAL.search(said):
            part = ("die Nummer", "number") if hit["section"] else ("der Absatz", "paragraph")
            yield _noted(
                sheet, "terminal-by-half", said, block.number,
                f"{hit['cited']}: {part[0]} fehlt, also ob eingewilligt wird oder der Zugriff notwendig ist.",
                f"{hit['cited']}: the {part[1]} is missing, so whether there is consent or necessity stays open.",
                "tdddg:25(1)", Severity.NOTE,
            )  # fmt: skip
        hit = _EITHER.search(said)
        if hit and hit["one"] != hit["two"] and "sofern" not in said and "soweit" not in said:
            yield _noted(
                sheet, "basis-either-or", said, block.number,
                f"„{hit[0]}“ lässt offen, welche Grundlage wann gilt.",
                f"'{hit[0]}' leaves open which basis holds when.",
                "gdpr:13(1)(c)", Severity.NOTE,
            )  # fmt: skip
        if _BY_DOING.search(said):
            doing.append((said, block.number))
    for said, line in doing:
        yield _noted(
            sheet, "consent-by-doing", said, line,
            "Wer sich registriert oder bewirbt, willigt damit nicht in anderes ein.",
            "Who registers or applies does not thereby consent to something else.",
            "gdpr:7(2)", Severity.ERROR, "CJEU C-673/17 (Planet49), 2019-10-01; C-61/19, 2020-11-11",
        )  # fmt: skip
    yield from _own_ends(sheet)
    yield from _recorded(sheet)


def _noted(
    sheet: Sheet, code: str, said: str, line: int, german: str, english: str, citation: str, severity: Severity, source: str = ""
) -> Finding:  # fmt: skip
    block = next(one for one in sheet.document.blocks if one.number == line)
    return found(code, severity, german, english, sheet.within(block, said.strip()), citation, source=source)


def _own_ends(sheet: Sheet) -> Iterator[Finding]:
    """Providers that work on behalf, and for ends of their own: then they are no processors."""
    if not _ON_BEHALF.search(sheet.document.text):
        return
    places = [
        (said, block)
        for said, block in sheet.sentences
        if _OWN_ENDS.search(said) and not _DENIED.search(said)
    ]
    if places:
        said, block = places[0]
        where = lines(one.number for _, one in places)
        yield found(
            "processor-with-own-ends",
            Severity.WARNING,
            f"Wer Daten für eigene Zwecke nutzt, verarbeitet sie insoweit nicht im Auftrag (Zeilen {where}).",
            f"Who uses data for own purposes does not process them on behalf in that (lines {where}).",
            sheet.within(block, said.strip()),
            "gdpr:28(10)",
            source="CJEU C-40/17, 2019-07-29",
        )  # fmt: skip


def _recorded(sheet: Sheet) -> Iterator[Finding]:
    for block in sheet.document.blocks:
        hit = _RECORDED.search(block.text)
        if hit and re.search(
            r"\b(?:nicht|keine?|not|never)\b", hit[0] + block.text[hit.end() : hit.end() + 8]
        ):
            continue
        if hit and not _AGREED.search(
            sheet.section_text(block.section) if block.section and block.kind != "row" else block.text
        ):
            yield found(
                "recording-without-consent",
                Severity.WARNING,
                "Gespräche dürfen nur mit Einwilligung aller aufgezeichnet werden (§ 201 StGB).",
                "Conversations may be recorded only with the consent of everybody (§ 201 StGB).",
                sheet.within(block, hit[0]),
                "gdpr:6(1)(a)",
                source="§ 201 StGB",
            )
            return
