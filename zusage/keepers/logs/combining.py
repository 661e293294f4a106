"""The short process in which shares come together: opens segments, keeps to the scope, seals the result for the case."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from zusage.keepers.logs.cases import refuse
from zusage.keepers.logs.keyholders import Holder
from zusage.keepers.logs.openings import Opening, approvals, opening_of, segments_in
from zusage.keepers.logs.scopes import Scope
from zusage.keepers.logs.sealing import DamagedSegment, Head, SegmentReader, SegmentWriter, read_head
from zusage.keepers.logs.shares import (
    KeyMissing,
    OpenShare,
    WrongKey,
    joined,
    public_of,
    segment_key,
    sync_folder,
    unwrap,
)
from zusage.keepers.logs.tables import log_opening, log_segment
from zusage.keepers.logs.vault import Vault
from zusage.law.duration import Duration
from zusage.law.periods import retention_end

_OPENED_FOR = Duration.parse("P14D")


@dataclass(frozen=True, slots=True)
class Opened:
    """What an opening came to: lines found in scope, segments opened, segments that could not be read."""

    opening: str
    lines: int
    segments: int
    damaged: tuple[str, ...]
    until: datetime


def combine_and_open(vault: Vault, opening: str, identity: str, now: datetime) -> Opened:
    """Open what was approved, once. The act is recorded before shares are combined.

    Raises `Refused` (recorded) where approvals are missing, expired, revoked or not for this opener's key.
    """
    found, shares, rows = _checked(vault, opening, identity, now)
    facts = {"opening": found.id, "case": found.case, "segments": len(rows)}
    with vault.state.begin() as connection:
        pending = (log_opening.c.id == found.id) & (log_opening.c.state == "pending")
        changed = connection.execute(
            log_opening.update().where(pending).values(state="opened", opened_at=now)
        )
        if changed.rowcount:
            vault.record(connection, "logs/opened", facts, now)
    if not changed.rowcount:
        refuse(vault, "opening-over", "this opening was used already", now, {"opening": found.id})
    until = retention_end(now, vault.policy.opened_for or _OPENED_FOR, "event", vault.zone)
    lines: list[bytes] = []
    damaged = []
    for row in rows:
        try:
            lines += in_scope(vault, _lines(vault, row, shares[row.id]), found.scope)
        except (DamagedSegment, KeyMissing):
            damaged.append(row.id)
    result = keep_lines(vault, lines, found.case, (found.scope.begin, found.scope.customer or "other"), now)
    with vault.state.begin() as connection:
        done = log_opening.update().where(log_opening.c.id == found.id)
        connection.execute(done.values(result=result, result_until=until))
        counts = {
            "opening": found.id,
            "lines": len(lines),
            "damaged": len(damaged),
            "until": until.isoformat(),
        }
        vault.record(connection, "logs/opening-done", counts, now)
    return Opened(found.id, len(lines), len(rows), tuple(damaged), until)


def _checked(
    vault: Vault, opening: str, identity: str, now: datetime
) -> tuple[Opening, Mapping[str, Sequence[OpenShare]], Sequence[Row[Any]]]:
    with vault.state.connect() as connection:
        found = opening_of(connection, vault, opening)
        given = approvals(connection, opening)
        rows = segments_in(connection, vault, found.scope) if found else []
    if found is None:
        refuse(vault, "no-opening", "there is no such log opening", now)
    facts = {"opening": found.id}
    if found.state != "pending":
        refuse(vault, "opening-over", "this opening was used already", now, facts)
    if now >= found.valid_until:
        refuse(vault, "expired-approval", "the approvals of this opening have expired", now, facts)
    if public_of(identity) != found.opener:
        refuse(vault, "unknown-key", "this is not the key of the opener named in the request", now, facts)
    if any(not holder.in_force for holder, _ in given):
        refuse(vault, "revoked-key", "a key that approved was revoked since", now, facts)
    missing = _missing(vault, given)
    if missing:
        said = f"approval is missing: {', '.join(missing)}"
        refuse(vault, "approval-missing", said, now, {**facts, "missing": len(missing)})
    shares = _opened_shares(given, identity)
    for row in rows:
        head = read_head(vault.folder / row.file)
        needed = {each.index for each in head.shares}
        there = {each.index for each in shares.get(row.id, ())}
        enough = len(there - {0}) >= head.quorum
        if not enough or (0 in needed and 0 not in there):
            customer = f" of the customer '{row.customer}'" if 0 in needed and 0 not in there else ""
            refuse(
                vault,
                "approval-missing",
                f"the approvals do not reach a segment{customer} in scope",
                now,
                facts,
            )
    return found, {row.id: shares.get(row.id, ()) for row in rows}, rows


def _missing(vault: Vault, given: Sequence[tuple[Holder, bytes]]) -> list[str]:
    """Roles that have not approved, as far as the quorum needs them. Each person counts once."""
    people: dict[str, str] = {}
    for holder, _ in given:
        people.setdefault(holder.person.casefold(), holder.role)
    roles = set(people.values())
    left = [role for role in vault.policy.opened_by if role not in roles]
    quorum = vault.policy.quorum or len(vault.policy.opened_by)
    return left if len(vault.policy.opened_by) - len(left) < quorum else []


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


def _lines(vault: Vault, row: Row[Any], shares: Sequence[OpenShare]) -> Iterator[bytes]:
    path = vault.folder / row.file
    by_index: dict[int, OpenShare] = {}
    for share in shares:
        by_index.setdefault(share.index, share)
    quorum = read_head(path).quorum
    roles = [share for index, share in sorted(by_index.items()) if index][:quorum]
    used = [*roles, *([by_index[0]] if 0 in by_index else [])]
    key = segment_key(row.id, joined(used), vault.key_store.read(row.id))
    for block in SegmentReader(path, key).blocks():
        yield from block.splitlines(keepends=True) if b"\r" not in block else _by_line_feed(block)


def _by_line_feed(block: bytes) -> list[bytes]:
    return [line + b"\n" for line in block.split(b"\n")[:-1]]


def in_scope(vault: Vault, lines: Iterator[bytes], scope: Scope) -> list[bytes]:
    """The lines of a scope. Malformed lines have no time and are never in one."""
    fmt, kept = vault.format, []
    for line in lines:
        text = line.rstrip(b"\n")
        parsed = fmt.parse(fmt.readable(text))
        if parsed is not None and scope.holds(fmt, parsed):
            kept.append(line)
    return kept


def lines_in(vault: Vault, row: Row[Any], scope: Scope, *, tolerant: bool = False) -> Iterator[bytes]:
    """The lines of a scope in a segment that the server alone can read. Raises `KeyMissing`, `DamagedSegment`."""
    key = segment_key(row.id, b"", vault.key_store.read(row.id))
    for block in SegmentReader(vault.folder / row.file, key, tolerant=tolerant).blocks():
        yield from in_scope(vault, iter(_by_line_feed(block)), scope)


def keep_lines(
    vault: Vault, lines: Sequence[bytes], case: str, place: tuple[datetime, str], now: datetime, of: str = ""
) -> str:
    """Seal lines of a case for the server alone, in a segment of their own (`of` the segment they were in).

    Returns its id.
    """
    hour, customer = place
    segment = secrets.token_hex(16)
    folder = vault.sealed / "cases"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{secrets.token_hex(16)}.seg"
    key = segment_key(segment, b"", vault.key_store.create(segment, "cases"))
    writer = SegmentWriter(path, Head(segment, (), 0), key)
    for start in range(0, len(lines), 2000):
        writer.write(b"".join(lines[start : start + 2000]))
    size = writer.close()
    sync_folder(folder)
    vault.key_store.sync(["cases"])
    with vault.state.begin() as connection:
        values = {
            "id": segment, "activity": vault.name, "batch": of or segment, "customer": customer, "hour": hour,
            "lines": len(lines), "malformed": 0, "file": str(path.relative_to(vault.folder)), "size": size,
            "sealed_at": now, "recorded_at": min(hour, now), "held_for": case,
        }  # fmt: skip
        connection.execute(log_segment.insert().values(**values))
    return segment


def read_result(vault: Vault, opening: str, person: str, now: datetime) -> bytes:
    """The lines of an opening, as long as they are there. Every look is recorded. Raises `Refused`, `KeyMissing`."""
    with vault.state.connect() as connection:
        found = opening_of(connection, vault, opening)
        row = None
        if found and found.result:
            query = select(log_segment).where(
                log_segment.c.id == found.result, log_segment.c.erased_at.is_(None)
            )
            row = connection.execute(query).one_or_none()
    if found is None or found.result_until is None or now >= found.result_until or row is None:
        refuse(vault, "result-gone", "there is no result of this opening, or it has expired", now)
    content = b"".join(
        SegmentReader(
            vault.folder / row.file, segment_key(row.id, b"", vault.key_store.read(row.id))
        ).blocks()
    )
    with vault.state.begin() as connection:
        facts = {"opening": found.id, "case": found.case, "lines": row.lines}
        vault.record(connection, "logs/result-read", facts, now, person)
    return content
