"""Time limits of data protection law by id, and when each is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from zusage.law.citations import Citation, parse_id
from zusage.law.duration import Duration
from zusage.law.facts import Source, known, load, said, said_surely, source_of
from zusage.law.periods import Regime, deadline, extension, safe_deadline
from zusage.text import Text


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit: `what` is due `within` the period from `event`. `within` is None where the law says 'at once'."""

    id: str
    citation: Citation
    what: Text
    event: Text
    within: Duration | None
    rule: Regime
    extension: Duration | None
    hard: bool
    note: Text | None
    source: Source

    def due(self, event: datetime, land: str | None = None, tz: str = "Europe/Berlin") -> datetime:
        """The last instant (UTC) in time. Where the law names no period, the event itself: at once.

        Never later than BGB and Regulation 1182/71 both allow (72 hours are counted from the minute).
        """
        if self.within is None:
            return event
        return min(
            deadline(event, self.within, self.rule, land, tz), safe_deadline(event, self.within, land, tz)
        )

    def due_extended(self, event: datetime, land: str | None = None, tz: str = "Europe/Berlin") -> datetime:
        """The last instant when the period was prolonged; that of `due` where the law knows no prolongation."""
        if self.within is None or self.extension is None:
            return self.due(event, land, tz)
        return extension(event, self.within, self.extension, self.rule, land, tz)


@lru_cache(maxsize=1)
def all_limits() -> Mapping[str, Limit]:
    """All time limits by id."""
    return {entry["id"]: _limit(entry) for entry in load("deadlines")["limits"]}


def limit(limit_id: str) -> Limit:
    """The time limit with this id (`dl-12-3`). Raises `LawError` that names the nearest."""
    found: Limit = known("time limit", limit_id, all_limits())
    return found


def _limit(entry: Mapping[str, Any]) -> Limit:
    within, more = entry["within"], entry.get("extension")
    return Limit(
        id=entry["id"],
        citation=parse_id(entry["citation"]),
        what=said_surely(entry, "what"),
        event=said_surely(entry, "event"),
        within=None if within is None else Duration.parse(within),
        rule=entry["rule"],
        extension=None if more is None else Duration.parse(more),
        hard=entry["hard"],
        note=said(entry, "note"),
        source=source_of(entry, "deadlines"),
    )
