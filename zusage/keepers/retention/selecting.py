"""From a rule's step and an instant to a selection of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from zusage.declaration import Keep, RetentionRule
from zusage.keepers.retention.rules import ERASING, SLACK, RuleStep
from zusage.law.duration import Duration
from zusage.law.periods import Start, cutoff, retention_end
from zusage.stores.bindings import ChosenPeriod
from zusage.stores.clockwork import Clockwork, condition
from zusage.stores.selection import ChosenPassed, Kept, Noticed, Passed, Selection, Test

_INSTANT = timedelta(microseconds=1)
_UNITS = {"days": "D", "weeks": "W", "months": "M", "years": "Y"}


def not_before(
    each: RuleStep, clock: Clockwork, now: datetime, chosen: ChosenPeriod | None = None
) -> Test | None:
    """What must have passed before the step may run; None where the law gives no period that can be counted."""
    keep, rule = each.step.keep, each.rule
    if keep.at_least is None and keep.at_most is not None:
        # a latest date without an earliest one: gone in time means beginning before
        return _test(keep, rule, clock, now + timedelta(seconds=_slack(rule)), keep.at_most, chosen)
    return _test(keep, rule, clock, now, keep.duration or keep.at_least, chosen)


def overdue(
    each: RuleStep, clock: Clockwork, now: datetime, chosen: ChosenPeriod | None = None
) -> Test | None:
    """What has passed when the promise is broken: the latest date, or the period and the time the act may take."""
    keep, rule = each.step.keep, each.rule
    if keep.at_most is not None:
        return _test(keep, rule, clock, now, keep.at_most, chosen)
    then = earlier(now, rule.within or Duration.parse(SLACK), clock)
    if each.step.notice is not None:
        # the erasure may wait for the mail, but not for ever
        then = earlier(then, each.step.notice.before, clock)
    return _test(keep, rule, clock, then, keep.duration or keep.at_least, chosen)


def earlier(now: datetime, within: Duration, clock: Clockwork) -> datetime:
    """The instant that lies a period before `now`."""
    if within.has_calendar_part:
        return cutoff(now, within, "event", clock.zone) - _INSTANT
    return now - timedelta(seconds=within.elapsed_seconds)


def _slack(rule: RetentionRule) -> int:
    within = rule.within or Duration.parse(SLACK)
    return (
        within.elapsed_seconds + int(within.least_days) * 86_400
        if within.has_calendar_part
        else within.elapsed_seconds
    )


def _test(
    keep: Keep,
    rule: RetentionRule,
    clock: Clockwork,
    now: datetime,
    period: Duration | None,
    chosen: ChosenPeriod | None,
) -> Test | None:
    event, start = rule.since.event, rule.since.start
    if keep.until is not None:
        return Passed(event, clock.ended(now), end=keep.until)
    if keep.chosen is not None:
        return _chosen(event, keep.chosen, start, clock, now, chosen)
    if keep.statutory is not None:
        law = clock.law(keep.statutory, now)
        return None if law is None else Passed(event, clock.cut(now, *law))
    assert period is not None
    return Passed(event, clock.cut(now, period, start))


def _chosen(
    event: str, name: str, start: Start, clock: Clockwork, now: datetime, chosen: ChosenPeriod | None
) -> Test | None:
    if chosen is None:
        return None
    counts = range(chosen.at_most + 1)
    cuts = {
        count: clock.cut(now, Duration.parse(f"P{count}{_UNITS[chosen.unit]}"), start) for count in counts
    }
    return ChosenPassed(event, name, cuts)


def to_be_told(
    each: RuleStep, clock: Clockwork, now: datetime, chosen: ChosenPeriod | None = None
) -> Test | None:
    """Whose period ends so soon that the mail before the step is due."""
    if each.step.notice is None or each.step.then == "notify":
        return not_before(each, clock, now, chosen)
    return not_before(each, clock, _later(now, each.step.notice.before, clock), chosen)


def _later(now: datetime, before: Duration, clock: Clockwork) -> datetime:
    return retention_end(now, before, "event", clock.zone)


def protecting(each: RuleStep, others: Sequence[RuleStep], clock: Clockwork, now: datetime) -> Iterator[Kept]:
    """Other rules of the same data that the law makes keep them longer: statutory periods and least periods.

    The principle: erase what nothing needs, block what a law still needs.
    """
    if each.step.then not in ERASING:
        return
    mine = set(each.rule.data) or {category.id for category in each.activity.data}
    for other in others:
        keep = other.step.keep
        if other.rule.id == each.rule.id or other.step.then not in ERASING:
            continue
        theirs = set(other.rule.data) or {category.id for category in other.activity.data}
        if not mine & theirs or (keep.statutory is None and keep.at_least is None):
            continue
        test = not_before(other, clock, now)
        if test is not None:
            why = keep.statutory or other.promise_id
            yield Kept(other.promise_id, test, condition(other.rule.when), why)


def selection(
    each: RuleStep,
    test: Test,
    now: datetime,
    clock: Clockwork,
    kept_by: Sequence[Kept] = (),
    *,
    only_kept: bool = False,
    unnoticed: bool = False,
) -> Selection:
    """The selection for a step whose period `test` says is over."""
    notice = each.step.notice
    noticed = None
    if notice is not None and each.step.then != "notify" and not only_kept and not unnoticed:
        noticed = Noticed(each.promise_id, earlier(now, notice.before, clock))
    over = each.rule.ceiling is not None
    return Selection((test,), now, condition(each.rule.when), tuple(kept_by), only_kept, noticed, over)
