"""The logs keeper: takes logs in, erases what is due, and looks again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from zusage.declaration import Declaration
from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.keepers.logs.binding import NotBound, read_bindings
from zusage.keepers.logs.cases import cases_open
from zusage.keepers.logs.ceilings import warn
from zusage.keepers.logs.combining import keep_lines, lines_in
from zusage.keepers.logs.expiring import (
    EVENTS,
    due,
    raw_due,
    remove_partials,
    remove_segments,
    results_due,
)
from zusage.keepers.logs.intake import take_in
from zusage.keepers.logs.live import forget
from zusage.keepers.logs.promising import KEEPER, SEALED, log_promises, promise_id
from zusage.keepers.logs.proving import prove
from zusage.keepers.logs.tables import log_segment
from zusage.keepers.logs.vault import Vault, open_vault
from zusage.promises import Outcome, Plan, PlannedAct, Promise, Proof, Result

TAKE_IN, ERASE, REMOVE_RAW, RESULTS = "take-in", "erase", "remove-raw", "erase-results"


class LogsKeeper:
    """Expiry needs no approval: what is due was fixed by the declared rule when a line was taken in, and nothing but
    our own sealed segments, statistics and rotated raw files is removed."""

    name = KEEPER

    def promises(self, declaration: Declaration) -> Iterable[Promise]:
        """Fields, statistics, sealing, opening, purposes, and each period with its backups."""
        return log_promises(declaration)

    def plan(self, context: Context, now: datetime) -> Plan:
        """What would be taken in and removed now. Touches nothing."""
        acts: list[PlannedAct] = []
        for vault in vaults(context):
            acts += planned(vault, now)
        return Plan(self.name, now, tuple(acts))

    def keep(self, context: Context, plan: Plan, now: datetime) -> Iterator[Outcome]:
        """Take in, then remove what is due at `now`. Safe to repeat after a crash at any point."""
        for vault in vaults(context):
            if vault.binding.sources:
                yield _take_in(vault, now)
            yield from expire(vault, now)
            with vault.state.connect() as connection:
                open_cases = cases_open(connection, vault.name, now)
            warn(context, vault, open_cases, now)

    def prove(self, context: Context, promise: Promise, now: datetime) -> Proof:
        """Look at segments, statistics, key store, backups, and the record."""
        return prove(context, promise, now)


def vaults(context: Context) -> Iterator[Vault]:
    """Every bound activity with logs."""
    bound = read_bindings(context.folder)
    for name, activity in context.declaration.activities.items():
        if activity.logs is not None and name in bound:
            yield open_vault(context, name)


def planned(vault: Vault, now: datetime) -> list[PlannedAct]:
    """What is due in one vault."""
    acts = []
    store = f"logs:{vault.name}"
    with vault.state.connect() as connection:
        for each in due(connection, vault, now):
            if each.rows or each.held:
                promise = promise_id(vault.name, "expire", each.rule)
                acts.append(
                    PlannedAct(promise, store, EVENTS[each.event].name, ERASE, len(each.rows), sum(each.held.values()),
                               oldest=each.oldest, why=dict(each.held))
                )  # fmt: skip
        raw, results = raw_due(connection, vault, now), results_due(connection, vault, now)
    lines = _line_rule(vault)
    if raw:
        acts.append(PlannedAct(lines, store, "raw files", REMOVE_RAW, len(raw)))
    if results:
        acts.append(PlannedAct(lines, store, "log_opening", RESULTS, len(results)))
    return acts


def _line_rule(vault: Vault) -> str:
    rule = next(
        (rule.id for rule in vault.activity.retention if EVENTS.get(rule.since.event) is log_segment), ""
    )
    return promise_id(vault.name, "expire", rule) if rule else promise_id(vault.name, SEALED)


def _take_in(vault: Vault, now: datetime) -> Outcome:
    promise, store = promise_id(vault.name, SEALED), f"logs:{vault.name}"
    try:
        taken = take_in(vault, now)
    except ZusageError as error:
        return Outcome(Result.FAILED, promise, store, "raw files", TAKE_IN, reason=type(error).__name__)
    detail = {"counted": taken.counted, "malformed": taken.malformed, "unsealed": taken.unsealed}
    result = Result.DONE if taken.lines else Result.NOTHING_FOUND
    return Outcome(result, promise, store, "raw files", TAKE_IN, taken.lines, taken.lines, detail=detail)


def expire(vault: Vault, now: datetime) -> Iterator[Outcome]:
    """Remove everything due in one vault; each outcome after looking again."""
    with vault.alone():
        vault.tidy()
        with vault.state.connect() as connection:
            found = due(connection, vault, now)
        for each in found:
            promise = promise_id(vault.name, "expire", each.rule)
            if EVENTS[each.event] is log_segment:
                if not each.over_holds:
                    _hold_lines(vault, each.rows, now)
                hit = remove_segments(vault, each.rows, now, each.rule)
            else:
                hit = remove_partials(vault, each.rows, now, each.rule)
            with vault.state.connect() as connection:
                left = next(
                    len(again.rows) for again in due(connection, vault, now) if again.rule == each.rule
                )
            held = sum(each.held.values())
            result = (
                Result.FAILED
                if left
                else Result.DONE
                if hit
                else Result.HELD
                if held
                else Result.NOTHING_FOUND
            )
            yield Outcome(
                result, promise, f"logs:{vault.name}", EVENTS[each.event].name, ERASE, len(each.rows), hit, left,
                reason=",".join(sorted(each.held)), detail={"held": held},
            )  # fmt: skip
        yield from _expire_rest(vault, now)


def _expire_rest(vault: Vault, now: datetime) -> Iterator[Outcome]:
    with vault.state.connect() as connection:
        raw, results = raw_due(connection, vault, now), results_due(connection, vault, now)
    store, promise = f"logs:{vault.name}", _line_rule(vault)
    forgotten = forget(vault, now)
    if forgotten:
        yield Outcome(Result.DONE, promise, store, "live view", ERASE, forgotten, forgotten)
    if results:
        hit = remove_segments(vault, results, now, "opening-result")
        yield Outcome(Result.DONE, promise, store, "log_opening", RESULTS, len(results), hit)
    if raw:
        for path in raw:
            path.unlink(missing_ok=True)
        with vault.state.begin() as connection:
            vault.record(connection, "logs/raw-removed", {"count": len(raw)}, now)
        left = sum(path.exists() for path in raw)
        yield Outcome(
            Result.FAILED if left else Result.DONE,
            promise,
            store,
            "raw files",
            REMOVE_RAW,
            len(raw),
            len(raw) - left,
            left,
        )


def _hold_lines(vault: Vault, rows: Iterable[Row[Any]], now: datetime) -> None:
    """Where the server can read, an open case keeps its own lines and no others: they move into a segment of theirs."""
    if vault.policy.opened_by:
        return
    with vault.state.connect() as connection:
        open_cases = cases_open(connection, vault.name, now)
        moved = set(connection.execute(select(log_segment.c.batch, log_segment.c.held_for)).tuples())
    for row in rows:
        for case in open_cases:
            if case.scope.customer not in (None, row.customer) or (row.id, case.id) in moved:
                continue
            if lines := list(lines_in(vault, row, case.scope, tolerant=True)):
                keep_lines(vault, lines, case.id, (row.hour, row.customer), now, of=row.id)


__all__ = ["LogsKeeper", "NotBound", "expire", "planned", "vaults"]
