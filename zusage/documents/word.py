"""Word with python-docx (extra `[word]`)."""

from __future__ import annotations

import io
from typing import Any

from zusage.documents.model import (
    Block,
    Callout,
    Definitions,
    Document,
    Heading,
    Items,
    Paragraph,
    Runs,
    Strong,
    Table,
    plain_text,
    runs,
)
from zusage.errors import MissingExtra

_LANGUAGES = {"de": "de-DE", "en": "en-GB"}


def to_word(document: Document) -> bytes:
    """The document as .docx. Raises `MissingExtra` without the extra `[word]`."""
    try:
        import docx  # an extra
        from docx.oxml.ns import qn
    except ImportError:
        raise MissingExtra("word", "writing Word documents") from None
    made = docx.Document()
    properties = made.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}/{qn('w:lang')}")
    if properties is not None:
        properties.set(qn("w:val"), _LANGUAGES[document.language])
    made.core_properties.title = document.title
    made.core_properties.language = _LANGUAGES[document.language]
    made.add_heading(document.title, 0)
    for block in document.blocks:
        _add(made, block)
    for name, value in document.meta.items():
        made.add_paragraph(f"{name}: {value}")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _write(paragraph: Any, text: Runs) -> None:
    for run in runs(text):
        if isinstance(run, Strong):
            paragraph.add_run(run.text).bold = True
        else:
            paragraph.add_run(run if isinstance(run, str) else plain_text((run,)))


def _add(made: Any, block: Block) -> None:
    match block:
        case Heading():
            made.add_heading(block.text, max(block.level - 1, 1))
        case Paragraph():
            _write(made.add_paragraph(), block.text)
        case Items():
            for item in block.items:
                _write(made.add_paragraph(style="List Number" if block.numbered else "List Bullet"), item)
        case Definitions():
            for term, said in block.pairs:
                paragraph = made.add_paragraph()
                paragraph.add_run(plain_text(term) + ": ").bold = True
                _write(paragraph, said)
        case Table():
            _add_table(made, block)
        case Callout():
            if block.title:
                made.add_paragraph(style="Intense Quote").add_run(block.title).bold = True
            for child in block.blocks:
                _add(made, child)


def _add_table(made: Any, block: Table) -> None:
    if block.caption:
        made.add_paragraph(block.caption, style="Caption")
    table = made.add_table(rows=1, cols=len(block.columns), style="Light List Accent 1")
    for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
        cell.text = column
    for row in block.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            _write(cell.paragraphs[0], text)
