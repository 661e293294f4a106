"""Sending what is in the outbox, at least once: claim with a lease, hand over, write down what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, or_, select, update

from zusage.database.dialects import database_now
from zusage.mail.message import BadMessage, compose
from zusage.mail.outbox import OUTBOX, MailState, content_of
from zusage.mail.transport import MailTransport, NotSent, Refused, ServerAway

LEASE = timedelta(minutes=5)
#: How long a message is tried before it counts as failed; mail servers give up after five days (RFC 5321, 4.5.4.1).
GIVE_UP_AFTER = timedelta(days=5)
_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """How many messages were taken, are to be tried again, were refused for good; `away`: the server is not there."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    away: bool = False


def deliver(engine: Engine, transport: MailTransport, now: datetime, *, limit: int = 200) -> DeliveryReport:
    """Send up to `limit` messages that are due at `now`. Errors are kept as status codes, never as words.

    A crash between handing over and writing down sends a message again, with the same Message-ID. A server that is away
    ends the run; its messages wait.
    """
    sent, later, failed = 0, 0, 0
    for _ in range(limit):
        number = _claim(engine, now)
        if number is None:
            break
        try:
            _send(engine, transport, number, now)
            sent += 1
        except ServerAway as error:
            _put_back(engine, number, now, error)
            return DeliveryReport(sent, later + 1, failed, away=True)
        except NotSent as error:
            if _put_back(engine, number, now, error):
                later += 1
            else:
                failed += 1
    return DeliveryReport(sent, later, failed)


def _claim(engine: Engine, now: datetime) -> int | None:
    with engine.begin() as connection:
        clock = database_now(connection)
        number = connection.execute(
            select(OUTBOX.c.id)
            .where(
                OUTBOX.c.state == MailState.QUEUED,
                OUTBOX.c.due <= now,
                or_(OUTBOX.c.lease_until.is_(None), OUTBOX.c.lease_until <= clock),
            )
            .order_by(OUTBOX.c.due, OUTBOX.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).scalar()
        if number is None:
            return None
        values = {"lease_until": clock + LEASE, "tries": OUTBOX.c.tries + 1}
        connection.execute(update(OUTBOX).where(OUTBOX.c.id == number).values(values))
    return int(number)


def _send(engine: Engine, transport: MailTransport, number: int, now: datetime) -> None:
    with engine.begin() as connection:
        found = content_of(connection, number)
        message_id = connection.execute(select(OUTBOX.c.message_id).where(OUTBOX.c.id == number)).scalar_one()
    if found is None:
        raise Refused("content-erased")
    message, sender = found
    try:
        composed = compose(message, sender.address, sender.name, message_id, now)
    except (BadMessage, ValueError) as error:
        raise Refused(type(error).__name__) from error
    transport.send(composed, sender.address, message.recipient)
    with engine.begin() as connection:
        _write(
            connection, number, {"state": MailState.SENT, "ended_at": now, "code": None, "lease_until": None}
        )


def _put_back(engine: Engine, number: int, now: datetime, error: NotSent) -> bool:
    """Let the message wait for the next attempt, or end it; whether it waits."""
    with engine.begin() as connection:
        row = connection.execute(
            select(OUTBOX.c.tries, OUTBOX.c.due, OUTBOX.c.created_at).where(OUTBOX.c.id == number)
        )
        tries, _, created = row.one()
        if isinstance(error, Refused) or now - created > GIVE_UP_AFTER:
            ended = {"state": MailState.FAILED, "ended_at": now, "code": error.code[:80], "lease_until": None}
            _write(connection, number, ended)
            return False
        wait = min(_FIRST_WAIT * 2 ** min(max(tries - 1, 0), 12), _LONGEST_WAIT)
        _write(connection, number, {"due": now + wait, "code": error.code[:80], "lease_until": None})
        return True


def _write(connection: Connection, number: int, values: dict[str, Any]) -> None:
    connection.execute(
        update(OUTBOX).where(OUTBOX.c.id == number, OUTBOX.c.state == MailState.QUEUED).values(values)
    )
