"""Log openings: request → approval by each role with its own key → combining in one short process → result that expires.

The server never sees a private key and never a role's share: an approver opens the shares of the segments in scope on a
machine of their own (`approve` needs no workspace) and wraps them to the opener's public key. Only the process that
combines, with the opener's private key, holds them in the open. Cryptography opens whole segments (hour and customer);
the narrower scope is kept by this program, in that process.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from zusage.keepers.logs.cases import Refused, case_of, concrete, refuse
from zusage.keepers.logs.keyholders import Holder, listed
from zusage.keepers.logs.scopes import Scope
from zusage.keepers.logs.sealing import read_head
from zusage.keepers.logs.shares import (
    RoleShare,
    WrongKey,
    check_recipient,
    open_share,
    public_of,
    wrap,
)
from zusage.keepers.logs.tables import log_approval, log_opening, log_segment
from zusage.keepers.logs.vault import Vault
from zusage.law.duration import Duration
from zusage.law.periods import retention_end
from zusage.ledger import commit

_APPROVE_WITHIN = Duration.parse("P14D")


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
    """A request on file. `state`: pending, opened, refused or expired."""

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


@dataclass(frozen=True, slots=True)
class Approval:
    """What an approver hands back: who (by public key), for which role, and the role's shares wrapped to the opener."""

    opening: str
    role: str
    public: str
    shares: bytes

    def as_json(self) -> dict[str, str]:
        """For a file between two machines."""
        coded = base64.b64encode(self.shares).decode()
        return {"opening": self.opening, "role": self.role, "public": self.public, "shares": coded}

    @classmethod
    def read(cls, content: Mapping[str, str]) -> Approval:
        """From `as_json`."""
        return cls(
            content["opening"], content["role"], content["public"], base64.b64decode(content["shares"])
        )


def request_opening(vault: Vault, new: NewOpening, now: datetime) -> Opening:
    """File a request. Raises `Refused` (recorded): no open case, outside its scope, no concrete reason; `WrongKey`."""
    opener = check_recipient(new.opener)
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
    until = retention_end(now, vault.policy.approve_within or _APPROVE_WITHIN, "event", vault.zone)
    reason = " ".join(new.reason.split())
    commitment, salt = commit({"reason": reason, "scope": new.scope.as_json()})
    made = Opening(
        secrets.token_hex(16), case.id, new.scope, reason, opener, now, until, "pending", None, None
    )  # fmt: skip
    with vault.state.begin() as connection:
        values = {
            "id": made.id, "activity": vault.name, "case_id": case.id, "scope": new.scope.as_json(), "reason": reason,
            "salt": salt, "requested_by": new.person, "opener": opener, "requested_at": now, "valid_until": until,
            "state": "pending",
        }  # fmt: skip
        connection.execute(log_opening.insert().values(**values))
        facts = {"case": case.id, "opening": made.id, "content": commitment, "until": until.isoformat()}
        vault.record(connection, "logs/opening-requested", facts, now, new.person)
    return made


def opening_of(connection: Connection, vault: Vault, opening: str) -> Opening | None:
    """One request."""
    query = select(log_opening).where(log_opening.c.id == opening, log_opening.c.activity == vault.name)
    row = connection.execute(query).one_or_none()
    return _opening(row) if row else None


def openings(connection: Connection, vault: Vault) -> Sequence[Opening]:
    """All requests, oldest first."""
    query = (
        select(log_opening).where(log_opening.c.activity == vault.name).order_by(log_opening.c.requested_at)
    )
    return [_opening(row) for row in connection.execute(query)]


def _opening(row: Row[Any]) -> Opening:
    scope = Scope.read(row.scope)
    return Opening(
        row.id, row.case_id, scope, row.reason, row.opener, row.requested_at, row.valid_until, row.state, row.result,
        row.result_until,
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


def bundle(vault: Vault, opening: str) -> dict[str, Any]:
    """What an approver reads and needs: the request in words, and the wrapped shares of every segment in scope."""
    with vault.state.connect() as connection:
        found = opening_of(connection, vault, opening)
        if found is None:
            raise Refused(f"there is no log opening '{opening}'")
        case = case_of(connection, vault.name, found.case)
        rows = segments_in(connection, vault, found.scope)
    segments = []
    for row in rows:
        head = read_head(vault.folder / row.file)
        shares = [
            {"role": each.role, "index": each.index, "wrapped": base64.b64encode(each.wrapped).decode()}
            for each in head.shares
        ]
        segments.append({"segment": row.id, "shares": shares})
    return {
        "opening": found.id,
        "case": found.case,
        "suspicion": case.suspicion if case else "",
        "scope": found.scope.as_json(),
        "reason": found.reason,
        "opener": found.opener,
        "valid_until": found.valid_until.isoformat(),
        "segments": segments,
    }


def approve(content: Mapping[str, Any], identity: str, role: str) -> Approval:
    """On the approver's machine: open the role's shares with the private key and wrap them to the opener.

    `content` is a `bundle`. Raises `WrongKey` if the key holds no share of that role in any segment.
    """
    opened: dict[str, Any] = {}
    for each in content["segments"]:
        for share in each["shares"]:
            if share["role"] != role:
                continue
            try:
                wrapped = RoleShare(role, share["index"], base64.b64decode(share["wrapped"]))
                found = open_share(each["segment"], wrapped, identity)
            except WrongKey:
                continue
            opened[each["segment"]] = [found.index, found.share.hex()]
    if content["segments"] and not opened:
        raise WrongKey(f"this key opens nothing for the role '{role}'")
    plain = json.dumps({"opening": content["opening"], "role": role, "shares": opened}).encode()
    return Approval(content["opening"], role, public_of(identity), wrap(plain, [content["opener"]]))


def accept(vault: Vault, approval: Approval, now: datetime) -> Opening:
    """File an approval. Raises `Refused` (recorded): not pending, expired, revoked key, wrong role, a second role."""
    with vault.state.connect() as connection:
        found = opening_of(connection, vault, approval.opening)
        holder = next((each for each in listed(connection) if each.public == approval.public), None)
        given = approvals(connection, approval.opening)
    if found is None:
        refuse(vault, "no-opening", "there is no such log opening", now)
    facts: dict[str, Any] = {"opening": found.id, "role": approval.role}
    if holder is None or holder.role != approval.role:
        refuse(vault, "unknown-key", f"this key does not hold the role '{approval.role}'", now, facts)
    if not holder.in_force:
        refuse(vault, "revoked-key", "this key was revoked", now, facts)
    if found.state != "pending" or now >= found.valid_until:
        refuse(vault, "opening-over", "this opening is over; it waits for no approval", now, facts)
    if any(_same_person(each, holder) for each, _ in given):
        refuse(
            vault, "second-approval", "this person has approved already and does not count twice", now, facts
        )
    with vault.state.begin() as connection:
        values = {
            "id": secrets.token_hex(16),
            "opening": found.id,
            "role": approval.role,
            "holder": holder.id,
        }
        connection.execute(
            log_approval.insert().values(at=now, shares=approval.shares, withdrawn=False, **values)
        )
        vault.record(connection, "logs/opening-approved", {**facts, "holder": holder.id}, now, holder.person)
    return found


def _same_person(one: Holder, other: Holder) -> bool:
    return one.public == other.public or one.person.casefold() == other.person.casefold()


def approvals(connection: Connection, opening: str) -> list[tuple[Holder, bytes]]:
    """The approvals on file with their holders as they are registered now."""
    holders = {each.id: each for each in listed(connection)}
    query = select(log_approval).where(log_approval.c.opening == opening).order_by(log_approval.c.at)
    rows = connection.execute(query).all()
    return [(holders[row.holder], row.shares) for row in rows if row.holder in holders]
