"""How long a declared item may stay: ISO 8601 durations counted on the calendar."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta

_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?"
)
SESSION = "session"
UNTIL_CLEARED = "until-cleared"


def is_lifetime(keep: str) -> bool:
    """Whether `keep` is a duration such as `P6M`, or one of the two words `session` and `until-cleared`."""
    return keep in (SESSION, UNTIL_CLEARED) or _DURATION.fullmatch(keep) is not None


def parts(keep: str) -> tuple[int, int] | None:
    """Months and seconds of a lifetime: both 0 for `session`, None for `until-cleared`. Raises `ValueError` as `ends` does."""
    if keep in (SESSION, UNTIL_CLEARED):
        return (0, 0) if keep == SESSION else None
    years, months, weeks, days, hours, minutes, seconds = _numbers(keep)
    return months + 12 * years, ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds


def _numbers(keep: str) -> tuple[int, ...]:
    found = _DURATION.fullmatch(keep)
    if found is None:
        raise ValueError(
            f"expected an ISO 8601 duration such as P6M, 'session' or 'until-cleared', not {keep!r}"
        )
    return tuple(int(part or 0) for part in found.groups())


def ends(keep: str, start: datetime) -> datetime | None:
    """The last instant at which an item set at `start` may exist; None for `session` and `until-cleared`.

    Years and months are counted on the calendar, and a day that the month does not have becomes its last one: six
    months from 31 August end on 28 February. Raises `ValueError` for anything else.
    """
    if keep in (SESSION, UNTIL_CLEARED):
        return None
    months, seconds = parts(keep) or (0, 0)
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return start.replace(year=year, month=month, day=day) + timedelta(seconds=seconds)
