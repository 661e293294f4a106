"""Taking a request in: by the channels the controller takes, without telling anybody whether a person is known.

Until control of the identity is proven, response, status page, mail and timing are the same for everybody; nothing is
looked up in any store. The look-up happens in a later step of the agenda.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from zusage.agenda import schedule
from zusage.decisions.version import bump
from zusage.declaration import Channel
from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.keepers.rights import letters
from zusage.keepers.rights.deadlines import RIGHT_OF, due_by_law, due_by_promise
from zusage.keepers.rights.proofs import AT_ONCE
from zusage.keepers.rights.routing import due_by_route, topic_of
from zusage.keepers.rights.transmitting import is_address
from zusage.mail import BadMessage, check_address
from zusage.registers.requests import REQUESTS, Kind, Request, State, add_request, next_reference
from zusage.text import Language

#: a confirmation link is good for so long
CONFIRM_WITHIN = timedelta(days=7)
#: confirmation mails to one address in a day; more are silently not sent
MAILS_A_DAY = 3
LONGEST_TEXT = 4_000
_TRIES = 5

AGENDA = "request"


class ChannelRefused(ZusageError):
    """The controller does not take requests this way; the message is the reason that the person is told."""


class BadRequest(ZusageError):
    """A request that cannot be taken as it is; nothing was filed."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What comes in. `proof` is set where control of the identity is proven already (`account`, `document`)."""

    kind: Kind
    channel: str
    identity_kind: str
    identity: str
    language: Language
    reply_to: str | None = None
    proof: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """A request on file; the tokens are shown or mailed once and stored only as hashes."""

    request: Request
    status_token: str
    confirm_token: str | None


def hashed(token: str) -> str:
    """What is stored of a token."""
    return sha256(token.encode()).hexdigest()


def channel_for(context: Context, kind: Kind, channel: str, language: Language) -> Channel | None:
    """The declared channel. Raises `ChannelRefused` where the controller declines it for this right."""
    declared = context.declaration.rights.channels
    for one in declared:
        if one.kind == channel and (not one.rights or RIGHT_OF[kind] in one.rights):
            if not one.accepted:
                assert one.reason is not None
                raise ChannelRefused(one.reason.says(language))
            return one
    if declared and channel not in ("web", "account", "session"):
        ways = ", ".join(one.kind for one in declared if one.accepted)
        raise ChannelRefused(f"requests are not taken by {channel}", hint=f"possible here: {ways}")
    return None


def open_request(context: Context, intake: Intake, now: datetime) -> Opened:
    """File a request: row, ledger entry, agenda items and – where needed – the confirmation mail, in one transaction.

    Raises `ChannelRefused`, `BadRequest`.
    """
    channel = channel_for(context, intake.kind, intake.channel, intake.language)
    _check(intake)
    said = dict(intake.details)
    topic = topic_of(context.declaration, intake.kind, said.get("topic"), said.get("about"))
    if topic is not None:
        intake = replace(intake, details=said | {"topic": topic})
    for _ in range(_TRIES):
        try:
            with context.state.begin() as connection:
                return _file(connection, context, intake, channel, now)
        except IntegrityError:
            continue  # somebody took the same running number
    raise BadRequest("too many requests at once", hint="try again in a moment")


def _file(
    connection: Connection, context: Context, intake: Intake, channel: Channel | None, now: datetime
) -> Opened:
    needs_proof = intake.proof is None and intake.kind not in AT_ONCE | {Kind.QUESTION}
    # elsewhere somebody checks by hand: nothing is mailed, and nothing lapses because nobody clicked
    by_mail = channel is None or channel.identity in ("mailbox", "none")
    status = secrets.token_urlsafe(24)
    confirm = secrets.token_urlsafe(24) if needs_proof and by_mail else None
    made = _row(connection, context, intake, status, confirm, now)
    if needs_proof:
        made = replace(made, state=State.AWAITING_IDENTITY)
    add_request(connection, made)
    facts = {
        "request": made.id,
        "kind": made.kind.value,
        "channel": made.channel,
        "identity_kind": made.identity_kind,
    }
    subject = subject_of(context, made, now)
    context.ledger.append(connection, "request/received", facts, at=now, subject=subject)
    args = {"request": made.id}
    for what in ("remind", "escalate"):
        schedule(connection, AGENDA, f"{what}/{made.id}", _clock_due(made, what), args, step=what)
    may_write = made.reply_to and _mails_today(connection, made, now) <= MAILS_A_DAY
    if not needs_proof:
        schedule(connection, AGENDA, made.id, now, args, step="plan")
        bump(connection)
        if may_write:
            letters.receipt(connection, context, made, status, now)
        if made.kind is Kind.QUESTION:
            letters.to_staff(connection, context, made, "arrived", now)
    elif confirm is not None:
        schedule(connection, AGENDA, f"lapse/{made.id}", now + CONFIRM_WITHIN, args, step="lapse")
        if may_write:
            letters.confirmation(connection, context, made, confirm, status, now)
    return Opened(made, status, confirm)


def subject_of(context: Context, request: Request, now: datetime) -> str | None:
    """The ledger's pseudonym of whom a request is about, or None once the identity was erased."""
    if request.identity is None:
        return None
    return context.keys.pseudonym("subjects", f"{request.identity_kind}:{request.identity}", now.year)


def _check(intake: Intake) -> None:
    if not intake.identity.strip() or len(intake.identity) > 320:
        raise BadRequest("tell us by which e-mail address or number you are known here")
    for address in (intake.identity if intake.identity_kind == "email" else None, intake.reply_to):
        try:
            if address is not None:
                check_address(address.strip())
        except BadMessage:
            raise BadRequest("this is not an e-mail address", hint="such as name@example.com") from None
    target = intake.details.get("transmit_to")
    if target is not None and (intake.kind is not Kind.PORTABILITY or not is_address(str(target))):
        raise BadRequest("data are transmitted to an https address, as part of a request for portability")
    if len(str(intake.details)) > LONGEST_TEXT:
        raise BadRequest(f"the text is longer than {LONGEST_TEXT} characters")


def _row(
    connection: Connection, context: Context, intake: Intake, status: str, confirm: str | None, now: datetime
) -> Request:
    identity = intake.identity.strip()
    reply_to = intake.reply_to or (identity if intake.identity_kind == "email" else None)
    own = (
        due_by_promise(context.declaration, intake.kind, now),
        due_by_route(context.declaration, intake.details.get("topic"), now)
        if intake.kind is Kind.QUESTION
        else None,
    )
    return Request(
        id=secrets.token_hex(12),
        reference=next_reference(connection, now.year),
        kind=intake.kind,
        channel=intake.channel,
        language=intake.language,
        state=State.PLANNING,
        received_at=now,
        due_law=due_by_law(context.declaration, now),
        due_own=min((one for one in own if one is not None), default=None),
        extended_to=None,
        identity_kind=intake.identity_kind,
        identity=identity,
        identity_key=context.keys.pseudonym("replay", f"{intake.identity_kind}:{identity}"),
        reply_to=reply_to,
        proof=intake.proof,
        proven_at=now if intake.proof else None,
        details={} if intake.kind is Kind.CHILD_REPORT else dict(intake.details),
        status_hash=hashed(status),
        confirm_hash=hashed(confirm) if confirm else None,
        confirm_until=now + CONFIRM_WITHIN if confirm else None,
        assigned_to=None, decision=None, ground=None, decision_text=None, decided_by=None, decided_at=None,
        tenant=None, closed_at=None,
    )  # fmt: skip


def _clock_due(made: Request, what: str) -> datetime:
    """Reminder at two thirds of the time, escalation a day before the end."""
    left = made.due - made.received_at
    return (
        made.received_at + left * 2 / 3
        if what == "remind"
        else max(made.received_at, made.due - timedelta(days=1))
    )


def _mails_today(connection: Connection, made: Request, now: datetime) -> int:
    """How many requests of a day would write to this address, whoever they are about."""
    statement = select(func.count()).where(
        func.lower(REQUESTS.c.reply_to) == (made.reply_to or "").lower(),
        REQUESTS.c.received_at > now - timedelta(days=1),
    )
    return int(connection.execute(statement).scalar_one())
