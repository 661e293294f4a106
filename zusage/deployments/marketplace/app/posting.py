"""Mail of the application itself: written into a folder from which a mail server takes it."""

from __future__ import annotations

import mailbox
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

_SENDER = "Spanwerk <post@spanwerk.example>"


def post(
    folder: Path, recipient: str, subject: str, text: str, headers: Mapping[str, str] | None = None
) -> None:
    """Put one mail into `folder/outgoing` (a Maildir)."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = _SENDER, recipient, subject
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    mailbox.Maildir(folder / "outgoing").add(message)
