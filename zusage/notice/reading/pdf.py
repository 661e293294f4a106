"""PDF to plain text, with words joined that were divided at a line's end."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence

from zusage.errors import MissingExtra
from zusage.notice.reading.document import UnreadableNotice

#: a word divided at the end of a line: joined before a small letter, with its hyphen before a capital one ("E-/Mail"); "Besuchs-/
#: und Nutzungsdaten" stays two words
_DIVIDED = re.compile(r"(?<=[a-zäöüß])[\u00ad\u2010-]\n(?!(?:und|oder|bzw|sowie|and|or)\b)(?=[a-zäöüß])")
_HYPHENED = re.compile(r"(?<=\w)[\u00ad\u2010-]\n(?=[A-ZÄÖÜ\d])")
_ELLIPTIC = re.compile(r"(?<=\w)[\u00ad\u2010-]\n(?=(?:und|oder|bzw|sowie|and|or)\b)")
_PAGE_NUMBER = re.compile(r"\s*(?:(?:Seite|Page)\s+)?\d{1,3}(?:\s*(?:/|von|of)\s*\d{1,3})?\s*")
_ENDS = re.compile(r"[.:;!?)]\s*$")
#: a full stop that ends no sentence
_ABBREVIATED = re.compile(
    r"(?:\b(?:Art|Abs|Nr|lit|Buchst|bzw|ca|z\.\s?B|d\.\s?h|u\.\s?a|i\.\s?V\.\s?m|S|Str|Dr|gem|ggf|vgl|Ziff|no|para|e\.g|i\.e)\.|§)\s*$"
)
#: a line this long, against the usual width of the document, was broken by the width
_FULL = 0.72
#: how many lines at the top and at the bottom of a page may recur on others
_EDGE = 2


def text_of_pdf(content: bytes) -> tuple[str, dict[str, int]]:
    """The text of a PDF and the lines dropped (page numbers). Needs the extra `read`.

    Raises `UnreadableNotice` for a file that is damaged, encrypted, or holds no text (a scan).
    """
    try:
        from pypdf import PdfReader
    except ImportError:
        raise MissingExtra("read", "reading PDF") from None
    try:
        pages = [page.extract_text() or "" for page in PdfReader(io.BytesIO(content)).pages]
    except Exception as error:  # noqa: BLE001 - pypdf raises whatever a damaged file provokes
        raise UnreadableNotice(
            f"the PDF cannot be read ({type(error).__name__})", hint="print it to a new PDF, or copy its text"
        ) from None
    kept: list[str] = []
    dropped: Counter[str] = Counter()
    recurring = _recurring(pages)
    for page in pages:
        lines = [line.rstrip() for line in page.split("\n")]
        edges = set(_edges(lines))
        for at, line in enumerate(lines):
            if _PAGE_NUMBER.fullmatch(line) and line.strip():
                dropped["page number"] += 1
            elif at in edges and _without_numbers(line) in recurring:
                dropped["header or footer"] += 1
            else:
                kept.append(line)
    whole = _ELLIPTIC.sub("- ", _HYPHENED.sub("-", _DIVIDED.sub("", "\n".join(kept))))
    text = re.sub(r"(?<=[a-zäöüß])\u00ad(?=[a-zäöüß])", "", whole).replace("\u00ad", "-")
    if not text.strip():
        raise UnreadableNotice(
            "the PDF holds no text", hint="it seems to be a scan: recognise its text first"
        )
    return _unwrapped(text, _width(kept)), dict(dropped)


def _edges(lines: Sequence[str]) -> list[int]:
    """The places of the first and last lines of a page that say something."""
    said = [at for at, line in enumerate(lines) if line.strip()]
    return [*said[:_EDGE], *said[-_EDGE:]]


def _without_numbers(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()))


def _recurring(pages: Sequence[str]) -> set[str]:
    """What stands at the edge of most pages, but for its numbers: headers and footers."""
    seen: Counter[str] = Counter()
    for page in pages:
        lines = page.split("\n")
        seen.update({_without_numbers(lines[at]) for at in _edges(lines)})
    return {line for line, times in seen.items() if line and times > 1 and times > len(pages) / 2}


def _width(lines: Sequence[str]) -> int:
    """The usual length of a full line: nine in ten are no longer."""
    lengths = sorted(len(line) for line in lines if len(line.strip()) > 20)
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _goes_on(previous: str, line: str, last: int, width: int) -> bool:
    """Whether a line belongs to the paragraph before, whose last line on the page had `last` characters."""
    start = line.lstrip()[:1]
    if start.islower() or _ABBREVIATED.search(previous):
        return True
    if not (start.isalnum() or start in "(„»"):
        return False
    if _ENDS.search(previous):
        # a paragraph may go on after a full stop at the end of a full line; a heading is short
        return previous.rstrip().endswith(".") and last >= 0.8 * width and len(line) >= 0.6 * width
    return last >= _FULL * width


def _unwrapped(text: str, width: int) -> str:
    """Lines that the width of the page or its column broke, joined to paragraphs again."""
    joined: list[str] = []
    last = 0
    for line in text.split("\n"):
        previous = joined[-1] if joined else ""
        if line.strip() and previous.strip() and _goes_on(previous, line, last, width):
            joined[-1] = f"{previous.rstrip()} {line.lstrip()}"
        else:
            joined.append(line)
        last = len(line)
    return "\n".join(joined)
