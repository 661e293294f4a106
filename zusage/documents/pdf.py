"""PDF/A-2b with Typst (extra `[pdf]`). Texts travel as JSON data, never as Typst source: `#` in a name is harmless."""

from __future__ import annotations

import json
from importlib import resources
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
    runs,
)
from zusage.errors import MissingExtra


def to_pdf(document: Document) -> bytes:
    """The document as PDF/A-2b. Raises `MissingExtra` without the extra `[pdf]`."""
    try:
        import typst  # an extra
    except ImportError:
        raise MissingExtra("pdf", "writing PDF") from None
    data = {
        "title": document.title,
        "language": document.language,
        "blocks": [_block(block) for block in document.blocks],
        "meta": [list(pair) for pair in document.meta.items()],
        "contents": document.contents,
    }
    template = resources.files("zusage.documents").joinpath("templates/document.typ").read_bytes()
    made = typst.compile(
        template,
        format="pdf",
        sys_inputs={"document": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )
    assert isinstance(made, bytes)
    return made


def _runs(text: Runs) -> list[dict[str, str]]:
    said = []
    for run in runs(text):
        if isinstance(run, Link):
            said.append({"kind": "link", "text": run.text, "href": run.href})
        elif isinstance(run, Strong):
            said.append({"kind": "strong", "text": run.text})
        else:
            said.append({"kind": "text", "text": run})
    return said


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "level": max(block.level - 1, 1), "text": block.text}
        case Paragraph():
            return {"kind": "paragraph", "runs": _runs(block.text)}
        case Items():
            return {
                "kind": "items",
                "numbered": block.numbered,
                "items": [_runs(item) for item in block.items],
            }
        case Definitions():
            return {
                "kind": "definitions",
                "pairs": [[_runs(term), _runs(said)] for term, said in block.pairs],
            }
        case Table():
            rows = [[_runs(cell) for cell in row] for row in block.rows]
            return {"kind": "table", "columns": list(block.columns), "rows": rows, "caption": block.caption}
        case Callout():
            return {
                "kind": "callout",
                "title": block.title,
                "blocks": [_block(child) for child in block.blocks],
            }
