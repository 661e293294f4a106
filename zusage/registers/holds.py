"""Holds: why something is not erased yet, with law, reason and end.

The row holds the identity in question and is erased some time after the hold was lifted; the ledger gets codes only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Column, Connection, Index, String, Table, delete, insert, or_, select, update

from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime
from zusage.errors import ZusageError
from zusage.law.citations import Citation

Ground = Literal["statute", "legal-claim", "contract", "order"]
Scope = Literal["subject", "activity", "row"]
GROUNDS: tuple[Ground, ...] = get_args(Ground)
#: what a hold rests on where the law is not named: Art. 17(3)(e) for claims, 17(3)(b) for duties, 18(2)
LAW: Mapping[Ground, str] = {
    "legal-claim": "gdpr:17(3)(e)",
    "contract": "gdpr:6(1)(b)",
    "order": "gdpr:17(3)(b)",
}

hold = Table(
    "hold",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("ground", String(20), nullable=False),
    Column("law", String(80), nullable=False),
    #: the named dispute, contract or order: `claim 22-17`
    Column("matter", String(200), nullable=False),
    Column("scope", String(12), nullable=False),
    Column("activity", String(80)),
    Column("identity_kind", String(80)),
    Column("identity", String(320)),
    Column("store", String(80)),
    Column("target", String(128)),
    Column("row_key", String(190)),
    Column("placed_at", UtcDateTime, nullable=False),
    #: when it stood in every store it concerns; before that it is not acknowledged
    Column("standing_since", UtcDateTime),
    Column("ends_at", UtcDateTime),
    Column("lifted_at", UtcDateTime),
    Column("actor", String(80), nullable=False),
    #: e-mail address of who looks after the case
    Column("owner", String(320)),
    Index("ix_hold_lifted_at_ends_at", "lifted_at", "ends_at"),
)

_NAMES = tuple(column.name for column in hold.c)


class BadHold(ZusageError):
    """A hold that cannot be taken; nothing was placed."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold. `scope` says which of `activity`, `identity`, or `store`/`target`/`row_key` is meant."""

    id: str
    ground: Ground
    law: str
    matter: str
    scope: Scope
    placed_at: datetime
    actor: str
    activity: str | None = None
    identity_kind: str | None = None
    identity: str | None = None
    store: str | None = None
    target: str | None = None
    row_key: str | None = None
    standing_since: datetime | None = None
    ends_at: datetime | None = None
    lifted_at: datetime | None = None
    owner: str | None = None


def check_hold(wanted: Hold) -> None:
    """Raises `BadHold` for a hold without a named matter, without its law, or that ends before it begins."""
    if wanted.ground not in GROUNDS:
        raise BadHold(f"'{wanted.ground}' is no ground for a hold", hint=f"one of {', '.join(GROUNDS)}")
    if not wanted.matter.strip():
        raise BadHold(
            "a hold names the dispute, contract, order or document it is for", hint="--matter 'claim 22-17'"
        )
    try:
        Citation.parse_id(wanted.law)
    except ZusageError as error:
        raise BadHold(
            f"the law of a hold is a citation: {error.message}", hint="such as gdpr:17(3)(e) or ao:147(3)"
        ) from None
    if wanted.ground == "statute" and wanted.ends_at is None:
        raise BadHold("a statutory hold has an end", hint="--until 2034-12-31")
    if wanted.ends_at is not None and wanted.ends_at <= wanted.placed_at:
        raise BadHold("a hold cannot end before it begins", hint="--until a day in the future")


def place_hold(connection: Connection, placed: Hold) -> None:
    """Put a hold on file; it counts as acknowledged when `standing_since` is set."""
    connection.execute(insert(hold).values({name: getattr(placed, name) for name in _NAMES}))


def hold_stands(connection: Connection, hold_id: str, at: datetime) -> None:
    """The hold stands in every store it concerns."""
    connection.execute(update(hold).where(hold.c.id == hold_id).values(standing_since=at))


def lift_hold(connection: Connection, hold_id: str, at: datetime) -> bool:
    """Mark a hold as lifted; whether it was in force."""
    statement = update(hold).where(hold.c.id == hold_id, hold.c.lifted_at.is_(None)).values(lifted_at=at)
    return connection.execute(statement).rowcount == 1


def holds_in_force(connection: Connection, now: datetime) -> list[Hold]:
    """Every hold that was not lifted and has not ended, the oldest first."""
    running = hold.c.lifted_at.is_(None) & or_(hold.c.ends_at.is_(None), hold.c.ends_at > now)
    return [
        Hold(**row._mapping)
        for row in connection.execute(select(hold).where(running).order_by(hold.c.placed_at))
    ]


def find_hold(connection: Connection, hold_id: str) -> Hold | None:
    """The hold with this id."""
    row = connection.execute(select(hold).where(hold.c.id == hold_id)).first()
    return None if row is None else Hold(**row._mapping)


def expire_holds(connection: Connection, before: datetime) -> int:
    """Erase holds that were lifted, or ended, before an instant: they name persons and disputes."""
    over = or_(hold.c.lifted_at < before, hold.c.ends_at < before)
    return connection.execute(delete(hold).where(over)).rowcount
