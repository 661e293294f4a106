"""A notice as it was read: the plain text in which every quotation stands verbatim, and its blocks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from zusage.errors import ZusageError

#: what a line of the source is
Kind = Literal["heading", "paragraph", "item", "row", "head"]


class UnreadableNotice(ZusageError):
    """A source that is no notice in German or English, or no text at all."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the plain text. `level` is a heading's depth (1 is the top), `cells` are a table row's."""

    text: str
    kind: Kind = "paragraph"
    level: int = 0
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One non-empty line with its place.

    `start` is its offset in the document's text, `number` the line (from 1). `headings` is the path from the top
    heading to the nearest one above; a heading's own path ends with itself. For table rows, `columns` are the titles
    of the columns (empty if the table has none).
    """

    text: str
    kind: Kind
    start: int
    number: int
    headings: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """The nearest heading, or an empty text."""
        return self.headings[-1] if self.headings else ""


@dataclass(frozen=True)
class Document:
    """The plain text, its blocks in order, its language (None: neither German nor English), and what was dropped.

    `dropped` counts source lines or elements left out on purpose, by reason (`script`, `navigation`, `hidden` …).
    """

    text: str
    blocks: tuple[Block, ...]
    language: Literal["de", "en"] | None
    dropped: Mapping[str, int] = field(default_factory=dict)

    def line_at(self, offset: int) -> int:
        """The line (from 1) of an offset in the text."""
        return bisect_right(self._line_starts, offset)

    @property
    def _line_starts(self) -> list[int]:
        starts: list[int] | None = self.__dict__.get("_starts")
        if starts is None:
            starts = [0]
            at = self.text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
            self.__dict__["_starts"] = starts
        return starts
