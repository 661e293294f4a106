"""After a restored backup: every act that the backup has forgotten is done again, proven by a fresh look.

A request whose identity was erased meanwhile is found by its keyed hash: each identity in the restored stores is hashed
under the key for replays and compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select

from zusage.keepers.context import Context
from zusage.keepers.rights import acting
from zusage.keepers.rights.finding import databases, on_behalf, subject_of_request
from zusage.promises import Outcome
from zusage.registers.requests import Kind, Request, State, requests
from zusage.stores.sql.database import Database

#: kinds whose effect lies in the stores and is lost with them; of objections, the erasure of what rested on the purpose
_LOST = frozenset({Kind.ERASURE, Kind.RESTRICTION, Kind.RECTIFICATION, Kind.OBJECTION, Kind.CHILD_REPORT})


def replay(context: Context, now: datetime, since: datetime) -> list[Outcome]:
    """Apply what was done from `since` (when the backup was made) again; what nothing forgot finds nothing."""
    begin = since.replace(tzinfo=UTC) if since.tzinfo is None else since
    with context.state.connect() as connection:
        done = [one for one in requests(connection, states=(State.ANSWERED,)) if _counts(one, begin)]
    outcomes: list[Outcome] = []
    for one in sorted(_found_again(context, done), key=lambda request: request.closed_at or now):
        acts = acting.perform(context, one, subject_of_request(context, one), now, lambda: None)
        outcomes += [act.outcome for act in acts]
        facts = {"request": one.id, "hit": sum(act.outcome.hit for act in acts)}
        with context.state.begin() as connection:
            context.ledger.append(connection, "request/replayed", facts, at=now, actor="worker")
    return outcomes


def _counts(one: Request, since: datetime) -> bool:
    lifted = "lifted_at" in (one.details or {})
    return one.kind in _LOST and one.closed_at is not None and one.closed_at >= since and not lifted


def _found_again(context: Context, done: list[Request]) -> Iterator[Request]:
    """The requests with the identity they acted on, from their row or found by hash in the stores."""
    lost = [one for one in done if one.identity is None and one.kind is Kind.ERASURE]
    seen = _identities(context, {one.identity_key for one in lost}) if lost else {}
    for one in done:
        if one.identity is not None:
            yield one
        elif one.identity_key in seen:
            kind, value = seen[one.identity_key]
            yield replace(one, identity_kind=kind, identity=value, proof="account")


def _identities(context: Context, wanted: set[str]) -> Mapping[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for database in databases(context):
        for kind, value in _all_identities(database, on_behalf(context)):
            key = context.keys.pseudonym("replay", f"{kind}:{value}")
            if key in wanted:
                found[key] = (kind, value)
    return found


def _all_identities(database: Database, foreign: frozenset[str]) -> Iterator[tuple[str, str]]:
    with database.reading() as connection:
        for activity, parts in database.binding.activities.items():
            for part in parts if activity not in foreign else ():
                table = database.bound(connection, part)
                for kind, path in part.subject.items():
                    if "." in path:
                        continue  # the table that holds the column itself is bound too
                    column = table.subject_value(kind)
                    rows = connection.execute(select(column).where(column.is_not(None)).distinct())
                    yield from ((kind, str(value)) for value in rows.scalars() if str(value).strip())
