"""Acting on the bound stores: look up, hand out, erase, block, restrict, correct, suppress – each with a named result.

After a crash a step may run again: what was erased then is read from the store's journal, not counted as nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from zusage.decisions.version import bump
from zusage.keepers.context import Context
from zusage.keepers.rights.packages import keep_package
from zusage.promises import Outcome, Result
from zusage.registers.consents import add_events, events_of, person_of, withdrawal_of
from zusage.registers.requests import OUTCOMES, Kind, Request
from zusage.registers.suppressions import MARKETING, suppress, suppression_key
from zusage.stores.bindings import TableBinding
from zusage.stores.clockwork import needed_by_law
from zusage.stores.restriction import restrict_subject
from zusage.stores.selection import Kept
from zusage.stores.sql import journal
from zusage.stores.sql.database import Database
from zusage.stores.sql.identity import Identity
from zusage.stores.sql.subject_tables import subject_tables
from zusage.stores.subjects import (
    Erased,
    NotCovered,
    erase_subject,
    export_subject,
    find_subject,
    linked_identities,
    rectify_subject,
)

#: identity kinds of which one person may well have several
SEVERAL = frozenset({"email", "phone", "cookie-id"})


@dataclass(frozen=True, slots=True)
class Part:
    """What a look-up found in one table; `tenant` where the data are held for a customer."""

    store: str
    activity: str
    table: str
    count: int
    held: int = 0
    tenant: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For the plan that the person who decides is shown."""
        return {
            "store": self.store, "activity": self.activity, "table": self.table, "count": self.count,
            "held": self.held, "tenant": self.tenant,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """One outcome in one activity, and until when something stays."""

    activity: str
    outcome: Outcome
    until: datetime | None = None


def databases(context: Context) -> list[Database]:
    """The bound databases, in the order of `stores.yaml`."""
    return [store for store in context.stores.values() if isinstance(store, Database)]


def identities(context: Context, request: Request) -> list[Identity]:
    """The identity given, and those that the person's own rows add."""
    if request.identity is None:
        return []
    return linked_identities(databases(context), [Identity(request.identity_kind, request.identity)])


def shared(known: Iterable[Identity]) -> bool:
    """Whether the identity leads to two persons: two customer numbers under one address are stopped and shown."""
    seen: dict[str, set[str]] = {}
    for each in known:
        if each.kind not in SEVERAL:
            seen.setdefault(each.kind, set()).add(each.folded)
    return any(len(values) > 1 for values in seen.values())


def look_up(context: Context, request: Request) -> list[Part]:
    """Every table with the number of the person's rows; touches nothing. Raises `StoreUnreachable`."""
    known = identities(context, request)
    return [part for database in databases(context) for part in _parts(context, database, known)]


def _parts(context: Context, database: Database, known: Sequence[Identity]) -> list[Part]:
    tenants = _tenants(context, database, known)
    return [
        Part(one.store, one.activity, one.table, one.count, one.held, tenants.get((one.activity, one.table)))
        for one in find_subject(database, known)
    ]


def _tenants(context: Context, database: Database, known: Sequence[Identity]) -> dict[tuple[str, str], str]:
    """Activity and table → customer, for data held on a customer's behalf; several customers are joined by a comma."""
    found: dict[tuple[str, str], str] = {}
    with database.reading() as connection:
        for each in subject_tables(connection, database, known):
            if not context.declaration.activities[each.activity].on_behalf or not each.part.tenant:
                continue
            column = each.table.table.c[each.part.tenant]
            names = sorted(map(str, connection.execute(select(column).where(each.rows).distinct()).scalars()))
            if names:
                found[each.activity, each.name] = ", ".join(names)
    return found


def perform(context: Context, request: Request, now: datetime, renew: Callable[[], None]) -> list[Act]:
    """Do what was decided, store by store; `renew` is called between stores. Raises `StoreUnreachable`."""
    if request.tenant:
        return [Act("", Outcome(Result.NOT_COVERED, f"request/{request.kind.value}", reason="on-behalf"))]
    acts: dict[Kind, Callable[[Context, Request, datetime], list[Act]]] = {
        Kind.ACCESS: hand_out,
        Kind.PORTABILITY: hand_out,
        Kind.ERASURE: erase,
        Kind.RESTRICTION: restrict,
        Kind.RECTIFICATION: rectify,
        Kind.OBJECTION: object_to,
        Kind.MARKETING_OBJECTION: object_to,
        Kind.WITHDRAW_CONSENT: withdraw,
    }
    act = acts.get(request.kind)
    renew()
    return act(context, request, now) if act else []


def hand_out(context: Context, request: Request, now: datetime) -> list[Act]:
    """The copy (Art. 15(3)), or what the person provided (Art. 20), as an encrypted package."""
    portable = request.kind is Kind.PORTABILITY
    data: dict[str, dict[str, list[dict[str, Any]]]] = {}
    acts = []
    for database in databases(context):
        for one in export_subject(database, identities(context, request)):
            activity = context.declaration.activities[one.activity]
            if activity.on_behalf or (portable and one.restricted):
                continue
            wanted = {
                category.id for category in activity.data if not portable or category.origin == "provided"
            }
            names = [name for name in (one.rows[0] if one.rows else ()) if one.categories.get(name) in wanted]
            rows = [{name: row[name] for name in names} for row in one.rows] if names else []
            if rows:
                data.setdefault(one.activity, {})[one.table] = rows
            acts.append(_act(one.activity, one.store, one.table, "export", len(rows), len(rows), 0))
    if data:
        with context.state.begin() as connection:
            keep_package(connection, context, request, data, now)
    return acts


def erase(context: Context, request: Request, now: datetime) -> list[Act]:
    """Erase what nothing needs; block what a law still needs, where the store has a place for it (Art. 17(3))."""

    def kept_by(activity: str, part: TableBinding) -> Sequence[Kept]:
        return tuple(needed_by_law(context.declaration, activity, part, now))

    acts: list[Act] = []
    known = identities(context, request)
    for database in databases(context):
        before = _journalled(database, request.id)
        try:
            erased = erase_subject(database, known, request.id, now, kept_by)
        except NotCovered as error:
            outcome = Outcome(
                Result.NOT_COVERED,
                "request/erasure",
                database.name,
                action="erase",
                reason=error.findings[0].code,
            )
            acts.append(Act("", outcome))
            continue
        if any(one.left for one in erased) and database.binding.restricted is not None:
            restrict_subject(database, known, request.id, now, kept_by)
        acts += [_erased(one, before.get(one.table, 0)) for one in erased]
    return acts


def _erased(one: Erased, earlier: int) -> Act:
    hit = one.hit + earlier
    reason = ", ".join(sorted(one.why))
    return _act(one.activity, one.store, one.table, "erase", one.before + earlier, hit, one.left, reason)


def _journalled(database: Database, act: str) -> dict[str, int]:
    """Rows that an earlier run of the same act erased, table by table, by the store's own journal."""
    found: dict[str, int] = {}
    with database.reading() as connection:
        if database.has_journal(connection):
            statement = select(journal.journal.c.target, journal.journal.c.hit).where(
                journal.journal.c.act == act
            )
            for target, hit in connection.execute(statement):
                found[target] = found.get(target, 0) + int(hit)
    return found


def restrict(context: Context, request: Request, now: datetime) -> list[Act]:
    """Restriction (Art. 18): into the restricted place; a store without one refuses."""
    acts = []
    known = identities(context, request)
    for database in databases(context):
        if database.binding.restricted is None:
            parts = _parts(context, database, known)
            acts += [
                _act(p.activity, p.store, p.table, "restrict", p.count, 0, p.count, "no-restricted-place")
                for p in parts
            ]
            continue
        found = restrict_subject(database, known, request.id, now)
        acts += [
            _act(one.activity, one.store, one.table, "restrict", one.count, one.count, 0) for one in found
        ]
    return acts


def rectify(context: Context, request: Request, now: datetime) -> list[Act]:
    """Correct every column of the data category that the person named (`field`) to `value`."""
    details = request.details or {}
    category, value = str(details.get("field", "")), details.get("value")
    acts = []
    for database in databases(context):
        corrections = _columns(database, category)
        if not corrections:
            continue
        wanted = {table: dict.fromkeys(columns, value) for table, columns in corrections.items()}
        changed = rectify_subject(database, identities(context, request), wanted, now)
        acts += [
            _act(one.activity, one.store, one.table, "rectify", one.count, one.count, 0) for one in changed
        ]
    return acts


def _columns(database: Database, category: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for parts in database.binding.activities.values():
        for part in parts:
            columns = [column for column, named in part.columns.items() if named == category]
            if columns:
                found.setdefault(part.table, []).extend(columns)
    return found


def object_to(context: Context, request: Request, now: datetime) -> list[Act]:
    """Objection: on the suppression list at once and for good; under Art. 21(1) for the purpose that was named."""
    scope = (
        MARKETING
        if request.kind is Kind.MARKETING_OBJECTION
        else str((request.details or {}).get("purpose", "any"))
    )
    with context.state.begin() as connection:
        for each in identities(context, request):
            suppress(connection, suppression_key(context.keys, each.kind, each.value), scope, now, request.id)
        bump(connection)
    return [_act("", "", scope, "suppress", 1, 1, 0)]


def withdraw(context: Context, request: Request, now: datetime) -> list[Act]:
    """Everything the person agrees to ends now; what was done before stays lawful (Art. 7(3))."""
    count = 0
    with context.state.begin() as connection:
        for each in identities(context, request):
            person = person_of(context.keys, each.kind, each.value)
            event = withdrawal_of(person, events_of(connection, person, now), now)
            if event is not None:
                count += len(event.answers)
                add_events(connection, [event])
                facts = {"events": 1, "root": event.commitment().hex(), "request": request.id}
                context.ledger.append(connection, "consent/recorded", facts, at=now, actor="worker")
        bump(connection)
    return [_act("", "", "consents", "withdraw", count, count, 0)]


def keep_outcomes(connection: Connection, request: Request, acts: Sequence[Act]) -> None:
    """Keep what was done, in the caller's transaction; a repeated step replaces what it wrote before."""
    connection.execute(delete(OUTCOMES).where(OUTCOMES.c.request == request.id))
    rows = [
        {
            "request": request.id, "activity": act.activity, "until": act.until, "store": act.outcome.store,
            "target": act.outcome.target, "action": act.outcome.action, "result": act.outcome.result.value,
            "planned": act.outcome.planned, "hit": act.outcome.hit, "left": act.outcome.left, "reason": act.outcome.reason,
        }
        for act in acts
    ]  # fmt: skip
    if rows:
        connection.execute(insert(OUTCOMES), rows)


def _act(
    activity: str, store: str, table: str, action: str, planned: int, hit: int, left: int, reason: str = ""
) -> Act:
    result = Result.HELD if left else Result.DONE if hit else Result.NOTHING_FOUND
    outcome = Outcome(result, f"request/{action}", store, table, action, planned, hit, left, reason)
    return Act(activity, outcome)
