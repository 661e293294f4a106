"""Audits by customers (Art. 28(3)(h)): a request becomes a case with its due date and the evidence held for this customer.

Listed is what everybody under a contract may see – measures and sub-processors as published, certificates and attestations in
force – and what was done for or told to this customer; nothing that concerns another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from zusage.errors import ZusageError
from zusage.keepers.rights.parties import Customer
from zusage.law.duration import Duration
from zusage.law.periods import retention_end
from zusage.partners import NoPartner, NotReady, customer_of, versions
from zusage.registers.announcements import ANNOUNCED, ANNOUNCEMENTS
from zusage.registers.attestations import newest_attestations
from zusage.registers.audits import Audit, add_audit, answered, audits
from zusage.registers.notifications import CUSTOMER, NOTIFICATIONS
from zusage.workspace import Workspace

#: our own term where the declaration names none; the law names none either
WITHIN = Duration.parse("P1M")


class NoAudit(ZusageError):
    """There is no open audit request of this number; nothing was recorded."""


def register(workspace: Workspace, customer: str, person: str, received: datetime, now: datetime) -> Audit:
    """Put a customer's audit request on file with due date, version of the measures, and the evidence held.

    Raises `NoPartner` without a contract in force, `NotReady` where no version of the measures was published.
    """
    found = customer_of(workspace, customer)
    if found.contract is None or found.contract > received.date():
        raise NoPartner("there is no processing contract with this customer")
    behalf = workspace.declaration.on_behalf
    within = behalf.audits_within if behalf and behalf.audits_within else WITHIN
    actor = workspace.context.keys.pseudonym("actors", person)
    with workspace.state.begin() as connection:
        current = next(iter(versions(connection, received.date())), None)
        if current is None:
            raise NotReady("no version of the measures is published", hint="zusage publish --by NAME")
        as_of = current.publication.as_of
        listed = [{"kind": name, "as_of": str(as_of)} for name in ("measures", "processors")]
        listed += _general(workspace, connection, now)
        listed += _own(connection, customer, found)
        due = retention_end(received, within, "event", workspace.declaration.time_zone)
        values = {
            "customer": customer, "received_at": received, "due": due, "measures_as_of": as_of,
            "evidence": listed, "actor": actor,
        }  # fmt: skip
        number = add_audit(connection, values)
        facts = {"audit": number, "evidence": len(listed), "measures": str(as_of), "due": due.isoformat()}
        workspace.context.ledger.append(connection, "audit/registered", facts, at=now, actor=actor)
        return next(one for one in audits(connection) if one.id == number)


def record_answer(workspace: Workspace, number: int, person: str, now: datetime) -> None:
    """The evidence was handed over. Raises `NoAudit`."""
    actor = workspace.context.keys.pseudonym("actors", person)
    with workspace.state.begin() as connection:
        if not answered(connection, number, now):
            raise NoAudit(
                f"there is no open audit request {number}", hint="`zusage partner audits` lists them"
            )
        workspace.context.ledger.append(connection, "audit/answered", {"audit": number}, at=now, actor=actor)


def _general(workspace: Workspace, connection: Connection, now: datetime) -> Iterator[dict[str, Any]]:
    """What a person vouches for now: measures and contracts with sub-processors."""
    for promise, made in sorted(newest_attestations(connection).items()):
        if made.withdrawn_at is not None or not made.made_at <= now < made.valid_until:
            continue
        name = promise.removeprefix("attestation/measure/")
        measure = workspace.declaration.measures.get(name)
        kind = measure.kind if measure else "attestation"
        yield {
            "kind": kind, "promise": promise, "role": made.role, "until": made.valid_until.date().isoformat(),
            "document_sha256": made.document_sha256,
        }  # fmt: skip


def _own(connection: Connection, customer: str, found: Customer) -> Iterator[dict[str, Any]]:
    """What was agreed with, told to and passed on to this customer."""
    yield {"kind": "contract", "since": str(found.contract), "services": list(found.services)}
    told = select(ANNOUNCEMENTS).join(ANNOUNCED).where(ANNOUNCED.c.party == customer)
    for row in connection.execute(told.order_by(ANNOUNCEMENTS.c.made_at)):
        yield {"kind": f"told/{row.kind}", "id": row.id, "at": row.made_at.isoformat()}
    passed = select(NOTIFICATIONS).where(NOTIFICATIONS.c.role == CUSTOMER, NOTIFICATIONS.c.party == customer)
    for row in connection.execute(passed.order_by(NOTIFICATIONS.c.queued_at)):
        yield {"kind": "request-passed-on", "request": row.request, "at": row.queued_at.isoformat()}
