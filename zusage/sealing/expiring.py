"""What is on file of openings is about people, too: who asked, why, who approved. It goes when the ledger's year goes."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select

from zusage.ledger.expiring import KEEP_YEARS
from zusage.sealing.tables import seal_approval, seal_keyholder, seal_opening


def oldest_kept(now: datetime) -> datetime:
    """The beginning of the oldest calendar year that is kept."""
    return datetime(now.astimezone(UTC).year - KEEP_YEARS, 1, 1, tzinfo=UTC)


def expire_openings(connection: Connection, now: datetime) -> int:
    """Erase requests that were over before the oldest year that is kept, their approvals, and keys that were revoked before it
    and approved nothing that is still on file; returns how many requests."""
    oldest = oldest_kept(now)
    over = (
        (seal_opening.c.valid_until < oldest)
        & (seal_opening.c.opened_at.is_(None) | (seal_opening.c.opened_at < oldest))
        & (seal_opening.c.result_until.is_(None) | (seal_opening.c.result_until < oldest))
    )
    gone = connection.execute(delete(seal_opening).where(over)).rowcount
    connection.execute(delete(seal_approval).where(seal_approval.c.opening.not_in(select(seal_opening.c.id))))
    idle = seal_keyholder.c.id.not_in(select(seal_approval.c.holder))
    connection.execute(delete(seal_keyholder).where(seal_keyholder.c.revoked_at < oldest, idle))
    return gone
