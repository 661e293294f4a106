"""What retention itself remembers, and for how long: lifted holds, counts of past sweeps, mails that went out."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete

from zusage.registers.approvals import run
from zusage.registers.holds import expire_holds
from zusage.registers.notices import notice
from zusage.registers.paper import expire_paper

#: a lifted or ended hold names a person and a dispute; a year covers the question why something was kept
KEEP_HOLDS = timedelta(days=365)
KEEP_RUNS = timedelta(days=3 * 365)
KEEP_NOTICES = timedelta(days=3 * 365)
KEEP_PAPER = timedelta(days=3 * 365)


def expire_retention_records(connection: Connection, now: datetime) -> int:
    """Erase what is no longer needed; returns how many rows."""
    count = expire_holds(connection, now - KEEP_HOLDS)
    count += expire_paper(connection, now - KEEP_PAPER)
    count += connection.execute(delete(run).where(run.c.at < now - KEEP_RUNS)).rowcount
    return count + connection.execute(delete(notice).where(notice.c.cleared_at < now - KEEP_NOTICES)).rowcount
