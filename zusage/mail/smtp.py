"""Sending over SMTP, with STARTTLS or TLS from the start."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum

from zusage.mail.transport import NotSent, Refused, ServerAway, TryLater

_TIMEOUT = 30.0
_ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")


class Tls(StrEnum):
    """`starttls` is required, not hoped for: a server that does not offer it gets no message."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """One connection for each message: slow enough for nobody's mailbox, and nothing is left half sent."""

    host: str
    port: int
    tls: Tls = Tls.STARTTLS
    user: str | None = None
    password: str | None = None
    #: how certificates are checked; by default against the system's authorities
    context: ssl.SSLContext | None = None

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """As `MailTransport.send`. Addresses or headers beyond ASCII need a server with SMTPUTF8."""
        with _as_ours(), self._connection() as connection:
            connection.send_message(message, sender, [recipient])

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        context = self.context or ssl.create_default_context()
        connection: smtplib.SMTP
        try:
            if self.tls is Tls.IMPLICIT:
                connection = smtplib.SMTP_SSL(self.host, self.port, timeout=_TIMEOUT, context=context)
            else:
                connection = smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT)
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAway(type(error).__name__) from error
        with connection:
            try:
                if self.tls is Tls.STARTTLS:
                    connection.starttls(context=context)
                if self.user is not None:
                    connection.login(self.user, self.password or "")
            except (OSError, smtplib.SMTPException) as error:
                raise ServerAway(type(error).__name__) from error
            yield connection


@contextmanager
def _as_ours() -> Iterator[None]:
    """The library's errors as ours, without the server's words: they may quote the address."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        raise _answer(*next(iter(error.recipients.values()))) from error
    except smtplib.SMTPResponseException as error:
        raise _answer(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refused("SMTPUTF8") from error
    except (OSError, smtplib.SMTPException) as error:
        raise ServerAway(type(error).__name__) from error


def _answer(code: int, said: bytes | str) -> NotSent:
    enhanced = _ENHANCED.match(said if isinstance(said, bytes) else said.encode())
    name = enhanced.group(1).decode() if enhanced else str(code)
    if code == 421:
        return ServerAway(name)
    return Refused(name) if code >= 500 else TryLater(name)
