"""Until when a law keeps what an erasure left behind: the end of the longest period among the person's rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, func, select

from zusage.declaration import Declaration
from zusage.declaration.retention import RetentionRule, Step
from zusage.law.duration import Duration
from zusage.law.periods import Start, retention_end
from zusage.stores.bindings import TableBinding
from zusage.stores.clockwork import Clockwork, condition
from zusage.stores.sql.database import Database
from zusage.stores.sql.identity import Identity
from zusage.stores.sql.subject_tables import subject_tables


def ends(
    declaration: Declaration,
    database: Database,
    known: Sequence[Identity],
    now: datetime,
    skip: Collection[str],
) -> Mapping[tuple[str, str], datetime]:
    """Activity and table → end of the last period of law; tables that no law keeps are missing."""
    found: dict[tuple[str, str], datetime] = {}
    bound = database.binding.activities.items()
    if not any(has_end(declaration, name, part, now) for name, parts in bound for part in parts):
        return found
    with database.reading() as connection:
        for each in subject_tables(connection, database, known, skip):
            for rule, period, start in _periods(declaration, each.activity, now):
                event = each.table.event(rule.since.event)
                if event is None:
                    continue
                rows = and_(each.rows, each.table.condition(condition(rule.when)))
                newest = connection.execute(select(func.max(event.expression)).where(rows)).scalar()
                instant = event.instant(newest)
                if instant is not None:
                    end = retention_end(instant, period, start, declaration.time_zone)
                    key = (each.activity, each.part.table)
                    found[key] = max(end, found.get(key, end))
    return found


def has_end(declaration: Declaration, activity: str, part: TableBinding, now: datetime) -> bool:
    """Whether a period of law runs for an activity from an event that the binding dates."""
    return any(rule.since.event in part.events for rule, _, _ in _periods(declaration, activity, now))


def _periods(
    declaration: Declaration, activity: str, now: datetime
) -> Iterator[tuple[RetentionRule, Duration, Start]]:
    clock = Clockwork.of(declaration)
    for rule in declaration.activities[activity].retention:
        for step in rule.steps:
            law = _of_law(clock, step, now)
            if law is not None:
                yield (rule, *law)
            elif step.keep.at_least is not None:
                yield rule, step.keep.at_least, rule.since.start


def _of_law(clock: Clockwork, step: Step, now: datetime) -> tuple[Duration, Start] | None:
    return clock.law(step.keep.statutory, now) if step.keep.statutory else None
