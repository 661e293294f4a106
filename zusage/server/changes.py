"""What is new in the notice: each version against the one before it, sentence by sentence, in words."""

from __future__ import annotations

import difflib
import re
from html import unescape
from itertools import pairwise

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from zusage.registers.publications import publications, text_of
from zusage.server.pages import pages_of

router = APIRouter(include_in_schema=False)
_STYLE = re.compile(r"<(style|script|head)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile(r"</?(p|li|h\d|tr|td|th|dt|dd|div|section|br)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]+>")


def sentences(page: bytes) -> list[str]:
    """The sentences of a published page, in order."""
    text = _TAG.sub("", _BREAK.sub("\n", _STYLE.sub("", page.decode())))
    lines = [" ".join(unescape(line).split()) for line in text.splitlines()]
    return [part for line in lines for part in re.split(r"(?<=[.!?]) (?=[A-ZÄÖÜ])", line) if part]


def changes(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    """Sentences that are new, and sentences that are gone."""
    old, new = sentences(before), sentences(after)
    added: list[str] = []
    gone: list[str] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag in ("replace", "delete"):
            gone += old[a:b]
        if tag in ("replace", "insert"):
            added += new[c:d]
    return added, gone


@router.get("/notice/changes")
def changed(request: Request) -> Response:
    """Every version with what it changed."""
    pages = pages_of(request)
    language = pages.language(request)
    with pages.workspace.state.connect() as connection:
        listed = publications(connection)
        texts = [text_of(connection, one.id, language) or b"" for one in listed]
    order = sorted(range(len(listed)), key=lambda place: listed[place].as_of)
    rows = [(listed[now], *changes(texts[before], texts[now])) for before, now in pairwise(order)]
    return pages.render(request, "changes.html", rows=list(reversed(rows)))
