"""From lines to blocks: the path of headings above each line, and the titles of table columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zusage.notice.reading.document import Block, Document, Line
from zusage.notice.reading.language import language_of
from zusage.notice.reading.plain import run_on_heading


def document(lines: Sequence[Line], dropped: Mapping[str, int] | None = None) -> Document:
    """The document made of `lines`; each becomes one line of the text, in order."""
    text = "\n".join(line.text for line in lines)
    return Document(text, tuple(_blocks(lines)), language_of(text), dict(dropped or {}))


def _blocks(lines: Sequence[Line]) -> list[Block]:
    blocks: list[Block] = []
    path: list[tuple[int, str]] = []
    columns: tuple[str, ...] = ()
    start = 0
    for number, line in enumerate(lines, 1):
        stripped = line.text.strip()
        if stripped:
            if line.kind == "heading":
                while path and path[-1][0] >= line.level:
                    path.pop()
                path.append((line.level, stripped))
            elif line.kind == "paragraph" and (title := run_on_heading(stripped)):
                depth = path.pop()[0] if path else 1
                path.append((depth, title))
            if line.kind == "head":
                columns = line.cells
            elif line.kind != "row":
                columns = ()
            blocks.append(
                Block(
                    line.text,
                    line.kind,
                    start,
                    number,
                    tuple(title for _, title in path),
                    line.cells,
                    columns if line.kind == "row" else (),
                )
            )
        start += len(line.text) + 1
    return blocks
