"""How a message leaves: over SMTP (`zusage.mail.smtp`), or into a folder, which needs no server."""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from zusage.errors import ZusageError


class NotSent(ZusageError):
    """The message was not taken. `code` is the server's status (`451`, `5.1.1`) or the class of the error."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the message was not taken ({code})")
        self.code = code


class TryLater(NotSent):
    """Not now: the same message may be taken later."""


class ServerAway(TryLater):
    """The mail server cannot be reached or takes nothing at all: the other messages wait as well."""


class Refused(NotSent):
    """Never: the server refuses this recipient or message for good."""


class MailTransport(Protocol):
    """Takes one composed message for one recipient. Raises `Refused`, `TryLater`, `ServerAway`."""

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """Hand the message over; returns once it was taken."""
        ...


@dataclass(frozen=True, slots=True)
class MaildirTransport:
    """Puts each message into a maildir, readable by its owner alone. The same Message-ID makes the same file."""

    folder: Path

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """As `MailTransport.send`; the envelope's recipient is the message's own."""
        for name in ("tmp", "new", "cur"):
            (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = sha256(str(message["Message-ID"]).encode()).hexdigest()[:32]
        draft = self.folder / "tmp" / f"{time.time_ns()}.{secrets.token_hex(6)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / "new" / f"{digest}.zusage")
