"""Composing, refusing, bouncing, configuring."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import Engine

from tests.mail.conftest import NOW, US, letter
from zusage.database.engines import BadUrl
from zusage.mail import (
    Attachment,
    BadMessage,
    Bounce,
    MaildirTransport,
    MailSettings,
    MailState,
    SmtpTransport,
    Tls,
    check_address,
    deliver,
    enqueue,
    mail,
    mark_bounce,
    read_bounce,
)
from zusage.mail.message import compose

_INJECTED = "x\r\nBcc: victim@example.org"


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": _INJECTED},
        {"subject": "x\nBcc: y@z.example"},
        {"name": _INJECTED},
        {"recipient": "a@b.example\r\nBcc: victim@example.org"},
        {"recipient": "a@b.example, victim@example.org"},
        {"recipient": "A <a@b.example>"},
        {"recipient": "nobody"},
        {"recipient": "a@b@c"},
        {"reply_to": _INJECTED},
        {"language": _INJECTED},
        {"subject": " "},
        {"text": ""},
        {"attachments": (Attachment("../x", "text/plain", b""),)},
        {"attachments": (Attachment("x\r\ny", "text/plain", b""),)},
        {"attachments": (Attachment("x", "text/plain\r\nBcc: y@z", b""),)},
    ],
)
def test_injections_and_empty_messages_are_refused_and_not_quoted(changes: dict[str, object]) -> None:
    with pytest.raises(BadMessage) as caught:
        compose(letter(**changes), US.address, US.name, "<1@x>", NOW)  # type: ignore[arg-type]
    assert "victim" not in str(caught.value)


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_composed_has_one_recipient_and_no_header_of_the_writers(subject: str, name: str) -> None:
    try:
        composed = compose(letter(subject=subject, name=name), US.address, US.name, "<1@x>", NOW)
        raw = composed.as_bytes()
    except (BadMessage, ValueError):
        return
    head = raw.split(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").split(b"\r\n")
    names = [line.partition(b":")[0].lower() for line in head]
    assert sorted(set(names)) == sorted(names)
    assert b"bcc" not in names
    assert names.count(b"to") == 1


@pytest.mark.parametrize("address", ["a@b.example", "a.b+c@d-e.example", "ümläut@bücher.example"])
def test_addresses_that_are_fine(address: str) -> None:
    assert check_address(address) == address


def _report(message_id: str, action: str = "failed", status: str = "5.1.1") -> bytes:
    return f"""From: mailer-daemon@voliere.example
To: datenschutz@muster.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; voliere.example

Final-Recipient: rfc822; kanaria@voliere.example
Action: {action}
Status: {status}

--b
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: x

text
--b--
""".encode()


class TestBounces:
    def test_a_final_one_marks_its_message(self, engine: Engine, tmp_path: Path) -> None:
        with engine.begin() as connection:
            for key in ("k", "other"):
                enqueue(connection, letter(), sender=US, now=NOW, key=key)
        deliver(engine, MaildirTransport(tmp_path / "mail"), NOW)
        with engine.begin() as connection:
            sent = mail(connection, "k")
            assert sent is not None
            bounce = read_bounce(_report(sent.message_id))
            assert bounce == Bounce(sent.message_id, "5.1.1", final=True)
            assert mark_bounce(connection, bounce)
            assert not mark_bounce(connection, bounce)
        with engine.connect() as connection:
            back, other = mail(connection, "k"), mail(connection, "other")
        assert back is not None
        assert other is not None
        assert (back.state, back.code, back.sent_at) == (MailState.BOUNCED, "5.1.1", None)
        assert other.state is MailState.SENT

    def test_a_delay_is_not_final(self, engine: Engine) -> None:
        bounce = read_bounce(_report("<1@x>", "delayed", "4.4.1"))
        assert bounce == Bounce("<1@x>", "4.4.1", final=False)
        with engine.begin() as connection:
            assert not mark_bounce(connection, bounce)

    def test_headers_alone_are_enough(self) -> None:
        raw = _report("<1@x>").replace(b"message/rfc822", b"text/rfc822-headers")
        assert read_bounce(raw) == Bounce("<1@x>", "5.1.1", final=True)

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"Subject: hello\n\nno bounce",
            _report("<1@x>", "delivered", "2.0.0"),
            _report("none"),
            b"\xff\x00" * 50,
        ],
    )
    def test_anything_else_is_none(self, raw: bytes) -> None:
        assert read_bounce(raw) is None

    @given(st.binary(max_size=300))
    def test_no_input_breaks_it(self, noise: bytes) -> None:
        head, _, tail = _report("<1@x>").partition(b"Reporting-MTA")
        read_bounce(head + noise + tail)


class TestSettings:
    def test_a_folder_by_default(self, tmp_path: Path) -> None:
        assert MailSettings().open(tmp_path) == MaildirTransport(tmp_path / "mail")

    def test_smtp_with_a_referenced_password(self, tmp_path: Path) -> None:
        (tmp_path / "pw").write_text("s3cret\n")
        settings = MailSettings(transport="smtp", host="mx.example", user="us", password="file:pw")
        assert settings.open(tmp_path) == SmtpTransport("mx.example", 587, Tls.STARTTLS, "us", "s3cret")
        with pytest.raises(BadUrl):
            MailSettings(transport="smtp", host="mx.example", password="env:NOT_SET_ANYWHERE").open(tmp_path)

    @pytest.mark.parametrize(
        "values",
        [
            {"transport": "smtp", "host": "mx.example", "tls": "none"},
            {"transport": "smtp", "host": "mx.example", "password": "s3cret"},
            {"transport": "pigeon"},
            {"hots": "mx.example"},
            {"port": 0},
        ],
    )
    def test_unsafe_and_unknown_settings_are_refused(self, values: dict[str, object]) -> None:
        with pytest.raises(ValidationError):
            MailSettings.model_validate(values)


def test_the_date_is_the_parameter() -> None:
    composed = compose(letter(), US.address, US.name, "<1@x>", datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    assert composed["Date"] == "Sun, 25 Oct 2026 01:30:00 +0000"
