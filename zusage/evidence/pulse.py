"""Is the worker alive? A dead worker keeps no promise, however good yesterday's proof was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from zusage.agenda import last_tick, overdue
from zusage.workspace import Workspace

#: work may wait this long past its due time before a silent worker counts as dead
GRACE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Pulse:
    """When the worker last looked (None: never), how many items are past their grace, and whether that is alarming."""

    last_tick: datetime | None
    overdue: int
    dead: bool


def pulse(workspace: Workspace, now: datetime) -> Pulse:
    """The worker's pulse at `now`: dead if work is overdue and no tick came within the grace."""
    with workspace.state.connect() as connection:
        last = last_tick(connection)
        late = overdue(connection, now - GRACE)
    silent = last is None or last < now - GRACE
    return Pulse(last_tick=last, overdue=late, dead=late > 0 and silent)
