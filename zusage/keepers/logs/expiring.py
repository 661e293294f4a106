"""Expiry: segments and partials go when their rule says, with the key store's share, so that copies go with them.

A rule of an activity with logs counts from the event `recorded` (lines) or `counted` (statistics). A period in days,
months or years is a promise of the latest moment: what ends at midnight goes in the course of its last day, so that the
evening's run of 30 April has removed what must be gone by the end of 30 April. A period in hours ends with the hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Table, select

from zusage.database.dialects import in_parts
from zusage.declaration.retention import RetentionRule, Step
from zusage.keepers.logs.cases import Case, cases_open
from zusage.keepers.logs.sources import files_of, open_log
from zusage.keepers.logs.tables import log_partial, log_segment, log_source
from zusage.keepers.logs.vault import Vault
from zusage.law.duration import Duration
from zusage.law.periods import Start, retention_end
from zusage.sealing.rooms import refuse
from zusage.sealing.shares import sync_folder
from zusage.sealing.tables import seal_opening

EVENTS: Mapping[str, Table] = {"recorded": log_segment, "logged": log_segment, "counted": log_partial}


@dataclass(frozen=True, slots=True)
class Due:
    """What is due of one kind: rows of segments or partials, and how many more are held by which case. `over_holds`: by a
    rule that no case reaches over, what was kept or opened for one included."""

    event: str
    rule: str
    rows: Sequence[Row[Any]]
    held: Mapping[str, int]
    oldest: datetime | None
    over_holds: bool = False


def gone_by(at: datetime, keep: Duration, start: str, zone: str) -> datetime:
    """From when on a run removes what was recorded `at` (see the module's sentence on the latest moment)."""
    end = retention_end(at, keep, start, zone)  # type: ignore[arg-type]
    if keep.is_elapsed:
        return end
    return (end.astimezone(ZoneInfo(zone)) - timedelta(days=1)).astimezone(end.tzinfo)


def rules_of(vault: Vault) -> Iterator[tuple[RetentionRule, Step]]:
    """The rules that erase logs, with their erasing step."""
    for rule in vault.activity.retention:
        for step in rule.steps:
            if step.then == "erase" and (step.keep.duration or step.keep.at_most):
                yield rule, step


def period_of(step: Step) -> Duration:
    """The longest that a step keeps."""
    period = step.keep.duration or step.keep.at_most
    assert period is not None
    return period


def due(connection: Connection, vault: Vault, now: datetime) -> list[Due]:
    """Everything that is due now, with what cases hold."""
    open_cases = cases_open(connection, vault.name, now)
    found = []
    for rule, step in rules_of(vault):
        table = EVENTS.get(rule.since.event)
        if table is None:
            continue
        query = select(table).where(table.c.activity == vault.name, table.c.erased_at.is_(None))
        over = rule.ceiling is not None
        if table is log_segment and not over:
            query = query.where(log_segment.c.held_for.is_(None))
        keep, start = period_of(step), rule.since.start
        rows = [
            row
            for row in connection.execute(query)
            if gone_by(_recorded(row, vault), keep, start, vault.zone) <= now
        ]
        held: dict[str, int] = {}
        free = []
        for row in rows:
            sealed_to_roles = table is log_segment and vault.policy.opened_by and not over
            case = _holding(row, open_cases) if sealed_to_roles else None
            if case is None:
                free.append(row)
            else:
                held[case.id] = held.get(case.id, 0) + 1
        oldest = min((gone_by(_recorded(row, vault), keep, start, vault.zone) for row in free), default=None)
        found.append(Due(rule.since.event, rule.id, free, held, oldest, over))
    return found


def _recorded(row: Row[Any], vault: Vault) -> datetime:
    if hasattr(row, "recorded_at"):
        recorded: datetime = row.recorded_at
        return recorded
    return datetime.fromisoformat(row.day).replace(hour=12, tzinfo=ZoneInfo(vault.zone))


def _holding(row: Row[Any], open_cases: Sequence[Case]) -> Case | None:
    """The open case whose scope touches a segment. Its hour cannot be told apart further while it is sealed."""
    for case in open_cases:
        end = row.hour + timedelta(hours=1)
        if (
            row.hour < case.scope.end
            and case.scope.begin < end
            and case.scope.customer in (None, row.customer)
        ):
            return case
    return None


def results_due(connection: Connection, vault: Vault, now: datetime) -> Sequence[Row[Any]]:
    """Results of openings, and lines kept for cases, that are over."""
    open_now = {each.id for each in cases_open(connection, vault.name, now)}
    query = select(log_segment).where(
        log_segment.c.activity == vault.name,
        log_segment.c.erased_at.is_(None),
        log_segment.c.held_for.is_not(None),
    )
    until = {
        row.result: row.result_until
        for row in connection.execute(select(seal_opening).where(seal_opening.c.result.is_not(None)))
    }
    return [
        row
        for row in connection.execute(query)
        if (row.id in until and until[row.id] <= now)
        or (row.id not in until and row.held_for not in open_now)
    ]


def remove_segments(vault: Vault, rows: Sequence[Row[Any]], now: datetime, rule: str) -> int:
    """Destroy the shares, remove the files, record it. Shares go first: from then on nothing opens, whatever happens."""
    if not rows:
        return 0
    vault.key_store.destroy([row.id for row in rows])
    _unlink(vault, [row.file for row in rows])
    _mark(vault, log_segment, rows, now, rule)
    return len(rows)


def remove_partials(vault: Vault, rows: Sequence[Row[Any]], now: datetime, rule: str) -> int:
    """Remove statistics that are due, and record it."""
    if not rows:
        return 0
    _unlink(vault, [row.file for row in rows])
    _mark(vault, log_partial, rows, now, rule)
    return len(rows)


def _unlink(vault: Vault, files: Sequence[str]) -> None:
    paths = [vault.folder / name for name in files]
    # each removal waits for the disk: side by side they wait together
    with ThreadPoolExecutor(16, "zusage-erase") as pool:
        for _ in pool.map(lambda path: path.unlink(missing_ok=True), paths):
            pass
    for folder in {path.parent for path in paths}:
        if folder.is_dir():
            if any(folder.iterdir()) or folder in (vault.sealed, vault.statistics):
                sync_folder(folder)
            else:
                folder.rmdir()


def _mark(vault: Vault, table: Table, rows: Sequence[Row[Any]], now: datetime, rule: str) -> None:
    ids = [row.id for row in rows]
    with vault.state.begin() as connection:
        for part in in_parts(ids):
            chosen = table.c.id.in_(part)
            connection.execute(table.update().where(chosen).values(erased_at=now))
        facts = {"rule": rule, "what": table.name, "count": len(ids), "lines": sum(row.lines for row in rows)}
        vault.record(connection, "logs/erased", facts, now)


def _line_periods(vault: Vault) -> list[tuple[Duration, Start]]:
    """How long lines are kept, and from what start that is counted, rule by rule."""
    return [
        (period_of(step), rule.since.start)
        for rule, step in rules_of(vault)
        if EVENTS.get(rule.since.event) is log_segment
    ]


def raw_due(connection: Connection, vault: Vault, now: datetime) -> list[Path]:
    """Rotated raw files whose newest line is due; live files are never among them."""
    keeps = _line_periods(vault)
    query = select(log_source).where(log_source.c.activity == vault.name)
    newest = {(row.device, row.inode): row.newest for row in connection.execute(query)}
    found = []
    for source in vault.binding.sources:
        for path, live in files_of(vault.path(source.path)):
            status = path.stat()
            last = newest.get((status.st_dev, status.st_ino))
            if live or last is None:
                continue
            if any(gone_by(min(last, now), keep, start, vault.zone) <= now for keep, start in keeps):
                found.append(path)
    return found


def raw_overdue(vault: Vault, now: datetime) -> list[Path]:
    """Raw files, live ones too, whose first readable line should have been gone since more than a day."""
    fmt = vault.format
    keeps = _line_periods(vault)
    found = []
    for source in vault.binding.sources:
        for path, _ in files_of(vault.path(source.path)):
            with open_log(path) as file:
                begin = file.read(1 << 16)
            text = fmt.readable(begin)
            first = next((each for each in map(fmt.parse, text.split(b"\n")) if each), None)
            at = fmt.instant(first["time"]) if first else None
            if at and any(
                gone_by(at, keep, start, vault.zone) + timedelta(days=1) <= now for keep, start in keeps
            ):
                found.append(path)
    return found


def expire_earlier(vault: Vault, begin: datetime, end: datetime, person: str, now: datetime) -> int:
    """Remove segments whose hour lies in [begin, end) before their time: they are no longer needed.

    What an open case holds stays. Raises `Refused` for an empty period.
    """
    if begin >= end:
        refuse(vault, "no-period", "a period ends after it begins", now)
    with vault.alone():
        with vault.state.connect() as connection:
            open_cases = cases_open(connection, vault.name, now)
            query = select(log_segment).where(
                log_segment.c.activity == vault.name, log_segment.c.erased_at.is_(None), log_segment.c.held_for.is_(None),
                log_segment.c.hour >= begin, log_segment.c.hour < end,
            )  # fmt: skip
            rows = [row for row in connection.execute(query) if _holding(row, open_cases) is None]
        with vault.state.begin() as connection:
            facts = {"begin": begin.isoformat(), "end": end.isoformat(), "segments": len(rows)}
            vault.record(connection, "logs/no-longer-needed", facts, now, person)
        return remove_segments(vault, rows, now, "no-longer-needed")
