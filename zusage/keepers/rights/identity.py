"""Proof of identity: only as much as needed. A mailbox by a single-use link, an account by a signed token, a document by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from zusage.agenda import cancel, schedule
from zusage.decisions.version import bump
from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.keepers.rights import letters
from zusage.keepers.rights.intake import AGENDA, hashed, subject_of
from zusage.keepers.rights.proofs import STRONG
from zusage.registers.requests import Request, State, change_request, request_by

#: words for documents that prove more than who asks
_DOCUMENT = re.compile(
    r"ausweis|\bID\b|passport|reisepass|identity card|führerschein|driving licen", re.IGNORECASE
)


class BadLink(ZusageError):
    """The link is unknown, used or too old. The same words for all three: the link's holder learns nothing else."""

    def __init__(self) -> None:
        super().__init__(
            "this link is not valid (any more)", hint="make your request again; a new link comes by mail"
        )


class NotWaiting(ZusageError):
    """The request does not wait for what was tried; nothing was changed."""


def confirm(context: Context, token: str, now: datetime) -> Request:
    """Control of the mailbox is proven by the link's token: single use. Raises `BadLink`."""
    with context.state.begin() as connection:
        request = request_by(connection, confirm_hash=hashed(token))
        if (
            request is None
            or request.state is not State.AWAITING_IDENTITY
            or (request.confirm_until or now) <= now
        ):
            raise BadLink
        return _proven(connection, context, request, "mailbox", now)


def prove_by_hand(context: Context, request_id: str, proof: str, actor: str, now: datetime) -> Request:
    """A clerk checked a document or a signature. The document itself is not stored. Raises `NotWaiting`.

    Also for a request that a mailbox alone does not suffice for; it is then looked up anew.
    """
    with context.state.begin() as connection:
        request = request_by(connection, id=request_id)
        waiting = (State.AWAITING_IDENTITY, State.AWAITING_DECISION)
        if request is None or request.state not in waiting or request.proof in STRONG:
            raise NotWaiting("this request does not wait for a proof of identity")
        return _proven(connection, context, request, proof, now, context.keys.pseudonym("actors", actor))


def doubt(context: Context, request_id: str, reason: str, actor: str, now: datetime) -> None:
    """Record a reasoned doubt (Art. 12(6)): the request waits for more proof; the reason stays in its row."""
    with context.state.begin() as connection:
        request = request_by(connection, id=request_id)
        if request is None or request.state not in (State.PLANNING, State.AWAITING_DECISION):
            raise NotWaiting("a doubt can be raised before a decision only")
        details = dict(request.details or {}) | {"doubt": reason}
        change_request(
            connection, request.id, state=State.AWAITING_IDENTITY.value, proof=None, details=details
        )
        cancel(connection, AGENDA, request.id, now)
        facts = {"request": request.id}
        context.ledger.append(
            connection, "request/doubted", facts, at=now, actor=context.keys.pseudonym("actors", actor)
        )


def ask(context: Context, request_id: str, question: str, actor: str, now: datetime) -> None:
    """Ask one question on known data, because it is doubtful who asks (Art. 12(6)); never for a copy of an ID.

    The person is asked once; question and doubt are erased when the case closes. Raises `NotWaiting`.
    """
    if _DOCUMENT.search(question):
        raise NotWaiting(
            "a copy of a document is more than is needed", hint="ask for something that only they know"
        )
    with context.state.begin() as connection:
        request = request_by(connection, id=request_id)
        waiting = (State.AWAITING_IDENTITY, State.PLANNING, State.AWAITING_DECISION)
        if request is None or request.state not in waiting or request.reply_to is None:
            raise NotWaiting(
                "this request does not wait for a proof of identity, or nobody can be written to"
            )
        details = dict(request.details or {})
        if "proof_question" in details:
            raise NotWaiting("one question was asked already")
        details |= {"proof_question": question}
        # what leads nowhere proves nothing: the answer, looked at by a person, does
        changed = {"state": State.AWAITING_IDENTITY.value, "proof": None, "confirm_hash": None}
        change_request(connection, request.id, details=details, **changed)
        cancel(connection, AGENDA, request.id, now)
        letters.question_of_identity(connection, context, request, question, now)
        facts = {"request": request.id}
        by = context.keys.pseudonym("actors", actor)
        context.ledger.append(connection, "request/identity-asked", facts, at=now, actor=by)


def _proven(
    connection: Connection,
    context: Context,
    request: Request,
    proof: str,
    now: datetime,
    actor: str = "subject",
) -> Request:
    proven = replace(request, state=State.PLANNING, proof=proof, proven_at=now, confirm_hash=None)
    changed = {"state": State.PLANNING.value, "proof": proof, "proven_at": now, "confirm_hash": None}
    change_request(connection, request.id, **changed)
    bump(connection)
    cancel(connection, AGENDA, f"lapse/{request.id}", now)
    schedule(
        connection,
        AGENDA,
        f"proven/{request.id}/{now.timestamp():.0f}",
        now,
        {"request": request.id},
        step="plan",
    )
    facts = {"request": request.id, "proof": proof}
    context.ledger.append(
        connection,
        "request/identified",
        facts,
        at=now,
        actor=actor,
        subject=subject_of(context, request, now),
    )
    return proven
