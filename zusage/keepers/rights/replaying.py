"""After a restored backup: every act that the backup has forgotten is done again, proven by a fresh look.

Requests keep the identity they acted on while they are on file themselves; the keyed hash finds the same person's newer
requests, so that a later access is not mistaken for a forgotten erasure.
"""

from __future__ import annotations

from datetime import UTC, datetime

from zusage.keepers.context import Context
from zusage.keepers.rights import acting
from zusage.promises import Outcome
from zusage.registers.requests import Kind, Request, State, requests

#: kinds whose effect lies in the stores and is lost with them
_LOST = frozenset({Kind.ERASURE, Kind.RESTRICTION, Kind.RECTIFICATION})


def replay(context: Context, now: datetime, since: datetime | None = None) -> list[Outcome]:
    """Apply what was done since `since` (all if None) again; an act that nothing forgot finds nothing."""
    begin = since.replace(tzinfo=UTC) if since is not None and since.tzinfo is None else since
    with context.state.connect() as connection:
        done = [one for one in requests(connection, states=(State.ANSWERED,)) if _counts(one, begin)]
    outcomes: list[Outcome] = []
    for one in sorted(done, key=lambda request: request.closed_at or request.received_at):
        acts = acting.perform(context, one, now, lambda: None)
        outcomes += [act.outcome for act in acts]
        facts = {"request": one.id, "hit": sum(act.outcome.hit for act in acts)}
        with context.state.begin() as connection:
            context.ledger.append(connection, "request/replayed", facts, at=now, actor="worker")
    return outcomes


def _counts(one: Request, since: datetime | None) -> bool:
    if one.kind not in _LOST or one.identity is None or one.closed_at is None:
        return False
    return since is None or one.closed_at >= since
