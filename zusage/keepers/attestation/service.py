"""Vouching: file an attestation, withdraw it, remind in time."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from zusage.agenda import schedule
from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.law.duration import Duration
from zusage.law.periods import retention_end
from zusage.mail import Message, Sender, enqueue
from zusage.promises import Promise
from zusage.registers.attestations import Attestation, attestations_of, file_attestation, withdraw_attestation

REMINDER = "attestation-reminder"
#: the reminder comes this long before an attestation runs out
REMIND_BEFORE = timedelta(days=30)


class BadAttestation(ZusageError):
    """An attestation that cannot be taken: nothing was filed."""


@dataclass(frozen=True, slots=True)
class Vouching:
    """Who vouches, in which role, on which document, until when (by default as long as the declaration says)."""

    person: str
    role: str
    document: Path | None = None
    until: datetime | None = None


def attest(context: Context, promise: Promise, vouching: Vouching, now: datetime) -> Attestation:
    """File an attestation: row, ledger entry and reminder in one transaction. Raises `BadAttestation`."""
    until = vouching.until or retention_end(now, Duration.parse(promise.terms["every"]), "event")
    _check(promise, vouching, until, now)
    content = vouching.document.read_bytes() if vouching.document else None
    made = Attestation(
        id=secrets.token_hex(12),
        promise=promise.id,
        version=promise.version,
        made_at=now,
        valid_until=until,
        withdrawn_at=None,
        person=vouching.person.strip(),
        role=vouching.role,
        document_name=vouching.document.name if vouching.document else None,
        document_sha256=hashlib.sha256(content).hexdigest() if content is not None else None,
    )
    facts = {"promise": promise.id, "version": promise.version, "until": until.isoformat(), "role": made.role}
    if made.document_sha256:
        facts["document_sha256"] = made.document_sha256
    with context.state.begin() as connection:
        file_attestation(connection, made)
        actor = context.keys.pseudonym("actors", made.person)
        context.ledger.append(connection, "attestation/made", facts, at=now, actor=actor)
        schedule(connection, REMINDER, made.id, max(now, until - REMIND_BEFORE), {"promise": promise.id})
    return made


def withdraw(context: Context, promise: Promise, person: str, now: datetime) -> int:
    """Withdraw what is in force for a promise; returns how many attestations that were. Raises `BadAttestation`."""
    with context.state.begin() as connection:
        count = withdraw_attestation(connection, promise.id, now)
        if not count:
            raise BadAttestation(f"no attestation of '{promise.id}' is in force; nothing was changed")
        actor = context.keys.pseudonym("actors", person)
        context.ledger.append(
            connection, "attestation/withdrawn", {"promise": promise.id}, at=now, actor=actor
        )
    return count


def remind(context: Context, connection: Connection, promise_id: str, now: datetime) -> None:
    """Write to the data protection officer that an attestation runs out soon, unless a newer one is on file."""
    newest = next(iter(attestations_of(connection, promise_id)), None)
    if newest is None or newest.withdrawn_at is not None or newest.valid_until - REMIND_BEFORE > now:
        return
    to = context.officer()
    if to is None:
        return
    text = f"{promise_id}: {newest.valid_until:%Y-%m-%d}\n\nzusage attest {promise_id} --by NAME"
    subject = f"Bestätigung läuft ab / attestation expires: {promise_id}"
    message = Message(to, subject, text, "attestation/reminder", reference=f"attestation/{newest.id}")
    sender = Sender(context.mail.sender or to, context.declaration.controller.name)
    enqueue(connection, message, sender=sender, now=now, key=f"attestation/{newest.id}/reminder")


def _check(promise: Promise, vouching: Vouching, until: datetime, now: datetime) -> None:
    wanted = promise.terms.get("role")
    if not vouching.person.strip():
        raise BadAttestation("an attestation needs the name of the person who vouches", hint="--by 'NAME'")
    if wanted and vouching.role != wanted:
        raise BadAttestation(
            f"'{promise.id}' is vouched for by the role '{wanted}', not '{vouching.role}'",
            hint=f"--role {wanted}",
        )
    if promise.terms.get("document") and vouching.document is None:
        document = promise.terms["document"]
        raise BadAttestation(
            f"'{promise.id}' needs a document: {document.get('en') or document.get('de')}",
            hint="--document FILE",
        )
    if vouching.document is not None and not vouching.document.is_file():
        raise BadAttestation(f"there is no file {vouching.document}; nothing was filed")
    if until <= now:
        raise BadAttestation("an attestation cannot end before it begins", hint="--until a day in the future")
