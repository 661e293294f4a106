"""Forecasts: what will fall due day by day, if nothing further happens to the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from zusage.keepers.context import Context
from zusage.keepers.retention.files import due_files, file_tasks
from zusage.keepers.retention.tasks import act_of, tasks
from zusage.keepers.retention.versions import EarlierPeriods
from zusage.stores.paths import BadPath
from zusage.stores.sql.acting import count_rows

Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Expected:
    """So many rows or files fall due between the look before and `at`."""

    at: datetime
    promise: str
    store: str
    target: str
    action: str
    count: int


def forecast(context: Context, now: datetime, looks: list[datetime]) -> Iterator[Expected]:
    """What sweeps at `looks` (rising, all at or after `now`) would do. One count for each look and bound table.

    Mails before a step are taken to go out in time. Raises `StoreUnreachable`.
    """
    before: dict[Key, int] = {}
    older = EarlierPeriods.of(context)
    for at in looks:
        for key, total in _totals(context, at, older).items():
            fresh = total - before.get(key, 0)
            before[key] = max(total, before.get(key, 0))
            if fresh > 0:
                yield Expected(at, *key, fresh)


def daily(now: datetime, days: int, zone: str, every: int = 1) -> list[datetime]:
    """`now`, and then each `every`th civil midnight of the next `days` days."""
    local, found = now.astimezone(ZoneInfo(zone)).date(), [now]
    for number in range(every, days + 1, every):
        midnight = datetime.combine(local + timedelta(days=number), time(), ZoneInfo(zone))
        found.append(midnight.astimezone(UTC))
    return found


def _totals(context: Context, at: datetime, older: EarlierPeriods) -> dict[Key, int]:
    totals: dict[Key, int] = {}
    for task in tasks(context, at, older=older):
        with task.database.reading() as connection:
            try:
                act = act_of(replace(task, unnoticed=True), context, connection, at)
            except BadPath:
                continue
            if act is not None:
                totals[task.key] = totals.get(task.key, 0) + count_rows(connection, act)
    for files in file_tasks(context, at, older=older):
        totals[files.key] = totals.get(files.key, 0) + len(due_files(context, files, at)[0])
    return totals
