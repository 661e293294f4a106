"""PDF to plain text, with words joined that were divided at a line's end."""

from __future__ import annotations

import io
import re

from zusage.errors import MissingExtra
from zusage.notice.reading.document import UnreadableNotice

_DIVIDED = re.compile(r"(?<=[a-zäöüß])[\u00ad\u2010-]\n(?=[a-zäöüß])")
_PAGE_NUMBER = re.compile(r"\s*(?:(?:Seite|Page)\s+)?\d{1,3}(?:\s*(?:/|von|of)\s*\d{1,3})?\s*")
_ENDS = re.compile(r"[.:;!?)]\s*$")
_WIDE = 60


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
    dropped = 0
    for line in "\n".join(pages).split("\n"):
        if _PAGE_NUMBER.fullmatch(line) and line.strip():
            dropped += 1
        else:
            kept.append(line.rstrip())
    text = _DIVIDED.sub("", "\n".join(kept)).replace("\u00ad", "")
    if not text.strip():
        raise UnreadableNotice(
            "the PDF holds no text", hint="it seems to be a scan: recognise its text first"
        )
    return _unwrapped(text), {"page number": dropped} if dropped else {}


def _unwrapped(text: str) -> str:
    """Lines that the page's width broke, joined to paragraphs again."""
    joined: list[str] = []
    for line in text.split("\n"):
        previous = joined[-1] if joined else ""
        if (
            line.strip()
            and len(previous) > _WIDE
            and not _ENDS.search(previous)
            and line.lstrip()[:1].isalnum()
        ) or (line.strip() and previous.strip() and line.lstrip()[:1].islower()):
            joined[-1] = f"{previous.rstrip()} {line.lstrip()}"
        else:
            joined.append(line)
    return "\n".join(joined)
