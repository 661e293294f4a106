"""The outbox: a message is written down in the transaction of the act it belongs to, and sent afterwards.

Three tables, because they live differently long: `mail_outbox` says that a message of a kind was sent about something;
`mail_content` holds address and text, `mail_attachment` its files; both are erased when the declared time after sending
is over. Sending is at least once, always with the same Message-ID.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from zusage.database.dialects import in_parts
from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime
from zusage.mail.message import Attachment, Message, check, check_address


class MailState(StrEnum):
    """`failed`: refused for good, or too many attempts; `bounced`: taken by a server and sent back later."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    CANCELLED = "cancelled"


OUTBOX = Table(
    "mail_outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(160), nullable=False, unique=True),
    Column("message_id", String(160), nullable=False, unique=True),
    Column("template", String(120), nullable=False),
    Column("reference", String(160), nullable=False),
    Column("state", String(12), nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("lease_until", UtcDateTime, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=True),
    Column("code", String(80), nullable=True),
    Index("ix_mail_outbox_state_due", "state", "due"),
    Index("ix_mail_outbox_reference", "reference"),
)

CONTENT = Table(
    "mail_content",
    metadata,
    Column("mail", ForeignKey("mail_outbox.id", ondelete="CASCADE"), primary_key=True),
    Column("sender", String(320), nullable=False),
    Column("sender_name", String(200), nullable=False),
    Column("recipient", String(320), nullable=False),
    Column("name", String(200), nullable=False),
    Column("reply_to", String(320), nullable=True),
    Column("subject", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=True),
    Column("unsubscribe", String(1000), nullable=True),
    Index("ix_mail_content_recipient", "recipient"),
)

ATTACHMENTS = Table(
    "mail_attachment",
    metadata,
    Column("mail", ForeignKey("mail_outbox.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(200), nullable=False),
    Column("type", String(120), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# written out once: they go with every message
_NUMBER = select(OUTBOX.c.id).where(OUTBOX.c.key == bindparam("wanted"))
_NEW, _NEW_CONTENT, _NEW_FILES = insert(OUTBOX), insert(CONTENT), insert(ATTACHMENTS)


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom messages come from: an address and the name shown with it."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """What is known of one message without its content."""

    id: int
    key: str
    message_id: str
    template: str
    reference: str
    state: MailState
    due: datetime
    tries: int
    ended_at: datetime | None
    code: str | None

    @property
    def sent_at(self) -> datetime | None:
        """When a server took it; None if that has not happened, or the message came back."""
        return self.ended_at if self.state is MailState.SENT else None


def enqueue(
    connection: Connection,
    message: Message,
    *,
    sender: Sender,
    now: datetime,
    key: str,
    due: datetime | None = None,
) -> int:
    """Write a message down in the caller's transaction, to be sent from `due` on; returns its number.

    `key` names the occasion (`retention/notice/applications/17`): a second message for the same occasion is not
    written, and the first one's number returned. Raises `BadMessage`.
    """
    domain = check_address(sender.address).rpartition("@")[2]
    check(message)
    there = connection.execute(_NUMBER, {"wanted": key}).scalar()
    if there is not None:
        return int(there)
    made = connection.execute(_NEW, _row(key, message, domain, now, due or now)).inserted_primary_key
    assert made is not None
    connection.execute(_NEW_CONTENT, _content(made[0], message, sender))
    if files := _files(made[0], message):
        connection.execute(_NEW_FILES, files)
    return int(made[0])


def enqueue_many(
    connection: Connection,
    messages: Mapping[str, Message],
    *,
    sender: Sender,
    now: datetime,
    due: datetime | None = None,
) -> int:
    """Write messages down by their keys, in the caller's transaction; returns how many were new.

    The number of statements grows with hundreds of messages, not with each. Raises `BadMessage`; then none is written.
    """
    domain = check_address(sender.address).rpartition("@")[2]
    for message in messages.values():
        check(message)
    keys, written = list(messages), 0
    for part in in_parts(keys):
        there = set(connection.execute(select(OUTBOX.c.key).where(OUTBOX.c.key.in_(part))).scalars())
        new = [key for key in part if key not in there]
        if new:
            _write(connection, {key: messages[key] for key in new}, sender, domain, now, due or now)
            written += len(new)
    return written


def _write(
    connection: Connection,
    messages: Mapping[str, Message],
    sender: Sender,
    domain: str,
    now: datetime,
    due: datetime,
) -> None:
    connection.execute(_NEW, [_row(key, message, domain, now, due) for key, message in messages.items()])
    named = select(OUTBOX.c.key, OUTBOX.c.id).where(OUTBOX.c.key.in_(messages))
    numbers = {row.key: int(row.id) for row in connection.execute(named)}
    connection.execute(_NEW_CONTENT, [_content(numbers[key], one, sender) for key, one in messages.items()])
    files = [row for key, message in messages.items() for row in _files(numbers[key], message)]
    if files:
        connection.execute(_NEW_FILES, files)


def _row(key: str, message: Message, domain: str, now: datetime, due: datetime) -> dict[str, object]:
    return {
        "key": key, "message_id": f"<{secrets.token_hex(16)}@{domain}>", "template": message.template,
        "reference": message.reference, "state": MailState.QUEUED, "due": due, "tries": 0, "created_at": now,
    }  # fmt: skip


def _files(number: int, message: Message) -> list[dict[str, object]]:
    return [
        {"mail": number, "number": index, "name": each.name, "type": each.type, "content": each.content}
        for index, each in enumerate(message.attachments)
    ]


def _content(number: int, message: Message, sender: Sender) -> dict[str, object]:
    return {
        "mail": number,
        "sender": sender.address,
        "sender_name": sender.name,
        "recipient": message.recipient,
        "name": message.name,
        "reply_to": message.reply_to,
        "subject": message.subject,
        "language": message.language,
        "text": message.text,
        "html": message.html,
        "unsubscribe": message.unsubscribe,
    }


def mail(connection: Connection, key: str) -> Mail | None:
    """What became of the message for an occasion; None if there is none."""
    row = connection.execute(select(OUTBOX).where(OUTBOX.c.key == key)).first()
    if row is None:
        return None
    return Mail(
        row.id, row.key, row.message_id, row.template, row.reference, MailState(row.state), row.due, row.tries,
        row.ended_at, row.code,
    )  # fmt: skip


def sent_keys(connection: Connection, prefix: str) -> set[str]:
    """The occasions beginning with `prefix` whose message was sent and has not come back."""
    query = select(OUTBOX.c.key).where(
        OUTBOX.c.state == MailState.SENT, OUTBOX.c.key.startswith(prefix, autoescape=True)
    )
    return set(connection.execute(query).scalars())


def cancel(connection: Connection, key: str, now: datetime) -> bool:
    """Take a message that waits out of the outbox, content included; whether it was still waiting."""
    waiting = (OUTBOX.c.key == key) & (OUTBOX.c.state == MailState.QUEUED)
    number = connection.execute(select(OUTBOX.c.id).where(waiting)).scalar()
    if number is None:
        return False
    done = (
        connection.execute(
            update(OUTBOX).where(waiting).values(state=MailState.CANCELLED, ended_at=now)
        ).rowcount
        == 1
    )
    if done:
        erase_content(connection, [int(number)])
    return done


def cancel_prefix(connection: Connection, prefix: str, now: datetime) -> int:
    """As `cancel`, for every waiting message whose key begins with `prefix`; returns how many there were."""
    waiting = OUTBOX.c.key.startswith(prefix, autoescape=True) & (OUTBOX.c.state == MailState.QUEUED)
    numbers = list(connection.execute(select(OUTBOX.c.id).where(waiting)).scalars())
    if numbers:
        ended = {"state": MailState.CANCELLED, "ended_at": now}
        connection.execute(update(OUTBOX).where(waiting).values(ended))
        erase_content(connection, numbers)
    return len(numbers)


def forget_content(connection: Connection, references: Select[Any]) -> None:
    """Erase addresses and texts of the messages about what `references` selects, however long they would be kept."""
    mine = select(OUTBOX.c.id).where(OUTBOX.c.reference.in_(references))
    waiting = OUTBOX.c.reference.in_(references) & (OUTBOX.c.state == MailState.QUEUED)
    connection.execute(update(OUTBOX).where(waiting).values(state=MailState.CANCELLED))
    for table in (ATTACHMENTS, CONTENT):
        connection.execute(delete(table).where(table.c.mail.in_(mine)))


def content_of(connection: Connection, number: int) -> tuple[Message, Sender] | None:
    """A message's content and sender; None once it is erased."""
    row = connection.execute(
        select(CONTENT, OUTBOX.c.template, OUTBOX.c.reference)
        .join(OUTBOX, OUTBOX.c.id == CONTENT.c.mail)
        .where(CONTENT.c.mail == number)
    ).first()
    if row is None:
        return None
    files = connection.execute(
        select(ATTACHMENTS).where(ATTACHMENTS.c.mail == number).order_by(ATTACHMENTS.c.number)
    ).all()
    message = Message(
        recipient=row.recipient,
        subject=row.subject,
        text=row.text,
        template=row.template,
        html=row.html,
        name=row.name,
        reply_to=row.reply_to,
        language=row.language,
        reference=row.reference,
        unsubscribe=row.unsubscribe,
        attachments=tuple(Attachment(file.name, file.type, file.content) for file in files),
    )
    return message, Sender(row.sender, row.sender_name)


def erase_content(connection: Connection, numbers: list[int]) -> None:
    """Erase addresses, texts and files of messages; that they were sent stays known."""
    for table in (ATTACHMENTS, CONTENT):
        connection.execute(delete(table).where(table.c.mail.in_(numbers)))


def expire(
    connection: Connection, now: datetime, *, keep_content: timedelta, keep_record: timedelta
) -> tuple[int, int]:
    """Erase the content of messages that ended `keep_content` ago, and the whole record after `keep_record`.

    Returns how many contents and records went. Messages that still wait are left alone.
    """
    ended = OUTBOX.c.state != MailState.QUEUED
    when = OUTBOX.c.ended_at
    old = select(OUTBOX.c.id).where(ended, when <= now - keep_content)
    connection.execute(delete(ATTACHMENTS).where(ATTACHMENTS.c.mail.in_(old)))
    contents = connection.execute(delete(CONTENT).where(CONTENT.c.mail.in_(old))).rowcount
    gone = select(OUTBOX.c.id).where(ended, when <= now - keep_record)
    for table in (ATTACHMENTS, CONTENT):
        connection.execute(delete(table).where(table.c.mail.in_(gone)))
    records = connection.execute(delete(OUTBOX).where(ended, when <= now - keep_record)).rowcount
    return int(contents), int(records)
