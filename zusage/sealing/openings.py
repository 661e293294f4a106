"""Openings: request → approval by each role with its own key → the process in which the shares come together.

The server never sees a private key and never a role's share: an approver opens the shares of the segments in question on a
machine of their own (`approve` needs no workspace) and wraps them to the opener's public key. Only the process that
combines, with the opener's private key, holds them in the open.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from zusage.law.duration import Duration
from zusage.law.periods import retention_end
from zusage.ledger import commit
from zusage.sealing.keyholders import Holder, listed
from zusage.sealing.rooms import Room, key_of, refuse
from zusage.sealing.segments import read_head
from zusage.sealing.shares import (
    OpenShare,
    RoleShare,
    WrongKey,
    check_recipient,
    joined,
    open_share,
    public_of,
    segment_key,
    unwrap,
    wrap,
)
from zusage.sealing.tables import seal_approval, seal_opening

#: how long a request waits for approvals where nothing else is declared
APPROVE_WITHIN = Duration.parse("P14D")


@dataclass(frozen=True, slots=True)
class Asking:
    """A request: for which case or on which ground (`matter`), what of it, why, by whom; `opener` is the age public key of
    who combines."""

    matter: str
    scope: Mapping[str, Any]
    reason: str
    person: str
    opener: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request on file. `state`: pending or opened."""

    id: str
    matter: str
    scope: Mapping[str, Any]
    reason: str
    opener: str
    requested_at: datetime
    valid_until: datetime
    state: str
    result: str | None
    result_until: datetime | None


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A segment in question. `customer` is named where its approval is missing."""

    id: str
    path: Path
    customer: str = ""


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


def ask(
    room: Room, asking: Asking, facts: Mapping[str, Any], now: datetime, within: Duration | None = None
) -> Asked:
    """File a request that waits `within` for approvals; the ledger gets `facts` and a commitment. Raises `WrongKey`."""
    opener = check_recipient(asking.opener)
    until = retention_end(now, within or APPROVE_WITHIN, "event", room.zone)
    reason = " ".join(asking.reason.split())
    commitment, salt = commit({"reason": reason, "scope": dict(asking.scope)})
    made = Asked(
        secrets.token_hex(16), asking.matter, asking.scope, reason, opener, now, until, "pending", None, None
    )
    with room.state.begin() as connection:
        values = {
            "id": made.id, "room": key_of(room), "matter": made.matter, "scope": dict(made.scope), "reason": reason,
            "salt": salt, "requested_by": asking.person, "opener": opener, "requested_at": now, "valid_until": until,
            "state": made.state,
        }  # fmt: skip
        connection.execute(seal_opening.insert().values(**values))
        said = {**facts, "opening": made.id, "content": commitment, "until": until.isoformat()}
        room.record(connection, f"{room.acts}/opening-requested", said, now, asking.person)
    return made


def asked_of(connection: Connection, room: Room, opening: str) -> Asked | None:
    """One request."""
    query = select(seal_opening).where(seal_opening.c.id == opening, seal_opening.c.room == key_of(room))
    row = connection.execute(query).one_or_none()
    return _asked(row) if row else None


def all_asked(connection: Connection, room: Room) -> Sequence[Asked]:
    """All requests of a room, oldest first."""
    query = select(seal_opening).where(seal_opening.c.room == key_of(room))
    return [_asked(row) for row in connection.execute(query.order_by(seal_opening.c.requested_at))]


def _asked(row: Row[Any]) -> Asked:
    return Asked(
        row.id, row.matter, row.scope, row.reason, row.opener, row.requested_at, row.valid_until, row.state, row.result,
        row.result_until,
    )  # fmt: skip


def bundle(asked: Asked, says: Mapping[str, Any], files: Iterable[SealedFile]) -> dict[str, Any]:
    """What an approver reads and needs: the request in words (`says` beside it), and the wrapped shares of every segment."""
    segments = []
    for each in files:
        shares = [
            {"role": one.role, "index": one.index, "wrapped": base64.b64encode(one.wrapped).decode()}
            for one in read_head(each.path).shares
        ]
        segments.append({"segment": each.id, "shares": shares})
    return {
        "opening": asked.id,
        **says,
        "scope": dict(asked.scope),
        "reason": asked.reason,
        "opener": asked.opener,
        "valid_until": asked.valid_until.isoformat(),
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


def accept(room: Room, approval: Approval, now: datetime) -> Asked:
    """File an approval. Raises `Refused` (recorded): not pending, expired, revoked key, wrong role, a second role."""
    with room.state.connect() as connection:
        found = asked_of(connection, room, approval.opening)
        holder = next((each for each in listed(connection) if each.public == approval.public), None)
        given = approvals(connection, approval.opening)
    if found is None:
        refuse(room, "no-opening", "there is no such opening", now)
    facts: dict[str, Any] = {"opening": found.id, "role": approval.role}
    if holder is None or holder.role != approval.role:
        refuse(room, "unknown-key", f"this key does not hold the role '{approval.role}'", now, facts)
    if not holder.in_force:
        refuse(room, "revoked-key", "this key was revoked", now, facts)
    if found.state != "pending" or now >= found.valid_until:
        refuse(room, "opening-over", "this opening is over; it waits for no approval", now, facts)
    if any(_same_person(each, holder) for each, _ in given):
        refuse(
            room, "second-approval", "this person has approved already and does not count twice", now, facts
        )
    with room.state.begin() as connection:
        values = {
            "id": secrets.token_hex(16),
            "opening": found.id,
            "role": approval.role,
            "holder": holder.id,
        }
        connection.execute(
            seal_approval.insert().values(at=now, shares=approval.shares, withdrawn=False, **values)
        )
        room.record(
            connection, f"{room.acts}/opening-approved", {**facts, "holder": holder.id}, now, holder.person
        )
    return found


def _same_person(one: Holder, other: Holder) -> bool:
    return one.public == other.public or one.person.casefold() == other.person.casefold()


def approvals(connection: Connection, opening: str) -> list[tuple[Holder, bytes]]:
    """The approvals on file with their holders as they are registered now."""
    holders = {each.id: each for each in listed(connection)}
    query = select(seal_approval).where(seal_approval.c.opening == opening).order_by(seal_approval.c.at)
    rows = connection.execute(query).all()
    return [(holders[row.holder], row.shares) for row in rows if row.holder in holders]


def open_once(
    room: Room, found: Asked | None, files: Sequence[SealedFile], identity: str, facts: dict[str, Any], now: datetime
) -> Mapping[str, Sequence[OpenShare]]:  # fmt: skip
    """The shares of the approved segments, for the opener's key, once. The act is on record before this returns.

    Raises `Refused` (recorded) where approvals are missing, expired, revoked or not for this opener's key.
    """
    if found is None:
        refuse(room, "no-opening", "there is no such opening", now)
    with room.state.connect() as connection:
        given = approvals(connection, found.id)
    shares = _checked(room, found, given, files, identity, now)
    with room.state.begin() as connection:
        pending = (seal_opening.c.id == found.id) & (seal_opening.c.state == "pending")
        changed = connection.execute(
            seal_opening.update().where(pending).values(state="opened", opened_at=now)
        )
        if changed.rowcount:
            said = {"opening": found.id, "segments": len(files), **facts}
            room.record(connection, f"{room.acts}/opened", said, now)
    if not changed.rowcount:
        refuse(room, "opening-over", "this opening was used already", now, {"opening": found.id})
    return shares


def _checked(
    room: Room, found: Asked, given: Sequence[tuple[Holder, bytes]], files: Sequence[SealedFile], identity: str,
    now: datetime,
) -> Mapping[str, Sequence[OpenShare]]:  # fmt: skip
    facts = {"opening": found.id}
    if found.state != "pending":
        refuse(room, "opening-over", "this opening was used already", now, facts)
    if now >= found.valid_until:
        refuse(room, "expired-approval", "the approvals of this opening have expired", now, facts)
    if public_of(identity) != found.opener:
        refuse(room, "unknown-key", "this is not the key of the opener named in the request", now, facts)
    if any(not holder.in_force for holder, _ in given):
        refuse(room, "revoked-key", "a key that approved was revoked since", now, facts)
    missing = _missing(room, given)
    if missing:
        said = f"approval is missing: {', '.join(missing)}"
        refuse(room, "approval-missing", said, now, {**facts, "missing": len(missing)})
    shares = _opened_shares(given, identity)
    for each in files:
        head = read_head(each.path)
        there = {one.index for one in shares.get(each.id, ())}
        no_customer = 0 in {one.index for one in head.shares} and 0 not in there
        if len(there - {0}) < head.quorum or no_customer:
            customer = f" of the customer '{each.customer}'" if no_customer else ""
            said = f"the approvals do not reach a segment{customer} in scope"
            refuse(room, "approval-missing", said, now, facts)
    return {each.id: shares.get(each.id, ()) for each in files}


def _missing(room: Room, given: Sequence[tuple[Holder, bytes]]) -> list[str]:
    """Roles that have not approved, as far as the quorum needs them. Each person counts once."""
    people: dict[str, str] = {}
    for holder, _ in given:
        people.setdefault(holder.person.casefold(), holder.role)
    roles = set(people.values())
    left = [role for role in room.opened_by if role not in roles]
    return left if len(room.opened_by) - len(left) < room.quorum else []


def _opened_shares(given: Sequence[tuple[Holder, bytes]], identity: str) -> dict[str, list[OpenShare]]:
    found: dict[str, list[OpenShare]] = {}
    for holder, wrapped in given:
        try:
            content = json.loads(unwrap(wrapped, identity))
        except (WrongKey, ValueError):
            continue
        for segment, (index, share) in content["shares"].items():
            found.setdefault(segment, []).append(OpenShare(holder.role, int(index), bytes.fromhex(share)))
    return found


def key_from(room: Room, file: SealedFile, shares: Sequence[OpenShare]) -> bytes:
    """The key of a segment from opened shares and the key store's. Raises `KeyMissing`, `DamagedSegment`."""
    by_index: dict[int, OpenShare] = {}
    for share in shares:
        by_index.setdefault(share.index, share)
    quorum = read_head(file.path).quorum
    roles = [share for index, share in sorted(by_index.items()) if index][:quorum]
    used = [*roles, *([by_index[0]] if 0 in by_index else [])]
    return segment_key(file.id, joined(used), room.key_store.read(file.id))
