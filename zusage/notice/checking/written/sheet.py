"""What the checks of a text work on: the document, its facts by type and section, and how they report."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from zusage.findings import Finding, Place, Rule, Severity
from zusage.law.adequacy import eea
from zusage.law.citations import Found, find_all
from zusage.law.countries import find_countries
from zusage.notice.reading.document import Block, Document
from zusage.notice.reading.facts import Fact
from zusage.notice.reading.passages import sentences_of
from zusage.text import Text

#: a notice under other law than the GDPR
_OTHER_LAW = re.compile(
    r"\b(?:rev)?DSG\b(?!-?VO)|\bFADP\b|UK GDPR|EDÖB|FDPIC|Schweizer Datenschutz|anwendbaren Recht"
)
_AMERICAN = re.compile(r"\bCCPA\b|California|PIPEDA|Privacy Act")
#: of these, what leaves the rights and duties of Art. 13 GDPR as they are
_ALIKE = re.compile(r"UK GDPR|DS-?GVO|(?<!UK )GDPR|General Data Protection|European Union")


@dataclass(frozen=True)
class Sheet:
    """One notice under examination. `file` stands in places; `on` is the day whose law counts."""

    document: Document
    facts: tuple[Fact, ...]
    on: date
    file: str = ""

    @cached_property
    def by_type(self) -> Mapping[str, list[Fact]]:
        """Facts by type, in the order of the text."""
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            found[fact.type].append(fact)
        return found

    def of(self, *types: str) -> list[Fact]:
        """All facts of these types."""
        return [fact for kind in types for fact in self.by_type.get(kind, [])]

    def values(self, type: str) -> list[Any]:
        """The values of all facts of a type."""
        return [fact.value for fact in self.of(type)]

    @cached_property
    def european(self) -> bool:
        """Whether the notice is one under the GDPR: not Swiss, British or American."""
        text = self.document.text
        named = re.search(r"GDPR|General Data Protection|European Union", text)
        # the Austrian act has the name of the Swiss one, and stands beside the GDPR
        austrian = (
            bool(re.search(r"Österreich|\bAustria\b|Barichgasse|dsb\.gv\.at", text)) and "DSGVO" in text
        )
        return (self.document.language == "de" or named is not None) and (
            austrian or not _OTHER_LAW.search(text)
        )

    @cached_property
    def foreign(self) -> bool:
        """Whether the notice is under another law alone, whose duties are others: Swiss or American, without the GDPR."""
        text = self.document.text
        if self.european or _ALIKE.search(text):
            return False
        # an English text that cites no law at all may be that of somebody in the Union
        here = any(eea(one.code, self.on) or one.code == "GB" for one in find_countries(text))
        return bool(_OTHER_LAW.search(text) or _AMERICAN.search(text)) or not here

    @cached_property
    def sentences(self) -> list[tuple[str, Block]]:
        """Every sentence with its block."""
        return [
            (block.text[start:end], block)
            for block in self.document.blocks
            for start, end in sentences_of(block.text)
        ]

    @cached_property
    def citations(self) -> list[tuple[Block, list[Found]]]:
        """Every block with the citations in it."""
        return [(block, find_all(block.text)) for block in self.document.blocks]

    def section_text(self, section: str) -> str:
        """The text of all blocks below a heading."""
        return "\n".join(block.text for block in self.document.blocks if section in block.headings)

    @cached_property
    def _lines(self) -> Mapping[int, str]:
        return {block.number: block.text for block in self.document.blocks}

    def line(self, number: int) -> str:
        """The text of the block in a line; empty if there is none."""
        return self._lines.get(number, "")

    def at(self, fact: Fact) -> Place:
        """The place of a fact."""
        return Place(self.file, fact.line, quote=fact.quote)

    def within(self, block: Block, quote: str) -> Place:
        """The place of a quotation in a block."""
        return Place(self.file, block.number, quote=quote[:160])

    @property
    def whole(self) -> Place:
        """The notice as a whole."""
        return Place(self.file)


def lines(numbers: Iterable[int]) -> str:
    """Line numbers for a message, each once, in their order."""
    return ", ".join(str(number) for number in dict.fromkeys(numbers))


def found(
    code: str,
    severity: Severity,
    german: str,
    english: str,
    place: Place,
    citation: str = "",
    *,
    source: str = "",
    instead: tuple[str, str] | None = None,
) -> Finding:
    """A finding about a text; its code is `notice/…`."""
    rule = Rule(code, citation, source) if citation or source else None
    return Finding(
        f"notice/{code}", severity, Text(german, english), place, rule, Text(*instead) if instead else None
    )
