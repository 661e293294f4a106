"""The one renderer: a document is blocks of text, and each format is one function over them.

Notices, records, letters and reports are built as `Document` values by the rooms that know what to say; here they
become HTML, Markdown, plain text, JSON, PDF (extra `[pdf]`) or Word (extra `[word]`). No block holds markup.
"""

from zusage.documents.model import (
    Block,
    Callout,
    Definitions,
    Document,
    Heading,
    Items,
    Link,
    Paragraph,
    Run,
    Runs,
    Table,
    plain_text,
)
from zusage.documents.rendering import FORMATS, Format, render

__all__ = [
    "FORMATS", "Block", "Callout", "Definitions", "Document", "Format", "Heading", "Items", "Link", "Paragraph", "Run",
    "Runs", "Table", "plain_text", "render",
]  # fmt: skip
