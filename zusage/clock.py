"""The only place that asks what time it is (DESIGN, rule 6). Everything else takes `now` as a parameter."""

from __future__ import annotations

import os
from datetime import UTC, datetime

#: For demonstrations and acceptance tests that run in another process: an ISO 8601 instant that stands for "now".
VARIABLE = "ZUSAGE_NOW"


class InvalidClock(ValueError):
    """`ZUSAGE_NOW` is set but is not an ISO 8601 instant with a zone."""


def now() -> datetime:
    """The current instant, aware, in UTC; `ZUSAGE_NOW` (ISO 8601 with zone) replaces the system's clock.

    Raises `InvalidClock` if the variable is set to anything else: a wrong clock must never erase data.
    """
    fixed = os.environ.get(VARIABLE)
    if fixed is None:
        return datetime.now(UTC)
    try:
        instant = datetime.fromisoformat(fixed)
    except ValueError as error:
        raise InvalidClock(f"{VARIABLE} is not an ISO 8601 instant: {fixed!r}") from error
    if instant.tzinfo is None:
        raise InvalidClock(f"{VARIABLE} needs a time zone, such as 2026-03-01T08:00:00+00:00: {fixed!r}")
    return instant.astimezone(UTC)
