"""Storage limits and deadlines, against the law's own examples and against independent libraries."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays as oracle
import pytest
import whenever
from dateutil.relativedelta import relativedelta
from hypothesis import example, given
from hypothesis import strategies as st

from tests.law.test_duration import (
    calendar_durations,
    clock_durations,
    durations,
    mixed_durations,
    week_durations,
)
from zusage.law.duration import Duration
from zusage.law.holidays import laender
from zusage.law.periods import (
    NEVER,
    PeriodError,
    Start,
    add,
    cutoff,
    day_bounds,
    deadline,
    extension,
    last_day,
    latest_before,
    retention_end,
    safe_deadline,
)

BERLIN = ZoneInfo("Europe/Berlin")
STARTS: tuple[Start, ...] = ("event", "end_of_month", "end_of_year")
#: zones with summer time at midnight, with half-hour shifts, with a skipped day, and far from Berlin
ZONES = [
    "Europe/Berlin", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "America/Sao_Paulo",
    "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns",
]  # fmt: skip

moments = st.builds(
    lambda seconds: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds), st.floats(0, 3.5e9)
)
#: instants around which the calendar is difficult: month ends, leap days, both changes of the clock, midnight
edges = st.builds(
    lambda day, seconds, back: datetime.combine(day, time(0), BERLIN).astimezone(UTC)
    + timedelta(microseconds=-1 if back else 0)
    + timedelta(seconds=seconds),
    st.one_of(
        st.builds(lambda y, m, n: date(y, m, 1) + timedelta(days=n), st.integers(1996, 2060), st.integers(1, 12),
        st.integers(-3, 3)),
        st.sampled_from([date(2024, 2, 29), date(2028, 2, 29), date(2000, 2, 29), date(2100, 2, 28)]),
        st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]),
    ),
    st.sampled_from([0, 1, 3599, 3600, 7199, 7200, 10800, 43200, 86399]),
    st.booleans(),
)  # fmt: skip
instants = st.one_of(moments, edges)
starts = st.sampled_from(STARTS)


def berlin(*at: int) -> datetime:
    return datetime(*at, tzinfo=BERLIN)  # type: ignore[misc,arg-type]


def P(text: str) -> Duration:  # noqa: N802 - reads like the duration it makes
    return Duration.parse(text)


class TestStorageLimits:
    @pytest.mark.parametrize(
        ("event", "keep", "start", "gone"),
        [
            # the day of the event is not counted; the month's last day where the number is missing; no weekends
            (berlin(2026, 8, 31, 9), "P6M", "event", berlin(2027, 3, 1)),
            (berlin(2026, 1, 31, 23, 59), "P1M", "event", berlin(2026, 3, 1)),
            (berlin(2028, 1, 31), "P1M", "event", berlin(2028, 3, 1)),
            (berlin(2024, 2, 29, 12), "P1Y", "event", berlin(2025, 3, 1)),
            (berlin(2024, 2, 29, 12), "P4Y", "event", berlin(2028, 3, 1)),
            (berlin(2026, 3, 30, 12), "P7D", "event", berlin(2026, 4, 7)),
            (berlin(2026, 3, 10, 12), "P2W", "event", berlin(2026, 3, 25)),
            (berlin(2026, 3, 10, 12), "P0D", "event", berlin(2026, 3, 11)),
            # vouchers: the period begins when the year of the event has ended
            (berlin(2025, 3, 15, 10), "P8Y", "end_of_year", berlin(2034, 1, 1)),
            (berlin(2025, 12, 31, 23, 59), "P10Y", "end_of_year", berlin(2036, 1, 1)),
            (berlin(2026, 1, 1), "P6Y", "end_of_year", berlin(2033, 1, 1)),
            # three months after the end of the calendar month; days likewise
            (berlin(2025, 11, 10, 8), "P3M", "end_of_month", berlin(2026, 3, 1)),
            (berlin(2026, 2, 28, 8), "P3M", "end_of_month", berlin(2026, 6, 1)),
            (berlin(2025, 12, 1), "P7D", "end_of_month", berlin(2026, 1, 8)),
            # hours run from the instant, also over the night in which clocks change
            (berlin(2026, 10, 24, 12), "PT24H", "event", berlin(2026, 10, 25, 11)),
            (berlin(2026, 3, 28, 12), "PT24H", "event", berlin(2026, 3, 29, 13)),
            (berlin(2026, 3, 28, 12), "P1D", "event", berlin(2026, 3, 30)),
        ],
    )
    def test_worked(self, event: datetime, keep: str, start: Start, gone: datetime) -> None:
        end = retention_end(event, P(keep), start)
        assert end == gone.astimezone(UTC)
        assert end.tzinfo is UTC

    def test_the_civil_day_decides_not_the_utc_day(self) -> None:
        late = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # 1 January, 00:30 in Berlin
        assert retention_end(late, P("P1Y"), "end_of_year") == berlin(2028, 1, 1).astimezone(UTC)
        assert retention_end(late, P("P1Y"), "end_of_year", "UTC") == datetime(2027, 1, 1, tzinfo=UTC)

    def test_clamped_months_are_never_chained(self) -> None:
        event = berlin(2026, 1, 31, 12)
        assert last_day(event, P("P2M")) == date(2026, 3, 31)
        assert last_day(event, P("P3M")) == date(2026, 4, 30)

    @given(instants, st.one_of(calendar_durations, week_durations))
    @example(berlin(2027, 8, 31, 0), Duration(months=6))
    def test_agrees_with_dateutil(self, event: datetime, keep: Duration) -> None:
        day = event.astimezone(BERLIN).date()
        step = relativedelta(years=keep.years, months=keep.months, weeks=keep.weeks, days=keep.days)
        expected = datetime.combine(day + step + timedelta(days=1), time(0), BERLIN).astimezone(UTC)
        assert retention_end(event, keep, "event") == expected

    @given(instants, clock_durations)
    def test_hours_agree_with_whenever(self, event: datetime, keep: Duration) -> None:
        if not keep.is_elapsed:
            return
        instant = whenever.Instant(event)
        later = instant.add(hours=keep.hours, minutes=keep.minutes, seconds=keep.seconds)
        assert retention_end(event, keep, "event") == later.to_stdlib()

    @given(instants, st.one_of(calendar_durations, week_durations))
    def test_start_of_day_agrees_with_whenever(self, event: datetime, keep: Duration) -> None:
        local = whenever.Instant(event).to_tz("Europe/Berlin")
        day = local.date().add(years=keep.years, months=keep.months).add(days=keep.days + 7 * keep.weeks + 1)
        expected = whenever.ZonedDateTime(day.year, day.month, day.day, tz="Europe/Berlin")
        assert retention_end(event, keep, "event") == expected.to_instant().to_stdlib()

    @given(instants, durations, starts)
    def test_never_before_the_event_and_never_early(
        self, event: datetime, keep: Duration, start: Start
    ) -> None:
        end = retention_end(event, keep, start)
        assert end > event or (keep == Duration() and end >= event)
        assert end - event >= timedelta(days=keep.least_days) - timedelta(hours=2)

    def test_dates_that_mean_never(self) -> None:
        forever = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
        assert retention_end(forever, P("P10Y"), "event") == NEVER
        assert retention_end(datetime.max.replace(tzinfo=UTC), P("PT72H"), "event") == NEVER
        assert retention_end(forever, P("P1D"), "end_of_year", "Asia/Tokyo") == NEVER

    def test_a_naive_instant_dates_nothing(self) -> None:
        naive = berlin(2026, 1, 1).replace(tzinfo=None)
        with pytest.raises(PeriodError):
            retention_end(naive, P("P1D"), "event")
        with pytest.raises(PeriodError):
            cutoff(naive, P("P1D"), "event")

    @pytest.mark.parametrize("zone", ["Europe/Bärlin", "", "../etc/passwd", "Mars/Olympus"])
    def test_an_unknown_time_zone_is_refused(self, zone: str) -> None:
        with pytest.raises(PeriodError, match="no time zone"):
            retention_end(berlin(2026, 1, 1), P("P1D"), "event", zone)


class TestCutoff:
    @given(instants, instants, durations, starts, st.sampled_from(ZONES))
    def test_is_the_exact_inverse(
        self, event: datetime, now: datetime, keep: Duration, start: Start, zone: str
    ) -> None:
        limit = cutoff(now, keep, start, zone)
        assert (retention_end(event, keep, start, zone) <= now) == (event < limit)

    @given(instants, durations, starts, st.sampled_from(ZONES))
    def test_to_the_microsecond(self, now: datetime, keep: Duration, start: Start, zone: str) -> None:
        limit = cutoff(now, keep, start, zone)
        assert retention_end(limit, keep, start, zone) > now
        assert retention_end(limit - timedelta(microseconds=1), keep, start, zone) <= now

    @given(instants, st.one_of(calendar_durations, mixed_durations), starts)
    def test_at_the_very_end_of_an_event(self, event: datetime, keep: Duration, start: Start) -> None:
        end = retention_end(event, keep, start)
        assert event < cutoff(end, keep, start)
        assert event >= cutoff(end - timedelta(microseconds=1), keep, start)

    @pytest.mark.parametrize("zone", ZONES)
    def test_every_day_of_leap_years_and_changes(self, zone: str) -> None:
        for keep in (P("P1M"), P("P6M"), P("P1Y"), P("P30D"), P("P1M10D")):
            for number in range(800):
                now = datetime(2027, 12, 30, 22, 30, tzinfo=UTC) + timedelta(days=number)
                for start in STARTS:
                    limit = cutoff(now, keep, start, zone)
                    before = limit - timedelta(microseconds=1)
                    assert (
                        retention_end(before, keep, start, zone)
                        <= now
                        < retention_end(limit, keep, start, zone)
                    )

    @pytest.mark.parametrize(
        ("zone", "around"),
        [
            # clocks go back from 00:01 to 23:01 of the day before; midnight does not exist; a whole day is left out
            ("America/St_Johns", datetime(2010, 11, 7, 2, tzinfo=UTC)),
            ("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
            ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
        ],
    )
    def test_days_never_run_backwards(self, zone: str, around: datetime) -> None:
        moments = [around + timedelta(minutes=minute, seconds=30) for minute in range(-180, 180)]
        ends = [retention_end(moment, P("P1D"), "event", zone) for moment in moments]
        assert ends == sorted(ends)
        for now in ends:
            limit = cutoff(now, P("P1D"), "event", zone)
            assert [end <= now for end in ends] == [moment < limit for moment in moments]

    def test_worked(self) -> None:
        assert cutoff(berlin(2027, 2, 28, 23, 59), P("P6M"), "event") == berlin(2026, 8, 28)
        assert cutoff(berlin(2027, 3, 1), P("P6M"), "event") == berlin(2026, 9, 1)
        assert cutoff(berlin(2033, 12, 31, 23, 59), P("P8Y"), "end_of_year") == berlin(2025, 1, 1)
        assert cutoff(berlin(2034, 1, 1), P("P8Y"), "end_of_year") == berlin(2026, 1, 1)
        assert cutoff(berlin(2026, 2, 28, 12), P("P3M"), "end_of_month") == berlin(2025, 11, 1)

    def test_a_period_longer_than_the_calendar_lets_nothing_go(self) -> None:
        early = cutoff(datetime(500, 1, 1, tzinfo=UTC), P("P900Y"), "event")
        assert early == datetime.min.replace(tzinfo=UTC)


class TestDeadlines:
    @pytest.mark.parametrize("rule", ["eu", "bgb"])
    @pytest.mark.parametrize(
        ("event", "within", "day"),
        [
            (date(2029, 1, 31), "P1M", date(2029, 2, 28)),
            (date(2028, 1, 31), "P1M", date(2028, 2, 29)),
            (date(2026, 1, 31), "P1M", date(2026, 3, 2)),  # first the month's end, then the weekend
            (date(2026, 7, 15), "P1M", date(2026, 8, 17)),
            (date(2026, 10, 30), "P1M", date(2026, 11, 30)),
            (date(2026, 8, 31), "P2M", date(2026, 11, 2)),
            (date(2026, 12, 11), "P14D", date(2026, 12, 28)),
            (date(2026, 12, 10), "P14D", date(2026, 12, 24)),  # Christmas Eve is a working day
        ],
    )
    def test_worked(self, event: date, within: str, day: date, rule: str) -> None:
        due = deadline(datetime.combine(event, time(15), BERLIN), P(within), rule)  # type: ignore[arg-type]
        assert due == day_bounds(day)[1] - timedelta(microseconds=1)

    @pytest.mark.parametrize(
        ("land", "day"), [("BY", 5), ("NW", 5), ("DE-BY", 5), ("BE", 4), ("HH", 4), (None, 4)]
    )
    def test_a_holiday_of_one_land(self, land: str | None, day: int) -> None:
        due = deadline(berlin(2026, 5, 4, 9), P("P1M"), "bgb", land)
        assert due.astimezone(BERLIN).date() == date(2026, 6, day)

    def test_72_hours_over_a_weekend_and_over_easter(self) -> None:
        friday = berlin(2026, 11, 20, 16, 30)
        assert deadline(friday, P("PT72H"), "eu") == berlin(2026, 11, 23, 17)
        assert safe_deadline(friday, P("PT72H")) == berlin(2026, 11, 23, 16, 30)
        thursday = berlin(2026, 4, 2, 10, 15)
        assert deadline(thursday, P("PT72H"), "eu") == berlin(2026, 4, 5, 11)
        assert safe_deadline(thursday, P("PT72H")) == berlin(2026, 4, 5, 10, 15)

    def test_72_hours_when_clocks_go_back_end_an_hour_earlier(self) -> None:
        assert deadline(berlin(2026, 10, 24, 10), P("PT72H"), "bgb") == berlin(2026, 10, 27, 9)

    def test_an_event_on_the_full_hour_counts_from_it(self) -> None:
        assert deadline(berlin(2026, 11, 18, 9), P("PT4H"), "eu") == berlin(2026, 11, 18, 13)

    def test_prolonged_from_receipt(self) -> None:
        received = berlin(2026, 9, 10, 11)
        assert deadline(received, P("P1M"), "eu").astimezone(BERLIN).date() == date(2026, 10, 12)
        assert extension(received, P("P1M"), P("P2M"), "eu").astimezone(BERLIN).date() == date(2026, 12, 10)
        assert extension(received, P("P1M"), P("P2M"), "bgb").astimezone(BERLIN).date() == date(2026, 12, 10)

    def test_prolonged_from_the_end_of_the_first_period(self) -> None:
        # by BGB § 190 the second period begins on 1 March; together from the event it would end on 28 April
        received = berlin(2026, 1, 28, 11)
        assert extension(received, P("P1M"), P("P2M"), "bgb").astimezone(BERLIN).date() == date(2026, 4, 30)
        assert extension(received, P("P1M"), P("P2M"), "eu").astimezone(BERLIN).date() == date(2026, 4, 28)

    def test_storage_limits_are_not_rolled(self) -> None:
        rejected = berlin(2026, 8, 31, 12)
        assert last_day(rejected, P("P6M")) == date(2027, 2, 28)  # a Sunday
        assert retention_end(rejected, P("P6M"), "event") == berlin(2027, 3, 1)

    def test_years_end(self) -> None:
        assert last_day(berlin(2025, 3, 15), P("P8Y"), "end_of_year") == date(2033, 12, 31)
        claim = deadline(berlin(2023, 5, 10), P("P3Y"), "bgb", start="end_of_year")
        assert claim.astimezone(BERLIN).date() == date(2026, 12, 31)

    def test_a_period_from_the_start_of_a_day(self) -> None:
        assert last_day(berlin(2026, 1, 1), P("P1Y"), day_counts=True) == date(2026, 12, 31)
        due = deadline(berlin(2026, 1, 1), P("P1Y"), "bgb", day_counts=True)
        assert due.astimezone(BERLIN).date() == date(2026, 12, 31)

    def test_two_working_days_by_the_regulation_only(self) -> None:
        # Thursday before Good Friday: two days end on Saturday, which moves to Tuesday; that is one working day
        thursday = berlin(2026, 4, 2, 10)
        assert deadline(thursday, P("P2D"), "eu").astimezone(BERLIN).date() == date(2026, 4, 8)
        assert deadline(thursday, P("P2D"), "bgb").astimezone(BERLIN).date() == date(2026, 4, 7)
        assert deadline(thursday, P("P1D"), "eu").astimezone(BERLIN).date() == date(2026, 4, 7)

    def test_counted_backwards_full_days_lie_between_and_nothing_is_rolled(self) -> None:
        erasure = berlin(2026, 3, 15)
        latest = latest_before(erasure, P("P14D"))
        assert latest == berlin(2026, 3, 1) - timedelta(microseconds=1)  # 28 February 2026 is a Saturday
        assert latest_before(berlin(2026, 3, 31, 18), P("P1M")) < berlin(2026, 2, 28)
        assert latest_before(erasure, P("PT36H")) == erasure - timedelta(hours=36)

    @given(
        st.dates(date(2000, 1, 1), date(2009, 12, 31)),
        st.builds(Duration, years=st.integers(0, 30), months=st.integers(0, 60), days=st.integers(0, 400)),
        st.sampled_from(sorted(laender())),
    )
    def test_agrees_with_a_calendar_kept_by_others(self, day: date, within: Duration, land: str) -> None:
        last = day + relativedelta(years=within.years, months=within.months, days=within.days)
        theirs = oracle.country_holidays("DE", subdiv=land, years=range(2000, 2050))
        while last.weekday() >= 5 or last in theirs:
            last += timedelta(days=1)
        due = deadline(datetime.combine(day, time(12), BERLIN), within, "bgb", land)
        assert due.astimezone(BERLIN).date() == last

    @given(
        instants,
        st.one_of(calendar_durations, week_durations),
        st.sampled_from(["BY", "BE", "SN", "NW", None]),
    )
    def test_the_last_day_is_a_working_day_and_never_before_the_plain_end(
        self, event: datetime, within: Duration, land: str | None
    ) -> None:
        plain = last_day(event, within)
        for rule in ("eu", "bgb"):
            day = deadline(event, within, rule, land).astimezone(BERLIN).date()
            assert day.weekday() < 5
            assert timedelta(0) <= day - plain <= timedelta(days=9)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), calendar_durations)
def test_add_is_monotone(day: date, period: Duration) -> None:
    assert add(day, period) <= add(day + timedelta(days=1), period)


def test_days_are_23_24_or_25_hours_long() -> None:
    lengths = [
        day_bounds(day)[1] - day_bounds(day)[0]
        for day in (date(2026, 3, 29), date(2026, 5, 1), date(2026, 10, 25))
    ]
    assert [length // timedelta(hours=1) for length in lengths] == [23, 24, 25]


def test_days_and_hours_together_end_that_much_after_the_day_but_are_no_deadline() -> None:
    event = berlin(2026, 5, 4, 9)
    assert retention_end(event, P("P1DT12H"), "event") == berlin(2026, 5, 6, 12)
    assert last_day(event, P("P1DT12H")) == date(2026, 5, 6)
    assert last_day(event, P("PT15H")) == date(2026, 5, 4)
    with pytest.raises(PeriodError, match="days and hours at once"):
        deadline(event, P("P1DT12H"), "eu")


def test_out_of_the_calendar_is_said_as_such() -> None:
    forever = datetime(9999, 12, 20, tzinfo=UTC)
    with pytest.raises(PeriodError, match="out of the calendar"):
        deadline(forever, P("P1M"), "eu")
    with pytest.raises(PeriodError, match="out of the calendar"):
        deadline(forever, P("PT900H"), "bgb")
    with pytest.raises(PeriodError, match="out of the calendar"):
        last_day(forever, P("P1Y"))
    with pytest.raises(PeriodError, match="out of the calendar"):
        latest_before(datetime(1, 1, 5, tzinfo=UTC), P("P1M"))
    with pytest.raises(PeriodError, match="out of the calendar"):
        extension(forever, P("P1D"), P("P1Y"), "bgb")
