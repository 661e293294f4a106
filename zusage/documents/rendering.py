"""One entry for all formats: `render(document, "html")`."""

from __future__ import annotations

from typing import Literal, get_args

from zusage.documents.html import to_html
from zusage.documents.markup import to_json, to_markdown, to_plain
from zusage.documents.model import Document
from zusage.documents.pdf import to_pdf
from zusage.documents.word import to_word

Format = Literal["html", "md", "txt", "json", "pdf", "docx"]
FORMATS: tuple[Format, ...] = get_args(Format)


def render(document: Document, format: Format) -> bytes:
    """The document as bytes (UTF-8 for texts). Raises `MissingExtra` for `pdf` and `docx` without their extras."""
    if format == "html":
        return to_html(document).encode()
    if format == "md":
        return to_markdown(document).encode()
    if format == "txt":
        return to_plain(document).encode()
    if format == "json":
        return to_json(document).encode()
    return to_pdf(document) if format == "pdf" else to_word(document)
