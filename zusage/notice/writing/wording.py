"""A controller's own wording: `wording/de/ANCHOR.md` takes the place of a section of the notice, block by block.

The generated section stays the measure: what the own text no longer states is found by reading it back
(`checking/worded.py`). A file may hold paragraphs, lists, `###` headings, `**strong**` and `[links](address)`; a first line
`## Title` replaces the section's heading too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from zusage.declaration.loading import did_you_mean
from zusage.documents import Block, Document, Heading, Items, Link, Paragraph, Run, Runs
from zusage.documents.model import Strong
from zusage.errors import ZusageError
from zusage.text import LANGUAGES, Language

FOLDER = "wording"
_RUN = re.compile(
    r"\[(?P<text>[^\]\n]{1,300})\]\((?P<href>[^)\s]{1,500})\)|\*\*(?P<strong>[^*\n]{1,500})\*\*"
)
_ITEM = re.compile(r"(?:[-*]|(?P<number>\d{1,3})[.)])\s+")


class WordingError(ZusageError):
    """A text of the controller's own that has no place in the notice."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Own texts by language and anchor of the section they replace."""

    texts: Mapping[tuple[Language, str], str] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Wording:
        """Every `wording/LANGUAGE/ANCHOR.md` of a workspace. Raises `WordingError` for a language that there is not."""
        texts: dict[tuple[Language, str], str] = {}
        for path in sorted((folder / FOLDER).glob("*/*.md")):
            spoken = next((one for one in LANGUAGES if one == path.parent.name), None)
            if spoken is None:
                raise WordingError(
                    f"{path.relative_to(folder)}: there is no language '{path.parent.name}'",
                    hint=f"one of {', '.join(LANGUAGES)}",
                )
            texts[spoken, path.stem] = path.read_text(encoding="utf-8")
        return cls(texts)

    def anchors(self, language: Language) -> list[str]:
        """The sections with own texts in a language."""
        return [anchor for spoken, anchor in self.texts if spoken == language]

    def path(self, language: Language, anchor: str) -> str:
        """The file of an own text, relative to the workspace."""
        return f"{FOLDER}/{language}/{anchor}.md"


def reworded(document: Document, wording: Wording, *only: str) -> Document:
    """The document with own texts in the place of its sections (only those named, if any are named).

    Raises `WordingError` for a text whose section there is not.
    """
    anchors = [one for one in wording.anchors(document.language) if not only or one in only]
    if not anchors:
        return document
    there = {block.anchor for block in document.blocks if isinstance(block, Heading) and block.level == 2}
    for anchor in anchors:
        if anchor not in there:
            raise WordingError(
                f"{wording.path(document.language, anchor)}: the notice has no section '{anchor}'",
                hint=did_you_mean(anchor, there) or f"one of {', '.join(sorted(there))}",
            )
    blocks: list[Block] = []
    for heading, section in sections(document):
        own = heading is not None and heading.anchor in anchors
        blocks += (
            _own(heading, wording.texts[document.language, heading.anchor])
            if heading is not None and own
            else [*([heading] if heading else []), *section]
        )
    return replace(document, blocks=tuple(blocks))


def sections(document: Document) -> Iterator[tuple[Heading | None, list[Block]]]:
    """The document cut at its headings of level 2; what stands before the first has none."""
    heading: Heading | None = None
    section: list[Block] = []
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 2:
            yield heading, section
            heading, section = block, []
        else:
            section.append(block)
    yield heading, section


def _own(heading: Heading, text: str) -> list[Block]:
    title, body = heading, text.strip()
    if body.startswith("## "):
        first, _, body = body.partition("\n")
        title = replace(heading, text=first[3:].strip())
    return [title, *blocks_of(body)]


def blocks_of(text: str) -> list[Block]:
    """Paragraphs, lists and `###` headings of a small Markdown text."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        if not lines:
            continue
        if lines[0].startswith("### "):
            found.append(Heading(lines[0][4:].strip(), 3))
            lines = lines[1:]
        if lines and all(_ITEM.match(line) for line in lines):
            numbered = all(match["number"] for line in lines if (match := _ITEM.match(line)))
            found.append(Items(tuple(runs_of(_ITEM.sub("", line, count=1)) for line in lines), numbered))
        elif lines:
            found.append(Paragraph(runs_of(" ".join(lines))))
    return found


def runs_of(text: str) -> Runs:
    """Running text with its links and strong words."""
    found: list[Run] = []
    at = 0
    for match in _RUN.finditer(text):
        found.append(text[at : match.start()])
        found.append(Strong(match["strong"]) if match["strong"] else Link(match["text"], match["href"]))
        at = match.end()
    found.append(text[at:])
    return tuple(run for run in found if run != "")
