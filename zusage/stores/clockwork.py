"""Where law turns into cuts: what a period, an end or a statute means for events at an instant."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from zusage.declaration import Condition as Declared
from zusage.declaration import Declaration, RetentionRule
from zusage.law.duration import Duration
from zusage.law.periods import Start, cutoff
from zusage.law.retention import statutory
from zusage.stores.bindings import TableBinding
from zusage.stores.selection import Condition, Cut, Kept, Passed

#: databases know no earlier day; nobody keeps data from before
_EARLIEST = datetime(1000, 1, 2, tzinfo=UTC)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Clockwork:
    """What periods are counted with: the declaration's zone, and whether bank law counts."""

    zone: str
    finance: bool

    @classmethod
    def of(cls, declaration: Declaration) -> Clockwork:
        """Of one controller."""
        return cls(declaration.time_zone, declaration.controller.financial_institution)

    def cut(self, now: datetime, period: Duration, start: Start) -> Cut:
        """Events before this have their period behind them at `now`."""
        instant = max(cutoff(now, period, start, self.zone), _EARLIEST)
        exact = not period.has_calendar_part and start == "event" and period.elapsed_seconds
        day = (instant - _INSTANT if exact else instant).astimezone(ZoneInfo(self.zone)).date()
        return Cut(instant, day)

    def ended(self, now: datetime) -> Cut:
        """What ended at an instant is over at once; what ended on a day is over with the day."""
        return Cut(now + _INSTANT, now.astimezone(ZoneInfo(self.zone)).date())

    def law(self, name: str, now: datetime) -> tuple[Duration, Start] | None:
        """A statute's period and start on that day; None where it sets none."""
        found = statutory(name)
        period = found.keep_at(now.astimezone(ZoneInfo(self.zone)).date(), finance=self.finance)
        change = found.change
        if (
            period
            and change
            and change.before
            and not change.old_too
            and change.before.surely_longer_than(period)
        ):
            period = change.before  # older rows keep the longer period of their day; nothing may go too early
        return None if period is None else (period, found.counted_from)


def condition(when: Declared | None) -> Condition | None:
    """A rule's condition in the stores' terms."""
    return None if when is None else Condition(when.consent, when.no_consent, when.named)


def about(rule: RetentionRule, categories: Collection[str]) -> bool:
    """The rule is about data of these categories; where one side names none, it is."""
    return not rule.data or not categories or bool(set(rule.data) & set(categories))


def needed_by_law(
    declaration: Declaration, activity_id: str, part: TableBinding, now: datetime
) -> Iterator[Kept]:
    """Rules of an activity by which a law, or a least period, still keeps rows of a bound table at `now`."""
    clock = Clockwork.of(declaration)
    for rule in declaration.activities[activity_id].retention:
        if rule.since.event not in part.events or not about(rule, part.columns.values()):
            continue
        for step in rule.steps:
            law = clock.law(step.keep.statutory, now) if step.keep.statutory else None
            if step.keep.at_least is not None:
                law = (step.keep.at_least, rule.since.start)
            if law is not None:
                why = step.keep.statutory or f"retention/{activity_id}/{rule.id}"
                yield Kept(
                    f"retention/{activity_id}/{rule.id}",
                    Passed(rule.since.event, clock.cut(now, *law)),
                    condition(rule.when),
                    why,
                )
