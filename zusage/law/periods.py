"""Periods and deadlines as the law computes them, on civil days of a time zone.

Two different things, never mixed:

- *storage limits* (`retention_end`, `cutoff`): BGB §§ 187(1), 188. The day of the event is not counted, a missing day
  of the month is its last day, the data are gone from 00:00 of the day after. Never rolled over weekends (§ 193 moves
  what is owed to somebody, and nobody gains from data that stay longer).
- *deadlines to act* (`deadline`): Regulation (EEC, Euratom) 1182/71 for time limits of EU law (`"eu"`), BGB §§ 187-193
  for German law and own promises (`"bgb"`). They end with the last day's last instant and are rolled over Saturdays,
  Sundays and public holidays, except when counted backwards.

Hours are elapsed time and run through nights, holidays and clock changes. Instants are aware; results are UTC.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from zusage.law.duration import Duration
from zusage.law.facts import LawError
from zusage.law.holidays import is_working_day, next_working_day

Start = Literal["event", "end_of_month", "end_of_year"]
Regime = Literal["eu", "bgb"]

#: what ends later than the calendar of our machines: kept for ever
NEVER = datetime.max.replace(tzinfo=UTC)
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_INSTANT = datetime.resolution
_DAY = timedelta(days=1)


class PeriodError(LawError):
    """A naive instant, an unknown time zone, or a deadline in days and hours at once: nothing can be counted."""


def retention_end(event: datetime, keep: Duration, start: Start, tz: str = "Europe/Berlin") -> datetime:
    """The first instant (UTC) at which the data of `event` may and must be gone.

    `start` is what the period is counted from: the event itself, or the end of its calendar month or year. A period in
    hours runs from the exact instant. An event so late that the period leaves the calendar gives `NEVER`.
    """
    moment, zone = _aware(event), _zone(tz)
    try:
        if start == "event" and keep.is_elapsed:
            return moment + timedelta(seconds=keep.elapsed_seconds)
        first_day = _first_day(_day_of(moment, zone), start)
        return _begin(_after(first_day, keep, start), zone) + timedelta(seconds=keep.elapsed_seconds)
    except (OverflowError, ValueError):
        return NEVER if moment.year > 5000 else _BEGINNING


def cutoff(now: datetime, keep: Duration, start: Start, tz: str = "Europe/Berlin") -> datetime:
    """The instant C (UTC) for set-based statements: for every event e, `retention_end(e) <= now` exactly when `e < C`.

    Exact to the microsecond, at month ends, on leap days and when clocks change, because `retention_end` never falls
    when e rises. Where the period reaches before the calendar, C is the first instant of the calendar: nothing is due.
    """
    moment, zone = _aware(now), _zone(tz)
    try:
        moment -= timedelta(seconds=keep.elapsed_seconds)
        if start == "event" and keep.is_elapsed:
            return moment + _INSTANT
        reached = _day_of(moment, zone)
        step = _STEPS[start]
        day = step(_earlier(reached, keep), 0)
        while _after(_first_day(day, start), keep, start) <= reached:
            day = step(day, 1)
        while _after(_first_day(step(day, -1), start), keep, start) > reached:
            day = step(day, -1)
        return _begin(day, zone)
    except (OverflowError, ValueError):
        return _BEGINNING


def last_day(
    event: datetime,
    within: Duration,
    start: Start = "event",
    tz: str = "Europe/Berlin",
    *,
    day_counts: bool = False,
) -> date:
    """The last calendar day of a period, not rolled: 'kept through 31 December 2033'.

    `day_counts` is for periods that begin with the start of a day (BGB § 187(2): 'for one year from 1 January').
    For hours it is the day on which they run out.
    """
    moment, zone = _aware(event), _zone(tz)
    with _in_calendar():
        if within.elapsed_seconds:
            return _day_of(retention_end(event, within, start, tz) - _INSTANT, zone)
        day = _first_day(_day_of(moment, zone), start)
        return (add(day, within) if day_counts else _after(day, within, start)) - _DAY


def deadline(
    event: datetime,
    within: Duration,
    rule: Regime,
    land: str | None = None,
    tz: str = "Europe/Berlin",
    *,
    start: Start = "event",
    day_counts: bool = False,
) -> datetime:
    """The last instant (UTC) at which an act owed to somebody is still in time.

    Days, weeks, months and years end with the last day, which moves to the next working day where it is a Saturday, a
    Sunday or a public holiday of `land` (without `land`: of all Germany, the earlier and safe reading). In hours: by
    `"eu"` from the next full hour (Reg. 1182/71 Art. 3(1)), by `"bgb"` from the instant; both run through holidays, and
    72 hours are no "two days or more" (strict reading of Art. 3(5), as the German authorities hold).
    """
    moment, zone = _aware(event), _zone(tz)
    if within.elapsed_seconds and not (start == "event" and within.is_elapsed):
        raise PeriodError(
            f"no deadline is counted in days and hours at once ({within})", hint="P2D, or PT48H"
        )
    with _in_calendar():
        if within.is_elapsed:
            counted_from = _full_hour(moment, zone) if rule == "eu" else moment
            return counted_from + timedelta(seconds=within.elapsed_seconds)
        first = _first_day(_day_of(moment, zone), start)
        last = next_working_day(last_day(moment, within, start, tz, day_counts=day_counts), land)
        if rule == "eu" and within.most_days >= 2:
            last = _with_two_working_days(first, last, land)
        return _end(last, zone)


def safe_deadline(
    event: datetime, within: Duration, land: str | None = None, tz: str = "Europe/Berlin"
) -> datetime:
    """The earlier of the two regimes' deadlines: the date to act on when both could be argued."""
    return min(deadline(event, within, rule, land, tz) for rule in ("eu", "bgb"))


def working_days_after(
    received: datetime, count: int, land: str | None = None, tz: str = "Europe/Berlin"
) -> datetime:
    """The same time of day on the `count`-th working day after `received`: a promise, no period of law."""
    zone = _zone(tz)
    local = _aware(received).astimezone(zone)
    day = local.date()
    for _ in range(count):
        day = next_working_day(day + _DAY, land)
    return datetime.combine(day, local.time(), zone).astimezone(UTC)


def extension(
    event: datetime,
    first: Duration,
    more: Duration,
    rule: Regime,
    land: str | None = None,
    tz: str = "Europe/Berlin",
) -> datetime:
    """The deadline when a first period is prolonged by a second one.

    `"bgb"` (§ 190): the new period begins when the first one's last day, not rolled, has ended. `"eu"`: both are
    counted together from the event (Art. 12(3) GDPR: three months from receipt), so clamped months are not chained.
    """
    if rule == "eu":
        return deadline(event, add_up(first, more), rule, land, tz)
    zone = _zone(tz)
    with _in_calendar():
        begins = last_day(event, first, tz=tz) + _DAY
        return _end(next_working_day(add(begins, more) - _DAY, land), zone)


def latest_before(event: datetime, lead: Duration, tz: str = "Europe/Berlin") -> datetime:
    """The last instant (UTC) of an act that must lie at least `lead` before `event`, counted backwards.

    Neither the day of the event nor that of the act is counted: the days between are full ones. Not rolled (Reg.
    1182/71 Art. 3(4)): rolling forward would shorten the notice. Hours are subtracted from the instant.
    """
    moment, zone = _aware(event), _zone(tz)
    with _in_calendar():
        if lead.is_elapsed:
            return moment - timedelta(seconds=lead.elapsed_seconds)
        day = _minus_months(_day_of(moment, zone), lead.total_months) - timedelta(days=lead.total_days)
        return _begin(day, zone) - timedelta(seconds=lead.elapsed_seconds) - _INSTANT


def add(day: date, period: Duration) -> date:
    """The day of the same number after `period`; where the month lacks it, its last day (BGB § 188(3))."""
    return _minus_months(day, -period.total_months) + timedelta(days=period.total_days)


def add_up(first: Duration, second: Duration) -> Duration:
    """Both together, unit by unit: months with months, not one after the other. Weeks become days if they must."""
    days = first.days + second.days
    weeks = first.weeks + second.weeks
    others = first.total_months + second.total_months + days + first.elapsed_seconds + second.elapsed_seconds
    return Duration(
        years=first.years + second.years,
        months=first.months + second.months,
        weeks=0 if others else weeks,
        days=days + 7 * weeks if others else 0,
        hours=first.hours + second.hours,
        minutes=first.minutes + second.minutes,
        seconds=first.seconds + second.seconds,
    )


def day_bounds(day: date, tz: str = "Europe/Berlin") -> tuple[datetime, datetime]:
    """The first instant of `day` and of the day after, UTC: 23, 24 or 25 hours apart."""
    zone = _zone(tz)
    return _begin(day, zone), _begin(day + _DAY, zone)


@contextmanager
def _in_calendar() -> Iterator[None]:
    """Says that a deadline leaves the calendar (years 1 to 9999) instead of raising what the machine raises."""
    try:
        yield
    except (OverflowError, ValueError):
        raise PeriodError("the period leads out of the calendar") from None


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise PeriodError(
            "an instant without time zone dates nothing", hint="pass an aware datetime, such as UTC"
        )
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return NEVER if moment.year > 5000 else _BEGINNING


def _zone(tz: str) -> ZoneInfo:
    try:
        return ZoneInfo(tz)
    except (KeyError, ValueError, OSError):
        raise PeriodError(f"there is no time zone '{tz}'", hint="for example Europe/Berlin") from None


def _begin(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a civil day. Where midnight does not exist, the instant of the jump (fold 0 gives it)."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def _end(day: date, zone: ZoneInfo) -> datetime:
    return _begin(day + _DAY, zone) - _INSTANT


def _day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The civil day of an instant: the latest that has begun, so that days never run backwards."""
    day = moment.astimezone(zone).date()
    return day + _DAY if day < date.max and _begin(day + _DAY, zone) <= moment else day


def _first_day(day: date, start: Start) -> date:
    """The day from which is counted: the event's, or the first day after the end of its month or year."""
    if start == "event":
        return day
    return date(day.year + 1, 1, 1) if start == "end_of_year" else _minus_months(day.replace(day=1), -1)


def _after(first_day: date, keep: Duration, start: Start) -> date:
    """The first day after the period. An event's own day is not counted; a period from the end of a month or year
    begins with the start of a day, which counts (BGB § 187(2)), and ends on the day before the same number."""
    return add(first_day, keep) + (_DAY if start == "event" else timedelta(0))


def _minus_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _earlier(day: date, keep: Duration) -> date:
    return _minus_months(day - timedelta(days=keep.total_days), keep.total_months)


def _next_month(day: date, steps: int) -> date:
    return _minus_months(day.replace(day=1), -steps)


_STEPS: dict[Start, Callable[[date, int], date]] = {
    "event": lambda day, steps: day + timedelta(days=steps),
    "end_of_month": _next_month,
    "end_of_year": lambda day, steps: date(day.year + steps, 1, 1),
}


def _full_hour(moment: datetime, zone: ZoneInfo) -> datetime:
    """The next full hour by the wall clock; an instant on the full hour stays (the earlier, safe reading)."""
    local = moment.astimezone(zone)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return moment + (timedelta(hours=1) - past if past else past)


def _with_two_working_days(first: date, last: date, land: str | None) -> date:
    """Reg. 1182/71 Art. 3(5): a period of two days or more holds at least two working days."""
    day, working = first, 0
    while day < last and working < 2:
        day += _DAY
        working += is_working_day(day, land)
    while working < 2:
        last = next_working_day(last + _DAY, land)
        working += 1
    return last
