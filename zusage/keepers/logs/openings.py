"""Log openings: within the scope of a case, approved as every opening is (`zusage.sealing.openings`).

Cryptography opens whole segments (hour and customer); the narrower scope is kept by the process that combines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from zusage.keepers.logs.cases import case_of
from zusage.keepers.logs.scopes import Scope
from zusage.keepers.logs.tables import log_segment
from zusage.keepers.logs.vault import Vault
from zusage.sealing.openings import Asked, Asking, SealedFile, all_asked, ask, asked_of
from zusage.sealing.openings import bundle as bundle_of
from zusage.sealing.rooms import Refused, concrete, refuse
from zusage.sealing.shares import check_recipient


@dataclass(frozen=True, slots=True)
class NewOpening:
    """A request: for which case, what of it, why, by whom; `opener` is the age public key of who combines."""

    case: str
    scope: Scope
    reason: str
    person: str
    opener: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A request on file. `state`: pending or opened."""

    id: str
    case: str
    scope: Scope
    reason: str
    opener: str
    requested_at: datetime
    valid_until: datetime
    state: str
    result: str | None
    result_until: datetime | None


def request_opening(vault: Vault, new: NewOpening, now: datetime) -> Opening:
    """File a request. Raises `Refused` (recorded): no open case, outside its scope, no concrete reason; `WrongKey`."""
    check_recipient(new.opener)
    with vault.state.connect() as connection:
        case = case_of(connection, vault.name, new.case)
    if case is None or not case.open_at(now):
        refuse(vault, "no-case", f"there is no open case '{new.case}'; logs are opened for a case only", now)
    facts = {"case": case.id}
    if not concrete(new.reason):
        refuse(vault, "no-reason", "an opening needs a concrete reason; routine is none", now, facts)
    if not case.scope.covers(new.scope):
        refuse(
            vault,
            "out-of-scope",
            f"the case '{case.id}' does not cover this period, customer or address",
            now,
            facts,
        )
    asking = Asking(case.id, new.scope.as_json(), new.reason, new.person, new.opener)
    return _opening(ask(vault, asking, facts, now, vault.policy.approve_within))


def opening_of(connection: Connection, vault: Vault, opening: str) -> Opening | None:
    """One request."""
    found = asked_of(connection, vault, opening)
    return _opening(found) if found else None


def openings(connection: Connection, vault: Vault) -> Sequence[Opening]:
    """All requests, oldest first."""
    return [_opening(each) for each in all_asked(connection, vault)]


def _opening(asked: Asked) -> Opening:
    scope = Scope.read(asked.scope)
    return Opening(
        asked.id, asked.matter, scope, asked.reason, asked.opener, asked.requested_at, asked.valid_until, asked.state,
        asked.result, asked.result_until,
    )  # fmt: skip


def segments_in(connection: Connection, vault: Vault, scope: Scope) -> Sequence[Row[Any]]:
    """The segments whose hour and customer a scope touches."""
    query = select(log_segment).where(
        log_segment.c.activity == vault.name,
        log_segment.c.erased_at.is_(None),
        log_segment.c.held_for.is_(None),
        log_segment.c.hour > scope.begin - timedelta(hours=1),
        log_segment.c.hour < scope.end,
    )
    if scope.customer is not None:
        query = query.where(log_segment.c.customer == scope.customer)
    return connection.execute(query.order_by(log_segment.c.hour, log_segment.c.id)).all()


def file_of(vault: Vault, row: Row[Any]) -> SealedFile:
    """A segment, for opening."""
    return SealedFile(row.id, vault.folder / row.file, row.customer)


def bundle(vault: Vault, opening: str) -> dict[str, Any]:
    """What an approver reads and needs: the request in words, and the wrapped shares of every segment in scope."""
    with vault.state.connect() as connection:
        found = asked_of(connection, vault, opening)
        if found is None:
            raise Refused(f"there is no log opening '{opening}'")
        case = case_of(connection, vault.name, found.matter)
        rows = segments_in(connection, vault, Scope.read(found.scope))
    says = {"case": found.matter, "suspicion": case.suspicion if case else ""}
    return bundle_of(found, says, [file_of(vault, row) for row in rows])
