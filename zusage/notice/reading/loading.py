"""From a file's bytes to a document: what kind it is, how it is encoded, and which reader takes it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from zusage.notice.reading import outline
from zusage.notice.reading.document import Document, UnreadableNotice
from zusage.notice.reading.html import lines_of_html
from zusage.notice.reading.pdf import text_of_pdf
from zusage.notice.reading.plain import is_markdown, lines_of_markdown, lines_of_text

SourceKind = Literal["text", "markdown", "html", "pdf"]

_SUFFIXES: dict[str, SourceKind] = {
    ".txt": "text", ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf",
}  # fmt: skip
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_.:-]{2,30})""", re.IGNORECASE)
_TAGS = re.compile(
    r"<(?:!doctype\s+html|html|head|body|div|p|h[1-6]|table|ul|section|article)\b", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def load_document(path: Path) -> Document:
    """The notice in a file. Raises `UnreadableNotice` when it is none."""
    return document_of(path.read_bytes(), _SUFFIXES.get(path.suffix.lower()))


def document_of(source: bytes | str, kind: SourceKind | None = None) -> Document:
    """The notice in `source`. Without `kind`, it is told by what the content looks like.

    Raises `UnreadableNotice` for content that is no text. A text in another language than German and English makes a
    document whose `language` is None.
    """
    if isinstance(source, bytes) and (kind == "pdf" or source[:5] == b"%PDF-"):
        text, dropped = text_of_pdf(source)
        return outline.document(lines_of_text(text), dropped)
    text = _normal(source if isinstance(source, str) else decoded(source))
    if kind == "html" or (kind is None and _TAGS.search(text, 0, 2000)):
        lines, dropped = lines_of_html(text)
        return outline.document(lines, dropped)
    if kind == "markdown" or (kind is None and is_markdown(text)):
        return outline.document(lines_of_markdown(text))
    return outline.document(lines_of_text(text))


def decoded(content: bytes) -> str:
    """Bytes as text: by byte order mark, by the page's own word, as UTF-8, by statistics, and windows-1252 at last.

    Raises `UnreadableNotice` for content that is no text.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if content.count(0, 0, 4096) > 8:
        raise UnreadableNotice("this is no text", hint="give a text, Markdown, HTML or PDF file")
    named = _META.search(content, 0, 4096)
    for encoding in ([_web_encoding(named[1].decode("ascii"))] if named else []) + ["utf-8"]:
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode(_guessed(content), "replace")


def _web_encoding(name: str) -> str:
    """Browsers read latin-1 and ascii as windows-1252."""
    return (
        "cp1252"
        if name.lower() in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii", "windows-1252")
        else name
    )


def _guessed(content: bytes) -> str:
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return "cp1252"
    best = from_bytes(content[:100_000], cp_isolation=["cp1252", "cp1250", "iso8859_15", "mac_roman"]).best()
    return best.encoding if best else "cp1252"


def _normal(text: str) -> str:
    """One kind of line end, no control characters, no soft hyphens (the words they divide would not be found)."""
    unified = (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\u00ad", "")
        .replace("\ufeff", "")
    )
    return _CONTROL.sub(" ", unified)
