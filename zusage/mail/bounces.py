"""Mail that came back: delivery status notifications (RFC 3464) are read and the message marked."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message
from typing import Any

from sqlalchemy import Connection, update

from zusage.mail.outbox import OUTBOX, MailState

_STATUS = re.compile(r"^[245]\.\d{1,3}\.\d{1,3}")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,158}>")


@dataclass(frozen=True, slots=True)
class Bounce:
    """Which of our messages came back, the status code (`5.1.1`), and whether it is final."""

    message_id: str
    status: str
    final: bool


def read_bounce(raw: bytes) -> Bounce | None:
    """The bounce in a raw message; None for anything that is not a failed delivery of a message with a Message-ID."""
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    if parsed.get_content_type() != "multipart/report":
        return None
    status, failed, message_id = "", False, ""
    for part in parsed.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            for block in _blocks(part):
                action = str(block.get("Action", "")).strip().lower()
                if action in ("failed", "delayed"):
                    found = _STATUS.match(str(block.get("Status", "")).strip())
                    status, failed = (found.group(0) if found else "5.0.0"), action == "failed"
        elif kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            message_id = message_id or _original_id(part)
    if not status or not message_id:
        return None
    return Bounce(message_id, status, failed and status.startswith("5"))


def mark_bounce(connection: Connection, bounce: Bounce) -> bool:
    """Mark a sent message as come back, if the bounce is final; whether one was marked."""
    if not bounce.final:
        return False
    statement = (
        update(OUTBOX)
        .where(OUTBOX.c.message_id == bounce.message_id, OUTBOX.c.state == MailState.SENT)
        .values(state=MailState.BOUNCED, code=bounce.status)
    )
    return connection.execute(statement).rowcount == 1


def _blocks(part: Message[Any, Any]) -> Iterator[Message[Any, Any]]:
    content = part.get_payload()
    if isinstance(content, list):
        yield from (block for block in content if isinstance(block, Message))


def _original_id(part: Message[Any, Any]) -> str:
    content = part.get_payload()
    if isinstance(content, list):
        text = "".join(str(each.get("Message-ID", "")) for each in content[:1] if isinstance(each, Message))
    else:
        headers = email.message_from_string(str(part.get_payload()))
        text = str(headers.get("Message-ID", ""))
    found = _MESSAGE_ID.search(text)
    return found.group(0) if found else ""
