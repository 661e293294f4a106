"""Requests about data that are held for a customer: passed on to exactly that customer, encrypted, with a receipt.

Without the customer's key nothing leaves; the request stays queued and the officer hears of it every day.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from zusage.agenda import Then, Work, schedule
from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.keepers.rights import letters
from zusage.keepers.rights.deadlines import PASS_ON
from zusage.keepers.rights.intake import AGENDA, hashed
from zusage.keepers.rights.parties import Customer, read_parties
from zusage.law.periods import safe_deadline
from zusage.ledger.identifiers import personal
from zusage.mail import Attachment, Message, enqueue
from zusage.registers.notifications import (
    COMPLETED,
    CUSTOMER,
    NO_KEY,
    QUEUED,
    SENT,
    Notification,
    add_notification,
    change_notification,
    notifications,
)
from zusage.registers.requests import Request, request_by


class NotPassedOn(ZusageError):
    """A request that cannot be passed on as asked; nothing was sent."""


def queue(
    connection: Connection, context: Context, request: Request, customers: Iterable[str], now: datetime
) -> None:
    """Put the customers on file and on the agenda, in the caller's transaction; each once."""
    for name in sorted(set(customers)):
        made = Notification(request.id, CUSTOMER, name, QUEUED, _due(context, request), now)
        add_notification(connection, made)
        args = {"request": request.id, "party": code(name)}
        schedule(connection, AGENDA, f"pass-on/{request.id}/{code(name)}"[:160], now, args, step="pass-on")


def _due(context: Context, request: Request) -> datetime:
    declared = context.declaration.on_behalf
    within = declared.pass_on_within if declared and declared.pass_on_within else PASS_ON
    return safe_deadline(
        request.received_at, within, context.declaration.controller.land, context.declaration.time_zone
    )


def code(name: str) -> str:
    """A customer as ledger and agenda call it: by its key, or a digest where that could be a person's name."""
    return f"sha256:{sha256(name.encode()).hexdigest()[:32]}" if personal(name) else name


def assign_customer(context: Context, request_id: str, name: str, actor: str, now: datetime) -> None:
    """A person found that a request concerns this customer. Raises `NotPassedOn` for one that is not on file."""
    if name not in read_parties(context.folder).customers:
        raise NotPassedOn(
            "this customer is not in parties.yaml", hint="a customer needs name, notice, email and key"
        )
    with context.state.begin() as connection:
        request = request_by(connection, id=request_id)
        if request is None or request.identity is None:
            raise NotPassedOn("there is no such open request")
        queue(connection, context, request, [name], now)
        facts = {"request": request.id, "customer": code(name)}
        by = context.keys.pseudonym("actors", actor)
        context.ledger.append(connection, "request/customer-assigned", facts, at=now, actor=by)


def pass_on(context: Context, work: Work, request: Request) -> Then | None:
    """One customer gets the request, encrypted; or nobody does, and the officer is told."""
    party = str(work.item.args["party"])
    waiting = notifications(work.connection, request=request.id, role=CUSTOMER)
    one = next((each for each in waiting if code(each.party) == party), None)
    if one is None or one.sent_at is not None or request.identity is None:
        return None
    customer = read_parties(context.folder).customers.get(one.party)
    if customer is None or customer.key is None:
        change_notification(work.connection, one, state=NO_KEY)
        letters.to_staff(work.connection, context, request, "no-key", work.now, again=f"{work.now:%Y%m%d}")
        facts = {"request": request.id, "customer": party}
        context.ledger.append(work.connection, "request/not-passed-on", facts, at=work.now, actor="worker")
        return Then("pass-on", work.now + timedelta(days=1))
    token = receipt_token(context, one)
    _send(work.connection, context, request, one, customer, token, work.now)
    change_notification(work.connection, one, state=SENT, sent_at=work.now, receipt_hash=hashed(token))
    letters.passed_on(work.connection, context, request, customer, party, work.now)
    passed = {"request": request.id, "customer": party, "late": int(work.now > one.due)}
    context.ledger.append(work.connection, "request/passed-on", passed, at=work.now, actor="worker")
    return None


def receipt_token(context: Context, one: Notification) -> str:
    """The token by which a party acknowledges; the same for the same party, known to nobody without the key."""
    said = f"receipt/{one.request}/{one.role}/{one.party}".encode()
    return hmac.new(context.keys.secret("tokens"), said, sha256).hexdigest()[:40]


def _send(
    connection: Connection, context: Context, request: Request, one: Notification, customer: Customer, token: str,
    now: datetime,
) -> None:  # fmt: skip
    assert customer.key is not None
    content = {
        "reference": request.reference,
        "kind": request.kind.value,
        "received_at": request.received_at.isoformat(),
        "identity": {"kind": request.identity_kind, "value": request.identity},
        "reply_to": request.reply_to,
        "language": request.language,
        "text": (request.details or {}).get("text", ""),
    }
    language = context.declaration.languages[0]
    link = context.link(f"/rights/receipt/{token}")
    message = Message(
        recipient=customer.email,
        subject=letters.say(context, language, "customer-subject", reference=request.reference),
        text=letters.say(context, language, "customer-text", link=link),
        template="request/passed-on",
        language=language,
        reference=f"request/{request.id}",
        attachments=(Attachment("request.json.age", "application/octet-stream", encrypted(content, customer.key)),),
    )  # fmt: skip
    key = f"request/{request.id}/customer/{code(one.party)}"[:160]
    enqueue(connection, message, sender=context.sender(), now=now, key=key)


def encrypted(content: object, key: str) -> bytes:
    """JSON encrypted to an age recipient. Raises `NotPassedOn` for a key that is none, or without the extra."""
    try:
        import pyrage
    except ImportError:
        raise NotPassedOn("encryption needs the extra 'logs' (pyrage)") from None
    try:
        to = pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        raise NotPassedOn("the customer's key in parties.yaml is not an age recipient") from None
    return bytes(pyrage.encrypt(json.dumps(content, ensure_ascii=False).encode(), [to]))


def acknowledge(context: Context, token: str, now: datetime) -> bool:
    """A party acknowledges with its token; whether there was one. Repeating changes nothing."""
    with context.state.begin() as connection:
        found = notifications(connection, receipt_hash=hashed(token))
        if not found:
            return False
        one = found[0]
        if one.receipt_at is None:
            change_notification(connection, one, state=COMPLETED, receipt_at=now)
            facts = {"request": one.request, "party": code(one.party), "role": one.role}
            context.ledger.append(connection, "request/acknowledged", facts, at=now, actor="party")
    return True
