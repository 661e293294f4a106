"""Wording that is unlawful or says nothing: consent by use, conditions on objecting, placeholders, empty sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from zusage.findings import Finding, Severity
from zusage.lexicon import topics_of
from zusage.notice.checking.written.sheet import Sheet, found, lines
from zusage.notice.reading.document import Block

_BY_USE = re.compile(
    r"(?:[Dd]urch|[Mm]it|[Ii]ndem Sie)\b[^.]{0,60}?"
    r"\b(?:Nutzung|Benutzung|[Ww]eiternutzung|Weitersurfen|Besuch|nutzen|besuchen|weitersurfen)\b"
    r"[^.]{0,160}?\b(?:stimmen Sie|stimmst du|erklären Sie sich|erklärst du dich|willigen Sie|willigst du|einverstanden)\b"
    r"|\bWenn Sie\b[^.]{0,90}\b(?:weiter(?:hin)? |fortgesetzt )(?:nutzen|benutzen|verwenden|besuchen)\b[^.]{0,60}\b(?:stimmen Sie|erklären Sie sich|willigen Sie)\b"
    r"|\b[Ii]f you continue to use\b[^.]{0,90}\byou (?:consent|agree|accept)\b"
    r"|\b[Bb]y (?:using|continuing to use|visiting|accessing)\b[^.]{0,120}\byou (?:consent|agree|accept)\b"
)
_OBJECTION = re.compile(r"\b[Ww]iderspr(?:uch|echen|ochen)\w*|\bobject(?:ion)?\b")
_MARKETING = re.compile(r"Direktwerbung|Werbung|direct marketing|advertising", re.IGNORECASE)
_SITUATION = re.compile(r"besonderen? Situation|particular situation")
_PLACEHOLDER = re.compile(
    r"(?i:\[(?:email|e-mail)[\s\xa0]protected\]"
    r"|\[(?:Hyperlink|Link|(?:Vor-|Vorname|Nachname|Firmen)?\s?Name|Vor- und Nachname|Firma|Adresse|Anschrift|Straße|PLZ|Ort|Datum|Platzhalter|Telefon|E-Mail|insert|company|your)\b[^\]]{0,60}\](?!\())"
    r"|\[[A-ZÄÖÜ][A-ZÄÖÜ-]{3,}(?: [^\]]{1,60})?\](?!\()|⟨[^⟩]{1,80}⟩|\{\{[^}]{1,60}\}\}"
    r"|\bLorem ipsum\b|\bXXXX+\b|\bTODO\b|(?i:<(?:Name|Firma|Firmenname|Adresse|Straße|PLZ|Company)\b[^>]{0,40}>|\bMustermann(?:straße)?\b)"
)
_HEDGED = re.compile(
    r"(?:Drittland|Drittländer|Drittstaat|third countr)[^.]{0,120}\b(?:grundsätzlich|in der Regel|generally)\b"
    r"|\b(?:grundsätzlich|in der Regel|generally)\b[^.]{0,80}(?:Drittland|Drittländer|Drittstaat|third countr)"
)
_FOLLOWING = re.compile(r"(?:folgende[nrsm]?|nachstehende[nrsm]?|following)\b[^.:]{0,80}:\s*$")
_OPT_OUT = re.compile(r"\b[Oo]pt-?[Oo]ut\b")
_COUNTS_AS_CONSENT = re.compile(
    r"gilt\b[^.]{0,60}\bals\b[^.]{0,40}\b(?:Einwilligung|Zustimmung)|deemed (?:consent|accepted)"
)
#: an act of one's own may well be consent
_ACTIVE = re.compile(
    r"\b(?:aktiv\w*|Aktivier\w*|Anklicken|Klick\w*|Ankreuzen|ausdrücklich\w*|bestätig\w*|active\w*|clicking|explicit\w*|ticking|affirmative)\b"
)
#: what help centres and content systems put around a text
_FRAME = re.compile(
    r"How did we do\?|Was this (?:article|page) helpful\?|War dieser (?:Artikel|Beitrag) hilfreich\?"
    r"|Haben Sie gefunden, wonach Sie"
    r"|\bUpdated (?:\d+|an?|over an?) (?:minute|hour|day|week|month|year)s? ago(?: by \w+)?"
    r"|\bAktualisiert vor \d+ \w+(?: von \w+)?"
    r"|\bWritten by [A-Z]\w+\b|\bVerfasst von [A-Z]\w+\b|\bAll Collections\b|\bAlle Sammlungen\b",
)


def placeholders(said: str) -> list[str]:
    """Placeholders that stand in a text: `[Hyperlink …]`, `[Name]`."""
    return [hit[0] for hit in _PLACEHOLDER.finditer(said)]


def frame_texts(text: str) -> list[str]:
    """What belongs to the frame around a notice and not into it."""
    return [match[0] for match in _FRAME.finditer(text)]


def check(sheet: Sheet) -> Iterator[Finding]:
    """Sentences and sections that cannot stand as they are."""
    yield from _conditions(sheet)
    for said, block in sheet.sentences:
        yield from _consent(sheet, said, block)
        yield from _vague(sheet, said, block)
    yield from _opt_out(sheet)
    yield from _empty(sheet)
    yield from _framed(sheet)
    yield from _written_form(sheet)
    yield from _not_excluded(sheet)


#: a right that is asked for on paper only
_ON_PAPER = re.compile(
    r"\b(?:schriftliche?n? (?:Anfrage|Antrag|Mitteilung|Erklärung)|(?:nur|ausschließlich) schriftlich|written request|in writing only)\b"
)
_OF_RIGHTS = re.compile(
    r"Auskunft|Zugriff|Korrektur|Berichtigung|Löschung|Widerspr|access|correct|delet|eras|object"
)
_OPEN = re.compile(
    r"nicht (?:ausgeschlossen|auszuschließen)[^.]{0,120}\b(?:USA|Drittl\w+|Drittst\w+|andere (?:Länder|Staaten))|\b(?:USA|Drittl\w+|Drittst\w+|andere (?:Länder|Staaten))\b[^.]{0,60}nicht (?:ausgeschlossen|auszuschließen)"
    r"|cannot be (?:ruled out|excluded)[^.]{0,100}(?:USA|United States|third countr)"
)


def _written_form(sheet: Sheet) -> Iterator[Finding]:
    for said, block in sheet.sentences:
        if (
            _ON_PAPER.search(said)
            and _OF_RIGHTS.search(said)
            and not re.search(r"[Ee]-?[Mm]ail|elektronisch|Textform|Formular", said)
        ):
            yield found(
                "form-demanded",
                Severity.NOTE,
                "Rechte brauchen keine Schriftform.",
                "Rights need no written form.",
                sheet.within(block, said.strip()),
                "gdpr:12(2)",
                source="Recital 59 GDPR",
            )
            return


def _not_excluded(sheet: Sheet) -> Iterator[Finding]:
    places = [(said, block) for said, block in sheet.sentences if _OPEN.search(said)]
    if places:
        said, block = places[0]
        where = lines(of.number for _, of in places)
        yield found(
            "transfer-open",
            Severity.NOTE,
            f"„Nicht ausgeschlossen“ sagt nicht, ob und wohin übermittelt wird (Zeilen {where}).",
            f"'Not excluded' does not tell whether and where data are transferred (lines {where}).",
            sheet.within(block, said.strip()),
            "gdpr:13(1)(f)",
        )


def _consent(sheet: Sheet, said: str, block: Block) -> Iterator[Finding]:
    if _BY_USE.search(said):
        yield found(
            "consent-by-use",
            Severity.ERROR,
            "Bloße Nutzung ist keine Einwilligung.",
            "Mere use is not consent.",
            sheet.within(block, said),
            "gdpr:4(11)",
            source="CJEU C-673/17 (Planet49), 2019-10-01; C-61/19, 2020-11-11",
            instead=(
                "die Einwilligung gesondert und ausdrücklich einholen",
                "ask for consent separately and expressly",
            ),
        )
    if _COUNTS_AS_CONSENT.search(said) and not _ACTIVE.search(said):
        yield found(
            "silence-as-consent",
            Severity.ERROR,
            "Schweigen oder Unterlassen ist keine Einwilligung.",
            "Silence or inactivity is not consent.",
            sheet.within(block, said),
            "gdpr:4(11)",
            source="Recital 32 GDPR",
        )


#: the right to object to marketing is told apart, or without conditions
_UNCONDITIONAL = re.compile(
    r"ohne (?:Angabe|Begründung|besondere)|jederzeit|without (?:giving|stating)|at any time"
)


def _conditions(sheet: Sheet) -> Iterator[Finding]:
    """Marketing named as an example of objection, and the particular situation asked for in the next sentence."""
    for (said, block), (following, of) in pairwise(sheet.sentences):
        if (
            block is of
            and _OBJECTION.search(said)
            and _MARKETING.search(said)
            and _SITUATION.search(following)
            and not _SITUATION.search(said)
            and not _UNCONDITIONAL.search(block.text)
        ):
            yield _conditional(sheet, following, block)


def _conditional(sheet: Sheet, said: str, block: Block) -> Finding:
    return found(
        "marketing-objection-conditional",
        Severity.ERROR,
        "Der Widerspruch gegen Direktwerbung braucht keine besondere Situation und keinen Grund.",
        "Objecting to direct marketing needs no particular situation and no reason.",
        sheet.within(block, said),
        "gdpr:21(2)",
    )


def _vague(sheet: Sheet, said: str, block: Block) -> Iterator[Finding]:
    if _OBJECTION.search(said) and _MARKETING.search(said) and _SITUATION.search(said):
        yield _conditional(sheet, said, block)
    if _HEDGED.search(said):
        yield found(
            "transfer-hedged",
            Severity.WARNING,
            "„Grundsätzlich“ lässt Übermittlungen offen, ohne Land und Garantie zu nennen.",
            "'Generally' leaves transfers open without naming country and safeguard.",
            sheet.within(block, said),
            "gdpr:13(1)(f)",
        )
    for hit in _PLACEHOLDER.finditer(said):
        yield found(
            "placeholder",
            Severity.ERROR,
            f"Ein Platzhalter ist stehen geblieben: {hit[0]}",
            f"A placeholder was left: {hit[0]}",
            sheet.within(block, said),
            "gdpr:12(1)",
        )


def _opt_out(sheet: Sheet) -> Iterator[Finding]:
    for said, block in sheet.sentences:
        if (
            _OPT_OUT.search(said)
            and re.search(r"Einwilligung|Zustimmung|consent", said)
            and re.search(r"Cookie", said, re.IGNORECASE)
        ):
            if re.search(r"widerruf|withdraw", said, re.IGNORECASE):
                continue
            yield found(
                "opt-out-as-consent",
                Severity.WARNING,
                "Ein Opt-out ist keine Einwilligung.",
                "An opt-out is not consent.",
                sheet.within(block, said),
                "tdddg:25(1)",
                source="BGH I ZR 7/16 (Planet49), 2020-05-28",
            )


def _framed(sheet: Sheet) -> Iterator[Finding]:
    for block in sheet.document.blocks:
        for quote in frame_texts(block.text):
            yield found(
                "frame-text",
                Severity.ERROR,
                f"Text vom Rahmen der Website steht in der Erklärung: {quote}",
                f"Text of the site's frame stands in the notice: {quote}",
                sheet.within(block, block.text),
                "gdpr:12(1)",
            )


#: what a heading announces that cannot be empty: the list or period under it is missing
_LEAVES = frozenset({"recipients", "retention", "data", "purposes", "basis", "transfer"})
#: words run together, as a pasted table leaves them: no heading
_RUN_TOGETHER = re.compile(r"[a-zäöüß][A-ZÄÖÜ][a-zäöüß]")
_CONTENTS = re.compile(
    r"(?:Inhalt|Inhaltsverzeichnis|Inhaltsübersicht|Contents|Table of contents)", re.IGNORECASE
)


def _empty(sheet: Sheet) -> Iterator[Finding]:
    """Sections with nothing in them. In plain text a heading over a heading is usually its parent: only those count
    that announce a list or a period themselves."""
    blocks = sheet.document.blocks
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if block.kind == "heading":
            deeper = following is not None and len(following.headings) > len(block.headings)
            ends = following is None or (following.kind == "heading" and not deeper)
            leaf = not _LEAVES.isdisjoint(topics_of(block.text)) or _CONTENTS.fullmatch(block.text.strip())
            other = following is None or set(topics_of(following.text)) != set(topics_of(block.text))
            if ends and leaf and other and _is_title(block) and block is not blocks[0]:
                yield found(
                    "empty-section",
                    Severity.WARNING if _CONTENTS.fullmatch(block.text.strip()) else Severity.ERROR,
                    f"Der Abschnitt „{block.text.strip()}“ ist leer.",
                    f"The section “{block.text.strip()}” is empty.",
                    sheet.within(block, block.text),
                    "gdpr:12(1)",
                )
        elif _announces(block, following) and _nothing_follows(following):
            yield found(
                "empty-list",
                Severity.WARNING,
                "Eine angekündigte Aufzählung fehlt.",
                "A list that is announced is missing.",
                sheet.within(block, block.text[-160:]),
                "gdpr:12(1)",
            )


def _announces(block: Block, following: Block | None) -> bool:
    """Whether a list must follow: "folgende …:", or in the midst of a text a whole sentence that ends with a colon."""
    said = block.text.rstrip()
    if following is None:
        return bool(_FOLLOWING.search(said))
    return bool(_FOLLOWING.search(said)) or (
        said.endswith(":") and len(said) > 100 and block.kind == "paragraph"
    )


def _nothing_follows(following: Block | None) -> bool:
    """Whether the text ends or another section of a known kind begins: a row read as a heading has no topic."""
    return (
        following is None
        or bool(_FRAME.search(following.text))
        or (bool(topics_of(following.text)) and _is_title(following))
    )


def _is_title(block: Block) -> bool:
    """A heading that really is one."""
    return block.kind == "heading" and len(block.text) < 60 and not _RUN_TOGETHER.search(block.text)
