"""The short process in which shares come together: opens segments, keeps to the scope, seals the result for the case."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from zusage.keepers.logs.openings import file_of, opening_of, segments_in
from zusage.keepers.logs.scopes import Scope
from zusage.keepers.logs.tables import log_segment
from zusage.keepers.logs.vault import Vault
from zusage.law.duration import Duration
from zusage.law.periods import retention_end
from zusage.sealing.openings import SealedFile, asked_of, key_from, open_once
from zusage.sealing.rooms import refuse
from zusage.sealing.segments import DamagedSegment, Head, SegmentReader, SegmentWriter
from zusage.sealing.shares import KeyMissing, segment_key, sync_folder
from zusage.sealing.tables import seal_opening

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
    with vault.state.connect() as connection:
        asked = asked_of(connection, vault, opening)
        rows = segments_in(connection, vault, Scope.read(asked.scope)) if asked else []
    files = [file_of(vault, row) for row in rows]
    shares = open_once(vault, asked, files, identity, {"case": asked.matter if asked else ""}, now)
    assert asked is not None, "open_once refuses what is not there"
    scope = Scope.read(asked.scope)
    until = retention_end(now, vault.policy.opened_for or _OPENED_FOR, "event", vault.zone)
    lines: list[bytes] = []
    damaged = []
    for each in files:
        try:
            lines += in_scope(vault, _lines(each, key_from(vault, each, shares[each.id])), scope)
        except (DamagedSegment, KeyMissing):
            damaged.append(each.id)
    result = keep_lines(vault, lines, asked.matter, (scope.begin, scope.customer or "other"), now)
    with vault.state.begin() as connection:
        done = seal_opening.update().where(seal_opening.c.id == asked.id)
        connection.execute(done.values(result=result, result_until=until))
        counts = {
            "opening": asked.id,
            "lines": len(lines),
            "damaged": len(damaged),
            "until": until.isoformat(),
        }
        vault.record(connection, "logs/opening-done", counts, now)
    return Opened(asked.id, len(lines), len(rows), tuple(damaged), until)


def _lines(file: SealedFile, key: bytes) -> Iterator[bytes]:
    for block in SegmentReader(file.path, key).blocks():
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
