"""Markdown, plain text and JSON."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

from zusage.documents.model import (
    Block,
    Callout,
    Definitions,
    Document,
    Heading,
    Items,
    Link,
    Paragraph,
    Runs,
    Strong,
    Table,
    plain_text,
    runs,
)

#: an underscore between letters or digits is no emphasis (CommonMark 6.2)
_SPECIAL = re.compile(r"([\\`*\[\]<>|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")

#: an address that is its own text is written as it is (CommonMark 6.5): nothing in it is escaped, so it can be copied
_AUTOLINK = re.compile(r"[a-z][a-z0-9+.-]+:[^\s<>]*\Z")


def to_markdown(document: Document) -> str:
    """CommonMark with pipe tables."""
    parts = [f"# {_escape(document.title)}", *(_markdown(block) for block in document.blocks)]
    if document.meta:
        parts += [
            "---",
            "  \n".join(f"{_escape(name)}: {_escape(value)}" for name, value in document.meta.items()),
        ]
    return "\n\n".join(parts) + "\n"


def to_plain(document: Document) -> str:
    """Text for mails and terminals; long lines are not broken."""
    parts = [document.title, "=" * len(document.title), *(_plain(block) for block in document.blocks)]
    if document.meta:
        parts.append("\n".join(f"{name}: {value}" for name, value in document.meta.items()))
    return "\n\n".join(parts) + "\n"


def to_json(document: Document) -> str:
    """The document's data where it has any, and its blocks."""
    blocks = [{"block": type(block).__name__.lower(), **_fields(block)} for block in document.blocks]
    content = {
        "title": document.title,
        "language": document.language,
        "meta": dict(document.meta),
        "data": document.data,
        "blocks": blocks,
    }
    return json.dumps(content, ensure_ascii=False, indent=2, default=str) + "\n"


def _fields(block: Block) -> dict[str, Any]:
    return dataclasses.asdict(block)


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _inline(text: Runs) -> str:
    said = ""
    for run in runs(text):
        if isinstance(run, Link) and run.text == run.href and _AUTOLINK.match(run.href):
            said += f"<{run.href}>"
        elif isinstance(run, Link):
            said += f"[{_escape(run.text)}]({run.href.replace(')', '%29').replace(' ', '%20')})"
        elif isinstance(run, Strong):
            said += f"**{_escape(run.text)}**"
        else:
            said += _escape(run)
    return said


def _markdown(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_escape(block.text)}"
        case Paragraph():
            return _inline(block.text)
        case Items():
            marks = (f"{number}." if block.numbered else "-" for number in range(1, len(block.items) + 1))
            return "\n".join(f"{mark} {_inline(item)}" for mark, item in zip(marks, block.items, strict=True))
        case Definitions():
            return "\n".join(f"- **{_inline(term)}**: {_inline(said)}" for term, said in block.pairs)
        case Table():
            head = "| " + " | ".join(map(_escape, block.columns)) + " |"
            rule = (
                "|" + "|".join("---:" if column in block.numeric else "---" for column in block.columns) + "|"
            )
            rows = [
                "| " + " | ".join(_inline(cell).replace("\n", " ") for cell in row) + " |"
                for row in block.rows
            ]
            table = "\n".join([head, rule, *rows])
            return f"{_escape(block.caption)}\n\n{table}" if block.caption else table
        case Callout():
            inner = "\n\n".join(_markdown(child) for child in block.blocks)
            said = f"**{_escape(block.title)}**\n\n{inner}" if block.title else inner
            return "\n".join(f"> {line}".rstrip() for line in said.splitlines())


def _plain(block: Block) -> str:
    match block:
        case Heading():
            return block.text + ("\n" + "-" * len(block.text) if block.level == 2 else "")
        case Paragraph():
            return plain_text(block.text)
        case Items():
            marks = (f"{number}." if block.numbered else "-" for number in range(1, len(block.items) + 1))
            return "\n".join(
                f"{mark} {plain_text(item)}" for mark, item in zip(marks, block.items, strict=True)
            )
        case Definitions():
            return "\n".join(f"{plain_text(term)}: {plain_text(said)}" for term, said in block.pairs)
        case Table():
            rows = ("| " + " | ".join(plain_text(cell) for cell in row) + " |" for row in block.rows)
            head = [block.caption] if block.caption else []
            return "\n".join([*head, "| " + " | ".join(block.columns) + " |", *rows])
        case Callout():
            inner = "\n\n".join(_plain(child) for child in block.blocks)
            return f"{block.title}\n\n{inner}" if block.title else inner
