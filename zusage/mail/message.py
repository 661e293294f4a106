"""A message to one person, and its bytes on the way: safe against header injection, marked as written by a program."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from zusage.errors import ZusageError

_ADDRESS = re.compile(r"[^\s@<>\"',;:\\()\[\]\x00-\x1f\x7f]{1,64}@[^\s@<>\"',;:\\()\[\]\x00-\x1f\x7f]{1,253}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_TYPE = re.compile(r"[a-z]+/[a-z0-9.+\-]+")


class _Policy(EmailPolicy):
    """A link in a header stays whole: folded into encoded words, no mail program would find it (RFC 2369, 2)."""

    def fold(self, name: str, value: Any) -> str:
        return f"{name}: {value}{self.linesep}" if name in _WHOLE else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii") if name in _WHOLE else super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n")
_WHOLE = frozenset({"List-Unsubscribe"})


class BadMessage(ZusageError):
    """A message that cannot be sent. Names the part, never its content."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """What to send to whom. `template` says what kind of message it is, in the ledger's words (`notice/erasure-due`).

    `reference` leads to what it is about (`request/7`), and holds no personal data. `html` is an alternative to `text`.
    `unsubscribe` is the link that ends mails of this kind with one click (RFC 2369, RFC 8058); the text holds it as well.
    """

    recipient: str
    subject: str
    text: str
    template: str
    html: str | None = None
    name: str = ""
    reply_to: str | None = None
    language: str = "de"
    reference: str = ""
    attachments: tuple[Attachment, ...] = field(default_factory=tuple)
    unsubscribe: str | None = None


def check_address(address: str) -> str:
    """`address` if it is one plain address (`local@domain`). Raises `BadMessage`."""
    if not _ADDRESS.fullmatch(address) or ".." in address:
        raise BadMessage("this is not one plain e-mail address")
    return address


def check(message: Message) -> None:
    """Raises `BadMessage` for a bad address, a header with control characters or line ends, or an empty message."""
    check_address(message.recipient)
    if message.reply_to is not None:
        check_address(message.reply_to)
    for part in ("subject", "name", "template", "reference", "language"):
        if _CONTROL.search(getattr(message, part)):
            raise BadMessage(f"the {part} of the message holds a line end or control character")
    if not message.subject.strip() or not message.text.strip():
        raise BadMessage("the message has no subject or no text")
    link = message.unsubscribe
    if link is not None and (_CONTROL.search(link) or " " in link or link not in message.text):
        raise BadMessage("the link to unsubscribe does not stand in the text")
    for attachment in message.attachments:
        if _CONTROL.search(attachment.name) or "/" in attachment.name or not _TYPE.fullmatch(attachment.type):
            raise BadMessage("an attachment has a bad name or media type")


def compose(message: Message, sender: str, sender_name: str, message_id: str, at: datetime) -> EmailMessage:
    """The message as it goes out: UTF-8, CRLF, with a stable Message-ID and the marks of automatic mail (RFC 3834)."""
    check(message)
    local, _, domain = check_address(sender).rpartition("@")
    to_local, _, to_domain = message.recipient.rpartition("@")
    composed = EmailMessage(policy=_POLICY)
    composed["From"] = Address(sender_name, local, domain)
    composed["To"] = Address(message.name, to_local, to_domain)
    composed["Subject"] = message.subject
    composed["Date"] = format_datetime(at)
    composed["Message-ID"] = message_id
    composed["Content-Language"] = message.language
    composed["Auto-Submitted"] = "auto-generated"
    composed["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if message.reply_to is not None:
        composed["Reply-To"] = message.reply_to
    if message.unsubscribe is not None:
        composed["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        composed["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    composed.set_content(message.text)
    if message.html is not None:
        composed.add_alternative(message.html, subtype="html")
    for attachment in message.attachments:
        main, _, sub = attachment.type.partition("/")
        composed.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.name)
    return composed
