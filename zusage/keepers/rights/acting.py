"""Acting on the bound stores: hand out, erase, block, restrict, correct, suppress – each with a named result.

After a crash a step may run again: what was erased then is read from the store's journal, not counted as nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from zusage.database.types import UtcDateTime
from zusage.decisions.version import bump
from zusage.keepers.context import Context
from zusage.keepers.rights import objecting
from zusage.keepers.rights.acts import Act, Work, Write, made
from zusage.keepers.rights.finding import Subject, databases, on_behalf
from zusage.keepers.rights.handing import hand_out
from zusage.keepers.rights.lasting import ends
from zusage.keepers.rights.papers import give_papers, keep_papers
from zusage.promises import Outcome, Result
from zusage.registers.consents import (
    Event,
    Way,
    add_events,
    events_of,
    milliseconds,
    person_of,
    standing,
    withdrawal_of,
)
from zusage.registers.mailings import stop_mails
from zusage.registers.requests import OUTCOMES, Kind, Request
from zusage.stores.bindings import TableBinding
from zusage.stores.clockwork import needed_by_law
from zusage.stores.restriction import restrict_subject, unrestrict_subject
from zusage.stores.selection import Kept
from zusage.stores.sql.database import Database
from zusage.stores.sql.subject_tables import KeptBy
from zusage.stores.subjects import (
    Erased,
    NotCovered,
    check_subject,
    erase_subject,
    find_subject,
    rectify_subject,
)


def perform(
    context: Context, request: Request, subject: Subject, now: datetime, renew: Callable[[], None],
    write: Write | None = None,
) -> list[Act]:  # fmt: skip
    """Do what was decided, store by store; `renew` is called between stores. Raises `StoreUnreachable`.

    `write` takes what is to be put on file with the step; without it that is done at once.

    Data held on a customer's behalf are left alone: they are passed on, never answered.
    """
    acts: dict[Kind, Callable[[Work], list[Act]]] = {
        Kind.ACCESS: copy,
        Kind.PORTABILITY: copy,
        Kind.ERASURE: erase,
        Kind.RESTRICTION: restrict,
        Kind.RECTIFICATION: rectify,
        Kind.OBJECTION: objecting.object_to,
        Kind.MARKETING_OBJECTION: objecting.object_to,
        Kind.WITHDRAW_CONSENT: withdraw,
        Kind.CHILD_REPORT: end_block,
    }
    act = acts.get(request.kind)
    if act is None:
        return []
    return act(Work(context, request, subject, now, on_behalf(context), renew, write or _at_once(context)))


def _at_once(context: Context) -> Write:
    def write(change: Callable[[Connection], None]) -> None:
        with context.state.begin() as connection:
            change(connection)

    return write


def copy(work: Work) -> list[Act]:
    """The copy, or what the person provided, as a package."""
    return hand_out(work.context, work.request, work.subject, work.now, work.renew, work.write)


def erase(work: Work) -> list[Act]:
    """Erase what nothing needs; block what a law still needs, where the store has a place for it (Art. 17(3))."""

    def kept_by(activity: str, part: TableBinding) -> Sequence[Kept]:
        return tuple(needed_by_law(work.context.declaration, activity, part, work.now))

    acts: list[Act] = []
    known, act = work.subject.known, work.request.id
    for database in databases(work.context):
        work.renew()
        papers = give_papers(work.context, database, known, kept_by, work.foreign, work.now)
        try:
            if database.binding.restricted is not None and _law_reaches(work, database, kept_by):
                if found := check_subject(database, known, work.foreign):
                    raise NotCovered(database.name, found)
                # first: once the rows they refer to are gone, nothing would lead from the person to them
                restrict_subject(database, known, act, work.now, kept_by, work.foreign, masked=False)
            blocks = database.binding.restricted is not None
            rounds = [erase_subject(database, known, act, work.now, kept_by, work.foreign, wait=blocks)]
            if any(one.left for one in rounds[0]) and database.binding.restricted is not None:
                # rows under a duty that erased rows had referred to can be moved now
                restrict_subject(database, known, act, work.now, kept_by, work.foreign)
                rounds.append(erase_subject(database, known, act, work.now, kept_by, work.foreign))
        except NotCovered as error:
            keep_papers(work.context, papers)
            acts.append(_not_covered(database, error))
            continue
        until: Mapping[tuple[str, str], datetime] = {}
        if any(one.left for one in rounds[-1]):
            until = ends(work.context.declaration, database, known, work.now, work.foreign)
        acts += _erased(database, rounds, until)
    if work.request.kind is Kind.ERASURE:
        _end_consents(work, None)  # whoever wants everything gone agrees to nothing any more
    return acts


def _not_covered(database: Database, error: NotCovered) -> Act:
    code = error.findings[0].code
    return Act(
        "", Outcome(Result.NOT_COVERED, "request/erasure", database.name, action="erase", reason=code, left=1)
    )


def _law_reaches(work: Work, database: Database, kept_by: KeptBy) -> bool:
    return any(
        kept_by(activity, part)
        for activity, parts in database.binding.activities.items()
        if activity not in work.foreign
        for part in parts
    )


def _erased(
    database: Database,
    rounds: Sequence[Sequence[Erased]],
    until: Mapping[tuple[str, str], datetime],
) -> list[Act]:
    """One outcome a table, live and blocked rows together, with those that an interrupted run erased."""
    acts = []
    tables = dict.fromkeys((one.activity, _live(one.table)) for each in rounds for one in each)
    for activity, table in tables:
        mine = [
            [one for one in each if (one.activity, _live(one.table)) == (activity, table)] for each in rounds
        ]
        earlier = sum(one.earlier for one in mine[0])
        hit = sum(one.hit for each in mine for one in each) + earlier
        left = sum(one.left for one in mine[-1])
        before = sum(one.before for one in mine[0]) + earlier
        reason = ", ".join(sorted({why for one in mine[-1] for why in one.why})) if left else ""
        end = until.get((activity, table)) if left else None
        acts.append(made(activity, database.name, table, "erase", before, hit, left, reason, end))
    return acts


def _live(table: str) -> str:
    return table.removeprefix("restricted.")


def block_child(
    context: Context, request: Request, subject: Subject, now: datetime, renew: Callable[[], None]
) -> int:
    """Take a child's data out of use until somebody has looked; how many rows. A store without a place keeps them."""
    acts = restrict(Work(context, request, subject, now, on_behalf(context), renew, _at_once(context)))
    return sum(act.outcome.hit for act in acts)


def block_objected(
    context: Context, request: Request, subject: Subject, now: datetime, renew: Callable[[], None]
) -> int:
    """Take out of use what is kept for an objected purpose alone, until somebody has weighed it; how many rows."""
    return objecting.block(Work(context, request, subject, now, on_behalf(context), renew, _at_once(context)))


def end_block(work: Work) -> list[Act]:
    """After the look: erased, or – where the report was wrong – back in use."""
    for database in databases(work.context):
        work.renew()
        unrestrict_subject(database, work.request.id)
    return [] if work.request.decision == "refuse" else erase(work)


def restrict(work: Work) -> list[Act]:
    """Restriction (Art. 18): into the restricted place; a store without one says so."""
    acts = []
    for database in databases(work.context):
        work.renew()
        if database.binding.restricted is None:
            acts += [
                made(p.activity, p.store, p.table, "restrict", p.count, 0, p.count, "no-restricted-place")
                for p in find_subject(database, work.subject.known, work.foreign)
            ]
            continue
        found = restrict_subject(database, work.subject.known, work.request.id, work.now, skip=work.foreign)
        acts += [
            made(one.activity, one.store, one.table, "restrict", one.count, one.count, 0) for one in found
        ]
    return acts


def rectify(work: Work) -> list[Act]:
    """Correct every column of the data category, or the column, that the person named (`field`) to `value`.

    A `statement` of the person is put beside what they dispute: into the column that the binding names for it.
    """
    details = work.request.details or {}
    field, value = str(details.get("field", "")), details.get("value")
    acts = []
    for database in databases(work.context):
        corrections = _columns(database, field, work.foreign) if field else {}
        wanted: dict[str, dict[str, Any]] = {
            table: dict.fromkeys(columns, value) for table, columns in corrections.items()
        }
        for table, columns in _statements(database, work.foreign).items() if details.get("statement") else ():
            wanted.setdefault(table, {}).update(dict.fromkeys(columns, details["statement"]))
        if not wanted:
            continue
        work.renew()
        changed = rectify_subject(database, work.subject.known, wanted, work.now, work.foreign)
        acts += [
            made(one.activity, one.store, one.table, "rectify", one.count, one.count, 0) for one in changed
        ]
    return acts


def _statements(database: Database, foreign: frozenset[str]) -> dict[str, list[str]]:
    """Table → columns for a person's statement."""
    found: dict[str, list[str]] = {}
    for activity, parts in database.binding.activities.items():
        for part in parts if activity not in foreign else ():
            if part.statements:
                found.setdefault(part.table, []).extend(part.statements.values())
    return found


def _columns(database: Database, field: str, foreign: frozenset[str]) -> dict[str, list[str]]:
    """Columns called `field` (`name`, `customer.name`); else those of the data category, where it has one in a table."""
    found: dict[str, list[str]] = {}
    table, _, column = field.rpartition(".")
    for activity, parts in database.binding.activities.items():
        for part in parts if activity not in foreign else ():
            named = [one for one in part.columns if one == column and table in ("", part.table)]
            of_category = [one for one, category in part.columns.items() if category == field]
            columns = named or (of_category if len(of_category) == 1 else [])
            if columns:
                found.setdefault(part.table, []).extend(columns)
    return found


def withdraw(work: Work) -> list[Act]:
    """What the person agrees to ends now, or the purposes they named; what was done before stays lawful (Art. 7(3)).

    Where the withdrawn consent carried the processing as a whole, it is a request for erasure as well (Art. 17(1)(b)).
    """
    named = (work.request.details or {}).get("purposes")
    ended = _end_consents(work, named)
    acts = [made("", "", purpose, "withdraw", count, count, 0) for purpose, count in sorted(ended.items())]
    declared = work.context.declaration.consents
    whole = [name for name, one in declared.items() if one.erases and (named is None or name in named)]
    return [*(acts or [made("", "", "consents", "withdraw", 0, 0, 0)]), *(erase(work) if whole else [])]


def _end_consents(work: Work, named: Sequence[str] | None) -> dict[str, int]:
    """Withdraw what the person agrees to (`named`: only these purposes), under every identity; purpose → how often."""
    context, now = work.context, work.now
    ended: dict[str, int] = {}
    new: list[Event] = []
    with context.state.connect() as connection:
        for each in work.subject.known:
            person = person_of(context.keys, each.kind, each.value)
            events = events_of(connection, person, now)
            event = withdrawal_of(person, events, now, named)
            new += [event] if event is not None else []
            for purpose in _ended_since(work.request, [*events, *([event] if event else [])]):
                ended[purpose] = ended.get(purpose, 0) + 1
    if new:
        with context.state.begin() as connection:
            add_events(connection, context.ledger, new, now, "worker", request=work.request.id)
            for event in new:
                stop_mails(connection, event, now)
            bump(connection)
    return ended


def _ended_since(request: Request, events: Sequence[Event]) -> set[str]:
    """The purposes that the person withdrew with this request; the application may have recorded it at once."""
    return {
        name.partition("/")[0]
        for name, one in standing(events).items()
        if one.way == Way.WITHDRAWAL and milliseconds(one.at) >= milliseconds(request.received_at)
    }


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


def held_rows(connection: Connection, request_id: str) -> int:
    """How many rows a hold kept: they go once it is gone."""
    waiting = OUTCOMES.c.reason.contains("hold")
    statement = select(func.coalesce(func.sum(OUTCOMES.c.left), 0)).where(
        OUTCOMES.c.request == request_id, OUTCOMES.c.action == "erase", waiting
    )
    return int(connection.execute(statement).scalar_one())


def kept_until(connection: Connection, request_id: str) -> datetime | None:
    """Until when rows stay against an objection because claims can be made; None where none do."""
    statement = select(func.max(OUTCOMES.c.until, type_=UtcDateTime)).where(
        OUTCOMES.c.request == request_id, OUTCOMES.c.action == objecting.KEPT_FOR_CLAIMS
    )
    until: datetime | None = connection.execute(statement).scalar()
    return until
