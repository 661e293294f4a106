"""HTML to lines: a walk over the elements; scripts, navigation and what is hidden are dropped and counted."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from zusage.errors import MissingExtra
from zusage.notice.reading.document import Line

_SKIPPED = {
    "script": "script", "style": "style", "noscript": "script", "template": "script", "nav": "navigation", "svg": "image",
    "head": "head", "iframe": "embedded", "select": "form", "option": "form", "button": "form", "canvas": "image",
}  # fmt: skip
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark q s samp small span strike "
    "strong sub sup time tt u var wbr".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)} | {"summary": 5, "dt": 6, "legend": 5, "caption": 5}
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NAVIGATION = re.compile(r"\b(?:breadcrumbs?|navbar|site-nav|main-menu|skip-link)\b", re.IGNORECASE)
#: words of a link that say nothing by themselves: the plain text needs the target
_POINTER = re.compile(
    r"(?:hier|here|(?:auf )?diese[mr]? (?:Link|Seite)|this (?:link|page)|click here|hier klicken|Link)",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"[ \t\r\n\f\v\u00a0\u2007\u202f]+")
_DEEPEST = 400


def lines_of_html(text: str) -> tuple[list[Line], dict[str, int]]:
    """The lines of a page and the elements dropped, counted by reason. Needs the extra `read`."""
    try:
        from lxml import etree
        from lxml import html as lxml_html
    except ImportError:
        raise MissingExtra("read", "reading HTML") from None
    try:
        root = lxml_html.document_fromstring(text)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return [], {}
    walk = _Walk()
    walk.element(root, 0)
    walk.end_line()
    return walk.lines, dict(walk.dropped)


class _Walk:
    """Collects lines; inline text gathers in a buffer that a block element flushes."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.dropped: Counter[str] = Counter()
        self._buffer: list[str] = []
        self._kind: Line = Line("")

    def end_line(self) -> None:
        text = _clean("".join(self._buffer))
        self._buffer = []
        if text:
            item = self._kind.kind == "item" and not text.startswith(("-", "•"))
            self.lines.append(Line(f"- {text}" if item else text, self._kind.kind, self._kind.level))
            if item:
                self._kind = Line("")

    def element(self, node: Any, depth: int) -> None:
        name = node.tag if isinstance(node.tag, str) else ""
        reason = self._dropped_for(node, name)
        if reason:
            self.dropped[reason] += 1
        elif depth > _DEEPEST:
            self._buffer.append(" " + " ".join(node.itertext()))
        elif name == "table" and _is_data_table(node):
            self._table(node)
        elif name == "br":
            self.end_line()
        elif name in _INLINE:
            self._inside(node, depth)
        else:
            self._block(node, name, depth)
        if node.tail:
            self._buffer.append(node.tail)

    def _inside(self, node: Any, depth: int) -> None:
        if node.text:
            self._buffer.append(node.text)
        for child in node:
            self.element(child, depth + 1)
        target = node.get("href", "") if node.tag == "a" else ""
        if target and _POINTER.fullmatch(_clean("".join(node.itertext()))):
            self._buffer.append(f" ({target})")
        address = target.removeprefix("mailto:").split("?")[0]
        if address and target.startswith("mailto:") and address not in "".join(self._buffer)[-300:]:
            self._buffer.append(f" ({address})")

    def _block(self, node: Any, name: str, depth: int) -> None:
        self.end_line()
        before = self._kind
        if name in _HEADINGS:
            self._kind = Line("", "heading", _HEADINGS[name])
        elif name == "li":
            self._kind = Line("", "item")
        elif name in ("p", "dd", "td", "th", "blockquote") and before.kind == "heading":
            self._kind = Line("")
        self._inside(node, depth)
        self.end_line()
        self._kind = before if before.kind == "heading" else Line("")

    def _table(self, table: Any) -> None:
        self.end_line()
        first = True
        for row in table.iter("tr"):
            cells = tuple(_clean(_cell_text(cell)) for cell in row if cell.tag in ("td", "th"))
            if not any(cells):
                continue
            titles = (
                all(cell.tag == "th" for cell in row if isinstance(cell.tag, str))
                or row.getparent().tag == "thead"
            )
            self.lines.append(
                Line(" | ".join(cells), "head" if titles or (first and _titled(cells)) else "row", 0, cells)
            )
            first = False

    def _dropped_for(self, node: Any, name: str) -> str | None:
        if not name:
            return "comment"
        if name in _SKIPPED:
            return _SKIPPED[name]
        if node.get("hidden") is not None or _HIDDEN_STYLE.search(node.get("style", "")):
            return "hidden"
        if node.get("role") == "navigation" or _NAVIGATION.search(node.get("class", "")):
            return "navigation"
        return None


def _is_data_table(table: Any) -> bool:
    """A table of data, not of layout: no headings and no further table in it, and a row with two cells."""
    if next(table.iter("h1", "h2", "h3", "h4"), None) is not None or sum(1 for _ in table.iter("table")) > 1:
        return False
    return any(sum(1 for cell in row if cell.tag in ("td", "th")) > 1 for row in table.iter("tr"))


def _titled(cells: tuple[str, ...]) -> bool:
    return len(cells) > 1 and all(0 < len(cell) <= 40 and not re.search(r"[.\d]", cell) for cell in cells)


def _cell_text(cell: Any) -> str:
    parts: list[str] = []
    for piece in cell.iter():
        if (
            isinstance(piece.tag, str)
            and piece.tag in ("br", "p", "li", "div")
            and parts
            and parts[-1].strip()
        ):
            parts.append("; " if piece.tag == "li" else " ")
        if isinstance(piece.tag, str) and piece.tag not in _SKIPPED and piece.text:
            parts.append(piece.text)
        if piece is not cell and piece.tail:
            parts.append(piece.tail)
    return "".join(parts)


def _clean(text: str) -> str:
    return _BLANKS.sub(" ", text.replace("\u00ad", "").replace("\u200b", "")).strip()
