"""Recipients hear of erasures, corrections and restrictions (Art. 19), and of the end of a consent they got data under: by
signed webhook, by e-mail, or as a task.

Who really got data of the person is in the register of disclosures; where nothing is recorded, the declared recipients
of the activities that were touched are told.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import httpx2
from sqlalchemy import Connection

from zusage.agenda import OutsideWork, Then, schedule
from zusage.database.engines import resolve_reference
from zusage.errors import StoreUnreachable
from zusage.keepers.context import Context
from zusage.keepers.rights import letters
from zusage.keepers.rights.acts import Act
from zusage.keepers.rights.deadlines import due_by_promise
from zusage.keepers.rights.finding import Subject, disclosures
from zusage.keepers.rights.intake import AGENDA, hashed
from zusage.keepers.rights.parties import Told, read_parties
from zusage.keepers.rights.passing import receipt_token
from zusage.mail import Message, enqueue
from zusage.registers.notifications import (
    COMPLETED,
    QUEUED,
    RECIPIENT,
    SENT,
    TASK,
    Notification,
    add_notification,
    change_notification,
    notification,
)
from zusage.registers.requests import Kind, Request
from zusage_client.webhooks import SIGNATURE, sign_webhook

#: what recipients are told of
TOLD = frozenset({Kind.ERASURE, Kind.RECTIFICATION, Kind.RESTRICTION, Kind.WITHDRAW_CONSENT, Kind.OBJECTION})
_TIMEOUT = 10.0  # seconds


class NotDelivered(StoreUnreachable):
    """A recipient's webhook did not take the notice; it is sent again later with the same key."""


def queue(
    connection: Connection, context: Context, request: Request, acts: Sequence[Act], now: datetime
) -> list[str]:
    """Put every recipient who must hear of it on file and on the agenda; returns who."""
    if request.kind not in TOLD or not any(act.outcome.hit for act in acts):
        return []
    due = due_by_promise(context.declaration, request.kind, now, "inform-recipients") or request.due
    names = sorted(_concerned(context, request, acts))
    for name in names:
        add_notification(connection, Notification(request.id, RECIPIENT, name, QUEUED, due, now))
        args = {"request": request.id, "party": name}
        schedule(connection, AGENDA, f"tell/{request.id}/{name}", now, args, step="tell")
    return names


def disclosed_to(connection: Connection, context: Context, subject: Subject) -> list[str]:
    """Recipients that got data of the person, by the register; asked before anything is erased."""
    return sorted({one.recipient for one in disclosures(connection, context, subject)})


def _concerned(context: Context, request: Request, acts: Sequence[Act]) -> set[str]:
    declared = context.declaration.recipients
    recorded = set((request.details or {}).get("disclosed", ()))
    touched = {act.activity for act in acts if act.outcome.hit and act.activity}
    if request.kind in (Kind.WITHDRAW_CONSENT, Kind.OBJECTION) and not touched:
        recorded = set()
    by_declaration = {
        use.to
        for name in touched
        for use in context.declaration.activities[name].recipients
        if not declared[use.to].category and use.consent is None
    }
    ended = {act.outcome.target for act in acts if act.outcome.action == "withdraw" and act.outcome.hit}
    by_consent = {
        use.to
        for activity in context.declaration.activities.values()
        for use in activity.recipients
        if use.consent in ended
    }
    return {
        name
        for name in recorded | by_declaration | by_consent
        if name in declared and declared[name].notify != "none"
    }


def tell(context: Context, work: OutsideWork, request: Request) -> Then | None:
    """Tell one recipient, at least once with the same key. Raises `NotDelivered`."""
    name = str(work.item.args["party"])
    with context.state.connect() as connection:
        one = notification(connection, request.id, RECIPIENT, name)
    if one is None or one.sent_at is not None or request.identity is None:
        return None
    declared = context.declaration.recipients[name]
    told = read_parties(context.folder).recipients.get(name, Told(email=declared.email))
    way = (
        "webhook"
        if told.webhook
        else "email"
        if told.email and told.email != declared.email
        else declared.notify
    )
    if told.webhook and told.secret:
        _post(context, request, one, told.webhook, told.secret, work.now)
    with context.state.begin() as connection:
        state = {"webhook": COMPLETED, "email": SENT}.get(way, TASK)
        if way == "email" and told.email:
            _mail(connection, context, request, one, told.email, work.now)
        elif way != "webhook":
            state, way = TASK, "task"
            letters.to_staff(
                connection, context, request, "task", work.now, again=name, recipient=declared.name
            )
        receipt = work.now if way == "webhook" else None
        token = receipt_token(context, one)
        change_notification(
            connection, one, state=state, sent_at=work.now, receipt_at=receipt, receipt_hash=hashed(token)
        )
        facts = {"request": request.id, "recipient": name, "way": way}
        context.ledger.append(connection, "request/recipient-told", facts, at=work.now, actor="worker")
    return None


def _content(request: Request, one: Notification) -> dict[str, object]:
    """In the form of OpenDSR: which request, whose identity, what is asked."""
    details = request.details or {}
    said: dict[str, object] = {
        "subject_request_id": request.id,
        "subject_request_type": request.kind.value,
        "request_status": "pending",
        "received_time": request.received_at.isoformat(),
        "subject_identities": [
            {
                "identity_type": request.identity_kind,
                "identity_value": request.identity,
                "identity_format": "raw",
            }
        ],
        "recipient": one.party,
    }
    if request.kind is Kind.RECTIFICATION:
        said["correction"] = {"field": details.get("field"), "value": details.get("value")}
    return said


def _post(
    context: Context, request: Request, one: Notification, url: str, reference: str, now: datetime
) -> None:
    body = json.dumps(_content(request, one), ensure_ascii=False, sort_keys=True).encode()
    secret = resolve_reference(reference, folder=context.folder).encode()
    headers = {
        "content-type": "application/json",
        "idempotency-key": f"{request.id}.{one.party}",
        SIGNATURE: sign_webhook(secret, body, now),
    }
    try:
        answer = httpx2.post(url, content=body, headers=headers, timeout=_TIMEOUT, follow_redirects=False)
    except httpx2.HTTPError:
        raise NotDelivered("a recipient's webhook cannot be reached") from None
    if not 200 <= answer.status_code < 300:
        raise NotDelivered(f"a recipient's webhook answered {answer.status_code}")


def _mail(
    connection: Connection, context: Context, request: Request, one: Notification, email: str, now: datetime
) -> None:
    language = context.declaration.languages[0]
    link = context.link(f"/rights/receipt/{receipt_token(context, one)}")
    kind = letters.say(context, language, f"kind-{request.kind.value}")
    values = {"kind": kind, "identity": str(request.identity), "link": link}
    text = letters.say(context, language, "recipient-text", **values)
    if request.kind is Kind.RECTIFICATION:
        details = request.details or {}
        text += "\n\n" + f"{details.get('field')}: {details.get('value')}"
    subject = letters.say(context, language, "recipient-subject", reference=request.reference)
    message = Message(
        email, subject, text, "request/recipient", language=language, reference=f"request/{request.id}"
    )
    key = f"request/{request.id}/recipient/{one.party}"[:160]
    enqueue(connection, message, sender=context.sender(), now=now, key=key)
