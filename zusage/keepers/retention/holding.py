"""Holds in force: placed in the stores before they are acknowledged, renewed for rows that come later, lifted everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from zusage.decisions.version import bump
from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.keepers.retention.ceilings import check_ceilings
from zusage.registers.holds import (
    BadHold,
    Hold,
    check_hold,
    find_hold,
    hold_stands,
    holds_in_force,
    lift_hold,
    place_hold,
)  # fmt: skip
from zusage.stores.bindings import TableBinding
from zusage.stores.sql import journal
from zusage.stores.sql.database import Database
from zusage.stores.sql.excluding import Wanted, exclude_rows, exclude_table
from zusage.stores.sql.identity import Identity, subject_rows


class HoldNotPlaced(ZusageError):
    """The hold could not be made to stand in a store; it is not acknowledged."""


def place(context: Context, wanted: Hold, now: datetime) -> int:
    """Place a hold and return how many rows it keeps. It is acknowledged only once it stands in every store.

    Raises `BadHold` before anything is placed, and `HoldNotPlaced` or `StoreUnreachable` where a store did not take it:
    then it stays on file and the next sweep tries again before it erases anything.
    """
    check_hold(wanted)
    _check_scope(context, wanted)
    check_ceilings(context, wanted, now)
    with context.state.begin() as connection:
        place_hold(connection, wanted)
    count = sum(_place_in(database, wanted, now) for database in _databases(context, wanted))
    facts = {
        "hold": f"hold-{wanted.id}",
        "ground": wanted.ground,
        "law": wanted.law,
        "scope": wanted.scope,
        "rows": count,
    }
    if wanted.activity:
        facts["activity"] = wanted.activity
    if wanted.ends_at:
        facts["until"] = wanted.ends_at.isoformat()
    with context.state.begin() as connection:
        hold_stands(connection, wanted.id, now)
        bump(connection)
        context.ledger.append(connection, "hold/placed", facts, at=now, actor=wanted.actor)
    return count


def lift(context: Context, hold_id: str, actor: str, now: datetime) -> int:
    """Lift a hold everywhere; returns how many rows it had kept. Raises `BadHold` if there is none in force."""
    with context.state.begin() as connection:
        if not lift_hold(connection, hold_id, now):
            raise BadHold(f"there is no hold '{hold_id}' in force", hint="`zusage hold list` shows them")
        bump(connection)
    count = 0
    for store in context.stores.values():
        if isinstance(store, Database) and store.install_journal():
            with store.writing() as connection:
                journal.take_turn(connection, alone=True)
                count += journal.lift(connection, hold_id)
    with context.state.begin() as connection:
        context.ledger.append(
            connection, "hold/lifted", {"hold": f"hold-{hold_id}", "rows": count}, at=now, actor=actor
        )
    return count


def renew(context: Context, database: Database, now: datetime) -> None:
    """Before a sweep: holds also keep rows that came later; ended and lifted ones are cleared away."""
    with context.state.connect() as connection:
        holds = holds_in_force(connection, now)
    if not database.install_journal():
        return
    with database.writing() as connection:
        journal.take_turn(connection, alone=True)
        journal.expire(connection, now)
    for each in holds:
        if _concerns(each, database):
            _place_in(database, each, now)


def unenforceable(context: Context, database: Database, now: datetime) -> bool:
    """A hold concerns the database, but it may not hold exclusions: nothing there may be erased."""
    if database.binding.journal:
        return False
    with context.state.connect() as connection:
        holds = holds_in_force(connection, now)
    return any(_concerns(each, database) for each in holds)


def _check_scope(context: Context, wanted: Hold) -> None:
    if wanted.scope == "activity" and wanted.activity not in context.declaration.activities:
        raise BadHold(f"the declaration has no activity '{wanted.activity}'")
    if wanted.scope == "subject" and not (
        wanted.identity_kind and wanted.identity and wanted.identity.strip()
    ):
        raise BadHold("a hold on a person names an identity", hint="--subject email=person@example.org")
    if wanted.scope == "row":
        if not (wanted.store and wanted.target and wanted.row_key):
            raise BadHold("a hold on a row names store, table and key", hint="--row STORE:TABLE:KEY")
        if wanted.store not in context.stores:
            raise BadHold(f"there is no store '{wanted.store}'")
    for database in _databases(context, wanted):
        if not database.binding.journal:
            raise HoldNotPlaced(
                f"the store '{database.name}' may not hold exclusions (journal: false), so no hold can stand there",
                hint="allow the journal in stores.yaml, or leave its rules unapproved while the hold lasts",
            )


def _databases(context: Context, wanted: Hold) -> Iterator[Database]:
    for store in context.stores.values():
        if isinstance(store, Database) and _concerns(wanted, store):
            yield store


def _concerns(wanted: Hold, database: Database) -> bool:
    return any(True for _ in _parts(database, wanted))


def _parts(database: Database, wanted: Hold) -> Iterator[TableBinding]:
    if wanted.scope == "row" and wanted.store != database.name:
        return
    for activity, parts in database.binding.activities.items():
        if wanted.activity is not None and activity != wanted.activity:
            continue
        for part in parts:
            if wanted.scope == "row" and part.table != wanted.target:
                continue
            if wanted.scope == "subject" and wanted.identity_kind not in part.subject:
                continue
            yield part


def _place_in(database: Database, wanted: Hold, now: datetime) -> int:
    if not database.install_journal():
        raise HoldNotPlaced(f"the store '{database.name}' may not hold exclusions")
    said = Wanted("hold", wanted.id, wanted.law, now, wanted.ends_at)
    count = 0
    with database.writing() as connection:
        journal.take_turn(connection, alone=True)
        for part in _parts(database, wanted):
            table = database.bound(connection, part)
            if wanted.scope == "activity":
                exclude_table(connection, table, said)
                count += exclude_rows(connection, database, table, table.belongs(), said, itself=False)
            elif wanted.scope == "subject":
                assert wanted.identity_kind
                rows = subject_rows(table, [Identity(wanted.identity_kind, wanted.identity or "")])
                count += exclude_rows(connection, database, table, rows, said)
            else:
                count += exclude_rows(connection, database, table, table.row_key == wanted.row_key, said)
    return count


__all__ = ["HoldNotPlaced", "find_hold", "lift", "place", "renew", "unenforceable"]
