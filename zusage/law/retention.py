"""Statutory retention, limitation and erasure periods by id, as they stood on the day of the event.

Four kinds, which a caller must not mix: a *duty to keep* (`keep`) is an obligation under Art. 17(3)(b) GDPR; a *duty to
erase* (`erase`) is the latest date; a *limitation period* (`claim`) may be a reason to keep what a concrete defence
needs (Art. 17(3)(e)), never a duty; *practice* has no statute behind it. A duty covers the documents it names, not the
whole record of a customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, Literal

from zusage.law.citations import Citation, parse_id
from zusage.law.duration import Duration
from zusage.law.facts import Source, known, load, said, said_surely, source_of
from zusage.law.periods import Start, retention_end
from zusage.text import Text

Kind = Literal["keep", "erase", "claim", "practice"]
StatutoryStart = Literal["event", "end_of_year", "end_of_fiscal_year"]


@dataclass(frozen=True, slots=True)
class Change:
    """From `since` on the period is another than `before`. `old_too`: also for events whose old period still ran."""

    since: date
    before: Duration | None
    old_too: bool = False


@dataclass(frozen=True, slots=True)
class StatutoryPeriod:
    """One period of law. `period` is None where the law names no number (`bdsg-35`) or hangs on something else."""

    id: str
    country: str
    citation: Citation | None
    law: str
    documents: Text
    event: Text | None
    period: Duration | None
    start: StatutoryStart
    kind: Kind
    change: Change | None
    finance_period: Duration | None
    finance_change: Change | None
    only_finance: bool
    applied: bool
    variants: Mapping[str, Duration]
    note: Text | None
    source: Source

    @property
    def counted_from(self) -> Start:
        """The start rule for `periods`; a business year is taken to be the calendar year."""
        return "event" if self.start == "event" else "end_of_year"

    def keep_at(self, event_date: date, finance: bool = False) -> Duration | None:
        """The period for an event of that day. `finance` is for banks, insurers and securities institutions.

        None where the law names no number, did not exist yet, is not applied, or does not bind this controller.
        """
        if not self.applied or (self.only_finance and not finance):
            return None
        if finance and self.finance_period is not None:
            return self._as_of(event_date, self.finance_period, self.finance_change)
        return self._as_of(event_date, self.period, self.change)

    def end(self, event: datetime, finance: bool = False, tz: str = "Europe/Berlin") -> datetime | None:
        """The first instant (UTC) after the period of an event, or None as for `keep_at`."""
        period = self.keep_at(event.date(), finance)
        return None if period is None else retention_end(event, period, self.counted_from, tz)

    def _as_of(self, event_date: date, period: Duration | None, change: Change | None) -> Duration | None:
        if change is None or event_date >= change.since:
            return period
        if change.before is None or not change.old_too:
            return change.before
        event = datetime.combine(event_date, time(12), UTC)
        turn = datetime.combine(change.since, time(0), UTC)
        still_ran = retention_end(event, change.before, self.counted_from, "UTC") > turn
        return period if still_ran else change.before


@lru_cache(maxsize=1)
def _all() -> Mapping[str, StatutoryPeriod]:
    return {entry["id"]: _period(entry) for entry in load("retention")["entries"]}


def all_statutory() -> Mapping[str, StatutoryPeriod]:
    """All periods by id, in the order of the data file."""
    return _all()


def statutory(period_id: str) -> StatutoryPeriod:
    """The period with this id (`hgb-vouchers`, `agg-15`). Raises `LawError` that names the nearest."""
    found: StatutoryPeriod = known("statutory period", period_id, _all())
    return found


def _period(entry: Mapping[str, Any]) -> StatutoryPeriod:
    before = _duration(entry.get("before"))
    return StatutoryPeriod(
        id=entry["id"],
        country=entry["country"],
        citation=parse_id(entry["citation"]) if entry["citation"] else None,
        law=entry["law"],
        documents=said_surely(entry, "documents"),
        event=said(entry, "event"),
        period=_duration(entry["period"]),
        start=entry["start"],
        kind=entry["kind"],
        change=_change(entry, "since", before),
        finance_period=_duration(entry.get("finance")),
        finance_change=_change(entry, "finance_since", before),
        only_finance=entry.get("only_finance", False),
        applied=not entry.get("not_applied", False),
        variants={name: Duration.parse(written) for name, written in entry.get("variants", {}).items()},
        note=said(entry, "note"),
        source=source_of(entry, "retention"),
    )


def _change(entry: Mapping[str, Any], key: str, before: Duration | None) -> Change | None:
    return Change(entry[key], before, entry.get("old_too", False)) if key in entry else None


def _duration(written: str | None) -> Duration | None:
    return None if written is None else Duration.parse(written)
