"""What a document is made of. Values only; how they look is each format's matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from zusage.text import Language


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere: an address, or `#anchor` within the document."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Strong:
    """A text set apart."""

    text: str


#: A piece of running text.
Run = str | Link | Strong
Runs = str | tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the document's title, so sections begin at 2."""

    text: str
    level: int = 2
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph. `facts` names what it states (declaration key paths), for 'which facts does this say?'."""

    text: Runs
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A list, numbered or not."""

    items: tuple[Runs, ...]
    numbered: bool = False
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definitions:
    """Terms with what is said of them."""

    pairs: tuple[tuple[Runs, Runs], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head row; `caption` says what it shows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Runs, ...], ...]
    caption: str = ""
    numeric: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Callout:
    """Blocks set apart: the right to object (Art. 21(4)), a warning, a state (`good`, `bad`)."""

    blocks: tuple[Block, ...]
    kind: Literal["important", "note", "good", "bad"] = "important"
    title: str = ""


Block = Heading | Paragraph | Items | Definitions | Table | Callout


@dataclass(frozen=True, slots=True)
class Document:
    """A document in one language. `meta` (status date, version, digest) is shown in the foot and kept in JSON."""

    title: str
    language: Language
    blocks: tuple[Block, ...]
    meta: Mapping[str, str] = field(default_factory=dict)
    #: machine-readable content for `--json` where the document is data (a record, a report)
    data: Any = None
    #: level-2 headings are listed on top
    contents: bool = False


def runs(text: Runs) -> tuple[Run, ...]:
    """Running text as a sequence of pieces."""
    return (text,) if isinstance(text, str) else text


def plain_text(text: Runs) -> str:
    """Running text without links and emphasis; a link's address follows in brackets where the text does not hold it."""
    said = ""
    for run in runs(text):
        if isinstance(run, Link):
            bare = run.href.removeprefix("mailto:").removeprefix("tel:")
            shown = run.href.startswith("#") or bare in run.text or run.text in bare
            said += run.text if shown else f"{run.text} ({bare})"
        else:
            said += run if isinstance(run, str) else run.text
    return said
