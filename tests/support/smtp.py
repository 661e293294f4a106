"""A real SMTP server on loopback that keeps what it was given."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.support.needs import free_port


@dataclass(frozen=True, slots=True)
class Received:
    """One accepted message: its envelope and its content, parsed and raw."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    raw: bytes


@dataclass(slots=True)
class SmtpServer:
    """Where it listens, what it took in, and how it may be told to misbehave.

    `refuse` maps a recipient to the answer it gets (`550 no such user`); `fail_next` answers that many messages with
    a temporary error before it accepts one.
    """

    host: str
    port: int
    received: list[Received] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    fail_next: int = 0

    @property
    def messages(self) -> list[EmailMessage]:
        """The accepted messages, in order."""
        return [one.message for one in self.received]

    def to(self, address: str) -> list[EmailMessage]:
        """The accepted messages to one recipient, in order."""
        return [one.message for one in self.received if address in one.recipients]

    async def handle_RCPT(  # noqa: N802 aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """aiosmtpd asks whether it may take a message for `address`."""
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 aiosmtpd's name
        """aiosmtpd hands over a message."""
        if self.fail_next > 0:
            self.fail_next -= 1
            return "451 try again later"
        raw = bytes(envelope.content)
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append(Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), message, raw))
        return "250 Message accepted"


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A fresh SMTP server without TLS and login."""
    server = SmtpServer("127.0.0.1", free_port())
    controller = Controller(server, hostname=server.host, port=server.port, enable_SMTPUTF8=True)
    controller.start()
    yield server
    controller.stop()
