"""Mail that arrives: a request for a right becomes a case on the day it came, whatever address it was sent to.

A dedicated inbox makes a case of every message; a general one only of what concerns data protection. Nothing a sender
writes in a header proves who they are: a right is exercised only after the mailed link, a question is answered to the
address it came from.
"""

from __future__ import annotations

import email
import email.policy
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection

from zusage.agenda import Handlers, Then, Work, cancel, schedule, unscheduled
from zusage.declaration.rights import Route
from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.keepers.rights.intake import Intake, Opened, open_request
from zusage.keepers.rights.letters import say
from zusage.lexicon.wishes import wish_of
from zusage.mail import Message, enqueue, mark_bounce, read_bounce
from zusage.registers.requests import Kind
from zusage.text import Language

INBOX = "inbox"
#: how often an inbox is tested, and how long a test mail may take
EVERY = timedelta(days=7)
ARRIVES_WITHIN = timedelta(days=1)
_LONGEST = 3_000
_GERMAN = (" der ", " die ", " und ", " ich ", " bitte ", "auskunft", "lösch", " sie ")


class UnreadableMail(ZusageError):
    """A message without a sender that could be answered; nothing was filed."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of a message: a case, a returned mail, a test mail, or nothing of ours."""

    what: Literal["case", "bounce", "test", "not-ours"]
    opened: Opened | None = None


def receive(context: Context, raw: bytes, now: datetime) -> Arrived:
    """Take a raw message in. Raises `UnreadableMail`, and what `open_request` raises."""
    bounce = read_bounce(raw)
    if bounce is not None:
        with context.state.begin() as connection:
            mark_bounce(connection, bounce)
            context.ledger.append(
                connection, "mail/bounced", {"status": bounce.status}, at=now, actor="worker"
            )
        return Arrived("bounce")
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    subject = str(message["Subject"] or "")
    for topic, token in _tokens(context, now):
        if token in subject:
            _reached(context, topic, token, now)
            return Arrived("test")
    return _filed(context, message, subject, now)


def _filed(context: Context, message: EmailMessage, subject: str, now: datetime) -> Arrived:
    topic, route = _route(context, message)
    body = message.get_body(("plain", "html"))
    text = str(body.get_content()) if body is not None else ""
    wish = wish_of(subject, text)
    if wish is None and (route is None or route.general):
        return Arrived("not-ours")
    sender = parseaddr(str(message["From"] or ""))[1]
    if not sender:
        raise UnreadableMail("this message has no sender")
    kind = Kind(wish or "question")
    details = {"text": f"{subject}\n{text}"[:_LONGEST]}
    if topic is not None and route is not None and not route.general:
        details["topic"] = topic
    said = f" {subject} {text} ".lower()
    language: Language = "de" if any(word in said for word in _GERMAN) else "en"
    if language not in context.declaration.languages:
        language = context.declaration.languages[0]
    intake = Intake(kind, "email", "email", sender, language, sender, None, details)
    return Arrived("case", open_request(context, intake, now))


def _route(context: Context, message: EmailMessage) -> tuple[str | None, Route | None]:
    headers = [str(value) for name in ("To", "Cc", "Delivered-To") for value in message.get_all(name, [])]
    to = {address.casefold() for _, address in getaddresses(headers)}
    for topic, route in context.declaration.rights.routes.items():
        if route.inbox is not None and route.inbox.casefold() in to:
            return topic, route
    return None, None


# -- does an inbox still work? ----------------------------------------------------------------------------------------


def add_inbox_steps(handlers: Handlers, context: Context) -> None:
    """Register the steps that test inboxes."""
    handlers.add(INBOX, lambda work: _test(context, work), name="test")
    handlers.add(INBOX, lambda work: _missing(context, work), name="missing")


def begin_tests(connection: Connection, context: Context, now: datetime) -> None:
    """Put the test of each inbox that promises it on the agenda, where it is not yet."""
    for topic in _tested(context):
        schedule(connection, INBOX, f"test/{topic}", now, {"topic": topic}, step="test")


def tests_missing(connection: Connection, context: Context) -> bool:
    """Whether an inbox promises a test that was never put on the agenda."""
    return bool(unscheduled(connection, INBOX, [f"test/{topic}" for topic in _tested(context)]))


def _tested(context: Context) -> list[str]:
    routes = context.declaration.rights.routes.items()
    return [topic for topic, route in routes if route.tested and route.inbox is not None]


def _test(context: Context, work: Work) -> Then | None:
    """Send a test mail, and raise the alarm if it has not come back a day later."""
    topic = str(work.item.args["topic"])
    route = context.declaration.rights.routes.get(topic)
    if route is None or route.inbox is None or not route.tested:
        return None
    token = _token(context, topic, work.now)
    language = context.declaration.languages[0]
    subject = say(context, language, "test-subject", token=token)
    message = Message(
        route.inbox, subject, say(context, language, "test-text"), "inbox/test", language=language
    )
    enqueue(work.connection, message, sender=context.sender(), now=work.now, key=f"inbox/{token}")
    args = {"topic": topic, "token": token}
    schedule(work.connection, INBOX, f"missing/{token}", work.now + ARRIVES_WITHIN, args, step="missing")
    context.ledger.append(work.connection, "inbox/tested", {"topic": topic}, at=work.now, actor="worker")
    return Then("test", work.now + EVERY)


def _missing(context: Context, work: Work) -> Then | None:
    """The test mail did not arrive: deputy and controller hear of it, by addresses that are not the inbox."""
    topic = str(work.item.args["topic"])
    route = context.declaration.rights.routes.get(topic)
    if route is None or route.inbox is None:
        return None
    language, controller = context.declaration.languages[0], context.declaration.controller
    subject = say(context, language, "inbox-silent-subject", inbox=route.inbox)
    to = dict.fromkeys(
        one for one in (route.deputy, route.owner, controller.email) if one and one != route.inbox
    )
    for address in to:
        text = say(context, language, "inbox-silent-text")
        message = Message(address, subject, text, "inbox/silent", language=language)
        key = f"inbox/{work.item.args['token']}/{sha256(address.encode()).hexdigest()[:12]}"
        enqueue(work.connection, message, sender=context.sender(), now=work.now, key=key)
    context.ledger.append(work.connection, "inbox/silent", {"topic": topic}, at=work.now, actor="worker")
    return None


def _reached(context: Context, topic: str, token: str, now: datetime) -> None:
    with context.state.begin() as connection:
        cancel(connection, INBOX, f"missing/{token}", now)
        context.ledger.append(connection, "inbox/reached", {"topic": topic}, at=now, actor="worker")


def _token(context: Context, topic: str, at: datetime) -> str:
    said = f"inbox/{topic}/{at:%Y%m%d}".encode()
    return hmac.new(context.keys.secret("tokens"), said, sha256).hexdigest()[:24]


def _tokens(context: Context, now: datetime) -> Iterator[tuple[str, str]]:
    """The test mails that may still be under way."""
    for topic, route in context.declaration.rights.routes.items():
        for days in range(8 if route.tested else 0):
            yield topic, _token(context, topic, now - timedelta(days=days))
