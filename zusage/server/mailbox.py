"""The mailbox of a demonstration: the mails that people got, to be read in the browser. `zusage demo` adds it, nothing else.

It shows everybody's mail to everybody: it must never stand beside a real workspace.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from fastapi import APIRouter
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from zusage import clock
from zusage.server.pages import pages_of
from zusage.working import send_mail

router = APIRouter(prefix="/mailbox", include_in_schema=False)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:)]")


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as it is shown; `name` is its file's."""

    name: str
    to: str
    subject: str
    at: datetime
    text: Markup
    files: tuple[str, ...]


@router.get("")
def listed(request: Request) -> Response:
    """All mails, the newest first. What waits in the outbox is delivered before: nobody has to wait for the worker."""
    workspace = request.app.state.workspace
    send_mail(workspace, clock.now())
    mails = sorted(
        _mails(workspace.folder / workspace.settings.mail.folder), key=lambda one: one.at, reverse=True
    )
    return pages_of(request).render(request, "mailbox.html", mails=mails, one=None)


@router.get("/{name}")
def shown(request: Request, name: str) -> Response:
    """One mail; its links can be followed."""
    workspace = request.app.state.workspace
    for one in _mails(workspace.folder / workspace.settings.mail.folder):
        if one.name == name:
            return pages_of(request).render(request, "mailbox.html", mails=[], one=one)
    raise HTTPException(404)


def _mails(folder: Path) -> Iterator[Mail]:
    for path in (folder / "new").glob("*"):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body(("plain",))
        yield Mail(
            path.stem, str(message["To"]), str(message["Subject"]), parsedate_to_datetime(str(message["Date"])),
            _linked(str(body.get_content()) if body else ""), tuple(_files(message)),
        )  # fmt: skip


def _files(message: EmailMessage) -> Iterator[str]:
    yield from (str(part.get_filename() or part.get_content_type()) for part in message.iter_attachments())


def _linked(text: str) -> Markup:
    """The text, escaped, with its addresses as links."""
    said, at = Markup(""), 0
    for found in _ADDRESS.finditer(text):
        said += Markup('{}<a href="{}">{}</a>').format(text[at : found.start()], found[0], found[0])
        at = found.end()
    return said + text[at:]
