"""From the transaction to the mailbox: at least once, with the same Message-ID, and nothing is kept too long."""

from __future__ import annotations

import email
import email.policy
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import Engine, select, update

from tests.mail.conftest import NOW, US, letter
from tests.support.needs import free_port
from tests.support.smtp import SmtpServer
from zusage.mail import (
    Attachment,
    MaildirTransport,
    MailState,
    Refused,
    ServerAway,
    SmtpTransport,
    Tls,
    TryLater,
    cancel,
    deliver,
    enqueue,
    expire,
    mail,
    sent_keys,
)
from zusage.mail.outbox import ATTACHMENTS, CONTENT, OUTBOX

DAY = timedelta(days=1)


def _queue(engine: Engine, *keys: str, **changes: object) -> None:
    with engine.begin() as connection:
        for key in keys:
            enqueue(connection, letter(**changes), sender=US, now=NOW, key=key)  # type: ignore[arg-type]


def _state(engine: Engine, key: str = "k") -> MailState:
    with engine.connect() as connection:
        found = mail(connection, key)
    assert found is not None
    return found.state


@dataclass
class Scripted:
    """A transport that does what it is told, message by message, then takes everything."""

    answers: list[Exception | None] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.taken.append(message)


def _plain(server: SmtpServer) -> SmtpTransport:
    return SmtpTransport(server.host, server.port, Tls.NONE)


def test_over_smtp(engine: Engine, smtp_server: SmtpServer) -> None:
    files = (Attachment("Auskunft.json", "application/json", b'{"a": 1}'),)
    _queue(engine, "k", html="<p>Guten Tag</p>", name="Kanaria Quittenbaum-Zwölfer", attachments=files)
    report = deliver(engine, _plain(smtp_server), NOW)
    assert (report.sent, report.later, report.failed) == (1, 0, 0)
    (received,) = smtp_server.received
    message = received.message
    assert received.recipients == ("kanaria@voliere.example",)
    assert received.sender == "datenschutz@muster.example"
    assert message["From"] == '"Muster GmbH, Datenschutz" <datenschutz@muster.example>'
    assert message["Subject"] == "Löschung Ihrer Bewerbung"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.walk() if not part.is_multipart()] == [
        "text/plain", "text/html", "application/json"
    ]  # fmt: skip
    body = message.get_body(("plain",))
    assert body is not None
    assert "löschen wir" in body.get_content()
    with engine.connect() as connection:
        seen = mail(connection, "k")
    assert seen is not None
    assert (seen.state, seen.sent_at, seen.message_id) == (MailState.SENT, NOW, message["Message-ID"])


def test_a_message_stands_with_its_transaction_and_once_for_an_occasion(engine: Engine) -> None:
    with engine.connect() as connection:
        enqueue(connection, letter(), sender=US, now=NOW, key="k")
        connection.rollback()
    transport = Scripted()
    assert deliver(engine, transport, NOW).sent == 0
    _queue(engine, "k", "k")
    assert deliver(engine, transport, NOW).sent == 1
    _queue(engine, "k")
    assert deliver(engine, transport, NOW + DAY).sent == 0


def test_not_before_it_is_due(engine: Engine) -> None:
    with engine.begin() as connection:
        enqueue(connection, letter(), sender=US, now=NOW, key="k", due=NOW + DAY)
    assert deliver(engine, Scripted(), NOW).sent == 0
    assert deliver(engine, Scripted(), NOW + DAY).sent == 1


def test_temporary_errors_are_tried_again_with_the_same_message_id(
    engine: Engine, smtp_server: SmtpServer
) -> None:
    smtp_server.fail_next = 1
    _queue(engine, "k")
    assert deliver(engine, _plain(smtp_server), NOW).later == 1
    with engine.connect() as connection:
        waiting = mail(connection, "k")
    assert waiting is not None
    assert (waiting.state, waiting.code, waiting.tries) == (MailState.QUEUED, "451", 1)
    assert deliver(engine, _plain(smtp_server), NOW).sent == 0
    assert deliver(engine, _plain(smtp_server), NOW + DAY).sent == 1
    assert [message["Message-ID"] for message in smtp_server.messages] == [waiting.message_id]


def test_a_crash_after_sending_sends_again_with_the_same_message_id(
    engine: Engine, smtp_server: SmtpServer
) -> None:
    class Crashing(SmtpTransport):
        def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
            super().send(message, sender, recipient)
            raise KeyboardInterrupt

    _queue(engine, "k")
    with pytest.raises(KeyboardInterrupt):
        deliver(engine, Crashing(smtp_server.host, smtp_server.port, Tls.NONE), NOW)
    assert deliver(engine, _plain(smtp_server), NOW).sent == 0, "the lease of the crashed sender still runs"
    with engine.begin() as connection:
        connection.execute(update(OUTBOX).values(lease_until=NOW - 9000 * DAY))
    assert deliver(engine, _plain(smtp_server), NOW).sent == 1
    first, second = smtp_server.messages
    assert first["Message-ID"] == second["Message-ID"]


def test_a_refused_recipient_fails_for_good_and_the_others_get_theirs(
    engine: Engine, smtp_server: SmtpServer
) -> None:
    smtp_server.refuse["gone@voliere.example"] = "550 5.1.1 gone@voliere.example is no user here"
    _queue(engine, "gone", recipient="gone@voliere.example")
    _queue(engine, "k")
    report = deliver(engine, _plain(smtp_server), NOW)
    assert (report.sent, report.failed) == (1, 1)
    with engine.connect() as connection:
        failed = mail(connection, "gone")
        rows = str(connection.execute(select(OUTBOX)).all())
    assert failed is not None
    assert (failed.state, failed.code, failed.sent_at) == (MailState.FAILED, "5.1.1", None)
    assert "voliere" not in rows


def test_a_server_that_is_away_ends_the_run(engine: Engine) -> None:
    _queue(engine, "a", "b")
    report = deliver(engine, SmtpTransport("127.0.0.1", free_port(), Tls.NONE), NOW)
    assert (report.sent, report.later, report.away) == (0, 1, True)
    assert (_state(engine, "a"), _state(engine, "b")) == (MailState.QUEUED, MailState.QUEUED)


def test_it_is_given_up_after_five_days(engine: Engine) -> None:
    _queue(engine, "k")
    for day in range(7):
        deliver(engine, Scripted([TryLater("451")]), NOW + day * DAY)
    assert _state(engine) is MailState.FAILED


def test_a_cancelled_message_is_not_sent_and_its_content_is_gone(engine: Engine) -> None:
    _queue(engine, "k")
    with engine.begin() as connection:
        assert cancel(connection, "k", NOW)
        assert not cancel(connection, "k", NOW)
        assert connection.execute(select(CONTENT)).all() == []
    assert deliver(engine, Scripted(), NOW).sent == 0


def test_which_occasions_have_been_written_to(engine: Engine) -> None:
    _queue(engine, "notice/1", "notice/2", "notice_3", "other/4")
    deliver(engine, Scripted([None, Refused("5.1.1")]), NOW)
    with engine.connect() as connection:
        assert sent_keys(connection, "notice/") == {"notice/1"}
        assert sent_keys(connection, "notice_") == {"notice_3"}


def test_content_expires_after_sending_and_the_record_later(engine: Engine) -> None:
    files = (Attachment("a.txt", "text/plain", b"x"),)
    _queue(engine, "sent", attachments=files)
    deliver(engine, Scripted(), NOW)
    _queue(engine, "waiting", attachments=files)
    week, year = timedelta(days=7), timedelta(days=365)
    with engine.begin() as connection:
        assert expire(connection, NOW + 6 * DAY, keep_content=week, keep_record=year) == (0, 0)
        assert expire(connection, NOW + week, keep_content=week, keep_record=year) == (1, 0)
        assert len(connection.execute(select(CONTENT)).all()) == 1
        assert len(connection.execute(select(ATTACHMENTS)).all()) == 1
        assert mail(connection, "sent") is not None
        assert expire(connection, NOW + year, keep_content=week, keep_record=year) == (0, 1)
        assert mail(connection, "sent") is None
        assert mail(connection, "waiting") is not None


def test_a_maildir_needs_no_server(engine: Engine, tmp_path: Path) -> None:
    _queue(engine, "k")
    folder = tmp_path / "mail"
    assert deliver(engine, MaildirTransport(folder), NOW).sent == 1
    (path,) = (folder / "new").iterdir()
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert message["To"] == "kanaria@voliere.example"
    assert path.stat().st_mode & 0o077 == 0
    assert list((folder / "tmp").iterdir()) == []
    MaildirTransport(folder).send(message, "a@b.example", "c@d.example")
    assert len(list((folder / "new").iterdir())) == 1


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    return key, cert


@pytest.fixture
def tls_server(certificate: tuple[Path, Path]) -> Iterator[SmtpServer]:
    """STARTTLS and a login are required."""
    key, cert = certificate
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    server = SmtpServer("localhost", free_port())

    def login(
        _server: object, _session: object, _envelope: object, _mechanism: str, data: object
    ) -> AuthResult:
        return AuthResult(success=getattr(data, "password", None) == b"s3cret", handled=False)

    controller = Controller(
        server, hostname="localhost", port=server.port, tls_context=context, require_starttls=True,
        authenticator=login, auth_required=True,
    )  # fmt: skip
    controller.start()
    yield server
    controller.stop()


class TestTls:
    def _trusting(self, server: SmtpServer, certificate: tuple[Path, Path], password: str) -> SmtpTransport:
        context = ssl.create_default_context(cafile=str(certificate[1]))
        return SmtpTransport(server.host, server.port, Tls.STARTTLS, "us", password, context)

    def test_starttls_and_login(self, tls_server: SmtpServer, certificate: tuple[Path, Path]) -> None:
        message = _composed()
        self._trusting(tls_server, certificate, "s3cret").send(message, US.address, "kanaria@voliere.example")
        assert len(tls_server.messages) == 1

    def test_a_wrong_password_keeps_everything_waiting(
        self, tls_server: SmtpServer, certificate: tuple[Path, Path]
    ) -> None:
        with pytest.raises(ServerAway, match="SMTPAuthenticationError"):
            self._trusting(tls_server, certificate, "wrong").send(
                _composed(), US.address, "k@voliere.example"
            )

    def test_an_unknown_certificate_gets_no_message(self, tls_server: SmtpServer) -> None:
        with pytest.raises(ServerAway, match="SSLCertVerificationError"):
            SmtpTransport(tls_server.host, tls_server.port).send(_composed(), US.address, "k@voliere.example")
        assert tls_server.messages == []

    def test_a_server_without_starttls_gets_no_message(self, smtp_server: SmtpServer) -> None:
        with pytest.raises(ServerAway, match="SMTPNotSupportedError"):
            SmtpTransport(smtp_server.host, smtp_server.port).send(
                _composed(), US.address, "k@voliere.example"
            )
        assert smtp_server.messages == []


def _composed() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "x"
    message.set_content("x")
    return message
