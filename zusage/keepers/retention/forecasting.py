"""Forecasts: what will fall due day by day, if nothing further happens to the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from zusage.keepers.context import Context
from zusage.keepers.retention.files import FileTask, due_files, file_tasks
from zusage.keepers.retention.tasks import Task, act_of, tasks
from zusage.keepers.retention.versions import EarlierPeriods
from zusage.stores.paths import BadPath
from zusage.stores.sql.acting import count_rows
from zusage.stores.sql.database import Database

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
    """What sweeps at `looks` (rising, all at or after `now`) would do. Mails before a step are taken to go out in time.

    What waits only grows until somebody sweeps: where a count is the same at two looks, nobody counts between them. So a
    table costs two counts, and a few more for each look at which something falls due. Raises `StoreUnreachable`.
    """
    with ExitStack() as one_state:
        for store in context.stores.values():
            if isinstance(store, Database):
                one_state.enter_context(store.looking())
        ahead = _Ahead(context, looks)
        rises = [(number, key, count) for key in ahead.everything() for number, count in ahead.rises(key)]
    # declared order within a look: sorting keeps it
    for number, key, count in sorted(rises, key=lambda one: one[0]):
        yield Expected(looks[number], *key, count)


class _Ahead:
    """Counts by look and key, each made when it is asked for the first time."""

    def __init__(self, context: Context, looks: Sequence[datetime]) -> None:
        self.context, self.looks = context, looks
        self.older = EarlierPeriods.of(context)
        self._tasks: dict[int, dict[Key, list[Task | FileTask]]] = {}
        self._totals: dict[tuple[Key, int], int] = {}

    def everything(self) -> list[Key]:
        """Every key that any look has something to count for, in declared order."""
        return list(dict.fromkeys(key for number in range(len(self.looks)) for key in self.tasks(number)))

    def tasks(self, number: int) -> dict[Key, list[Task | FileTask]]:
        """What has to be counted at a look."""
        if number not in self._tasks:
            at, found = self.looks[number], dict[Key, list[Task | FileTask]]()
            for task in tasks(self.context, at, older=self.older):
                found.setdefault(task.key, []).append(task)
            for files in file_tasks(self.context, at, older=self.older):
                found.setdefault(files.key, []).append(files)
            self._tasks[number] = found
        return self._tasks[number]

    def rises(self, key: Key) -> Iterator[tuple[int, int]]:
        """(look, how many more than ever before), for every look at which there are more."""
        most = 0
        for number in self._changing(key):
            total = self.total(key, number)
            if total > most:
                yield number, total - most
                most = total

    def _changing(self, key: Key) -> list[int]:
        """The first look, and those with another count than the one before."""
        last = len(self.looks) - 1
        if any(isinstance(one, Task) and one.only_kept for one in self.tasks(0).get(key, ())):
            # what a law still needs becomes less, too: such a count says nothing about those between
            return list(range(last + 1))
        found, spans = {0, last}, [(0, last)]
        while spans:
            low, high = spans.pop()
            if high - low > 1 and self.total(key, low) != self.total(key, high):
                middle = (low + high) // 2
                found.add(middle)
                spans += [(low, middle), (middle, high)]
        return sorted(found)

    def total(self, key: Key, number: int) -> int:
        """How much waits under a key at a look."""
        if (key, number) not in self._totals:
            counts = (
                _count(self.context, task, self.looks[number]) for task in self.tasks(number).get(key, ())
            )
            self._totals[key, number] = sum(counts)
        return self._totals[key, number]


def _count(context: Context, task: Task | FileTask, at: datetime) -> int:
    if isinstance(task, FileTask):
        return len(due_files(context, task, at)[0])
    with task.database.reading() as connection:
        try:
            act = act_of(replace(task, unnoticed=True), context, connection, at)
        except BadPath:
            return 0
        return count_rows(connection, act) if act is not None else 0


def daily(now: datetime, days: int, zone: str, every: int = 1) -> list[datetime]:
    """`now`, and then each `every`th civil midnight of the next `days` days."""
    local, found = now.astimezone(ZoneInfo(zone)).date(), [now]
    for number in range(every, days + 1, every):
        midnight = datetime.combine(local + timedelta(days=number), time(), ZoneInfo(zone))
        found.append(midnight.astimezone(UTC))
    return found
