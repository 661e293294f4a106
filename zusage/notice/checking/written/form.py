"""The form of a notice: references that lead nowhere, numbers that jump, halves of sentences, a text without headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from zusage.findings import Finding, Severity
from zusage.notice.checking.written.sheet import Sheet, found, lines

_HERE = re.compile(
    r"\b(?:finden Sie|findest du|klicken Sie(?: bitte)?|(?:ist|sind)|abrufbar|einsehbar|unter) hier\b(?! \()(?!\s(?:zu|bei|um|nicht|in|auf|für|von|die|der|das)\b)|\bclick here\b|\b(?:available|found) here\b"
)
_ADDRESS = re.compile(
    r"https?://|\((?:/|#|mailto:)|www\.|\]\(|\b[\w-]+\.(?:de|com|org|eu|net|at|ch|io|example)\b"
)
_NUMBERED = re.compile(r"(?P<number>\d{1,2})\.\s+\S")
_TRANSITION = re.compile(
    r"\b[Aa]b (?:dem )?25\. ?(?:Mai|05\.?) ?2018 (?:gilt|gelten)|\b[Aa]s (?:of|from) 25 May 2018"
)
_ONE_SIDE, _OTHER_SIDE = (
    re.compile(r"\b[Ee]inerseits\b"),
    re.compile(r"\bandererseits\b|\bandrerseits\b|\bzum anderen\b|\baber auch\b"),
)
_RIGHTS_FOLLOW = re.compile(r"(?:folgende[nr]? |following )(?:\w+ )?(?:Rechte|rights)\b[^.]{0,120}:\s*$")
_OF_DATA = frozenset(("access", "rectification", "erasure", "restriction", "portability"))
_LONG = 6000


def check(sheet: Sheet) -> Iterator[Finding]:
    """What makes a notice hard to follow, or shows that a part was lost."""
    yield from _nowhere(sheet)
    yield from _numbers(sheet)
    yield from _rights_lost(sheet)
    blocks, text = sheet.document.blocks, sheet.document.text
    if len(text) > _LONG and not any(block.kind == "heading" for block in blocks):
        yield found(
            "without-headings",
            Severity.NOTE,
            "Ein langer Text ohne Überschriften ist nicht leicht zugänglich.",
            "A long text without headings is not easily accessible.",
            sheet.whole,
            "gdpr:12(1)",
        )
    for said, block in sheet.sentences:
        if _TRANSITION.search(said) and sheet.on > date(2019, 1, 1):
            yield found(
                "transition-over",
                Severity.NOTE,
                "Der Satz über den 25. Mai 2018 ist überholt.",
                "The sentence on 25 May 2018 is out of date.",
                sheet.within(block, said.strip()),
                "gdpr:12(1)",
            )
    half = _ONE_SIDE.search(text)
    if half and not _OTHER_SIDE.search(text, half.end()):
        block = max((one for one in blocks if one.start <= half.start()), key=lambda one: one.start)
        yield found(
            "half-sentence",
            Severity.NOTE,
            f"Auf „{half[0]}“ folgt keine andere Seite: etwas fehlt.",
            f"Nothing follows after „{half[0]}“: a part is missing.",
            sheet.within(block, half[0]),
            "gdpr:12(1)",
        )


def _nowhere(sheet: Sheet) -> Iterator[Finding]:
    lost = [
        (hit[0], block)
        for said, block in sheet.sentences
        if (hit := _HERE.search(said)) and not _ADDRESS.search(block.text)
    ]
    if lost:
        where = lines(block.number for _, block in lost)
        quote, block = lost[0]
        yield found(
            "reference-without-target",
            Severity.WARNING,
            f"Verweise ohne Ziel (Zeilen {where}).",
            f"References without a target (lines {where}).",
            sheet.within(block, quote),
            "gdpr:12(1)",
        )


def _numbers(sheet: Sheet) -> Iterator[Finding]:
    numbered = [
        (int(hit["number"]), block) for block in sheet.document.blocks if block.kind == "heading" and (hit := _NUMBERED.match(block.text))
    ]  # fmt: skip
    numbers = [number for number, _ in numbered]
    if len(numbered) < 4 or numbers[0] != 1 or numbers != sorted(set(numbers)):
        return
    for (before, _), (number, block) in pairwise(numbered):
        if number != before + 1:
            yield found(
                "numbers-jump",
                Severity.NOTE,
                f"Nach Abschnitt {before} folgt {number}: einer fehlt.",
                f"Section {before} is followed by {number}: one is missing.",
                sheet.within(block, block.text),
                "gdpr:12(1)",
            )


def _rights_lost(sheet: Sheet) -> Iterator[Finding]:
    for block in sheet.document.blocks:
        if _RIGHTS_FOLLOW.search(block.text) and not any(
            fact.value in _OF_DATA and fact.line > block.number for fact in sheet.of("right")
        ):
            yield found(
                "empty-list",
                Severity.ERROR,
                "Die angekündigten Rechte fehlen.",
                "The rights that are announced are missing.",
                sheet.within(block, block.text[-160:]),
                "gdpr:13(2)(b)",
            )
