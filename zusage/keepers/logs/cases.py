"""Cases: a concrete suspicion with its scope. Only a case opens sealed lines, and only a case holds them.

The suspicion is somebody's words about somebody and stays in an erasable row; the ledger holds a salted commitment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, delete, func, select

from zusage.keepers.logs.ceilings import longest
from zusage.keepers.logs.scopes import Scope
from zusage.keepers.logs.tables import log_case
from zusage.keepers.logs.vault import Vault
from zusage.ledger import commit
from zusage.sealing.expiring import oldest_kept
from zusage.sealing.rooms import concrete, refuse

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to be opened. Lines in scope are held until `hold_until` at the latest."""

    id: str
    suspicion: str
    scope: Scope
    hold_until: datetime
    person: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case on file."""

    id: str
    activity: str
    suspicion: str
    scope: Scope
    opened_at: datetime
    hold_until: datetime
    closed_at: datetime | None

    def open_at(self, now: datetime) -> bool:
        """Whether it still holds lines and carries openings."""
        return (self.closed_at is None or self.closed_at > now) and now < self.hold_until


def open_case(vault: Vault, new: NewCase, now: datetime) -> Case:
    """File a case. Raises `Refused` for a suspicion that is none, a bad or used id, a hold without end."""
    if not _ID.fullmatch(new.id) or sum(map(str.isdigit, new.id)) > 6:
        refuse(vault, "case-id", "a case needs an id such as M-3", now)
    if not concrete(new.suspicion):
        refuse(
            vault,
            "no-suspicion",
            "a case needs a concrete suspicion, in words",
            now,
            hint="what, when, by what sign",
        )
    if new.hold_until <= now:
        refuse(vault, "hold-without-end", "the hold of a case ends at a date in the future", now)
    ceiling = longest(vault, new.scope)
    if ceiling is not None and new.hold_until > ceiling:
        refuse(
            vault,
            "hold-beyond-ceiling",
            f"nothing of this scope may be held beyond {ceiling.astimezone(ZoneInfo(vault.zone)):%Y-%m-%d}",
            now,
            hint="choose an earlier end; nothing extends a ceiling",
        )
    suspicion = " ".join(new.suspicion.split())
    commitment, salt = commit({"suspicion": suspicion, "scope": new.scope.as_json()})
    with vault.state.begin() as connection:
        taken = connection.scalar(select(log_case.c.id).where(log_case.c.id == new.id))
        if taken is None:
            values = {
                "id": new.id, "activity": vault.name, "suspicion": suspicion, "scope": new.scope.as_json(), "salt": salt,
                "opened_by": new.person, "opened_at": now, "hold_until": new.hold_until,
            }  # fmt: skip
            connection.execute(log_case.insert().values(**values))
            facts = {"case": new.id, "content": commitment, "hold_until": new.hold_until.isoformat()}
            vault.record(connection, "logs/case-opened", facts, now, new.person)
    if taken is not None:
        refuse(vault, "case-id", f"there is a case '{new.id}' already", now)
    return Case(new.id, vault.name, suspicion, new.scope, now, new.hold_until, None)


def close_case(vault: Vault, case: str, person: str, now: datetime) -> None:
    """Close a case: its hold ends, and its lines go with the next expiry. Raises `Refused`."""
    with vault.state.begin() as connection:
        open_one = (
            log_case.c.closed_at.is_(None) & (log_case.c.id == case) & (log_case.c.activity == vault.name)
        )
        closed = connection.execute(log_case.update().where(open_one).values(closed_at=now)).rowcount
        if closed:
            vault.record(connection, "logs/case-closed", {"case": case}, now, person)
    if not closed:
        refuse(vault, "no-case", f"there is no open case '{case}'", now)


def expire_cases(connection: Connection, now: datetime) -> int:
    """Erase cases that held nothing any more before the oldest year that is kept; returns how many."""
    ended = func.coalesce(log_case.c.closed_at, log_case.c.hold_until)
    return connection.execute(delete(log_case).where(ended < oldest_kept(now))).rowcount


def cases(connection: Connection, activity: str) -> Sequence[Case]:
    """All cases of an activity, oldest first."""
    query = select(log_case).where(log_case.c.activity == activity).order_by(log_case.c.opened_at)
    return [_case(row) for row in connection.execute(query)]


def cases_open(connection: Connection, activity: str, now: datetime) -> list[Case]:
    """The cases that hold lines at `now`, oldest first."""
    return [each for each in cases(connection, activity) if each.open_at(now)]


def case_of(connection: Connection, activity: str, case: str) -> Case | None:
    """One case."""
    return next((each for each in cases(connection, activity) if each.id == case), None)


def _case(row: Row[Any]) -> Case:
    scope = Scope.read(row.scope)
    return Case(row.id, row.activity, row.suspicion, scope, row.opened_at, row.hold_until, row.closed_at)
