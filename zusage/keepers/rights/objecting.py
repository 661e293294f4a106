"""Objections (Art. 21): to advertising at once and for good; to a legitimate interest after somebody weighed it.

Rows that are kept for the objected purpose alone – an activity's, or those under a rule that names the purpose – are out
of use from the day on which the objection is looked up (Art. 18(1)(d)). Granted, they are erased (Art. 17(1)(c)). Refused
because claims can still be made, they stay blocked until the period for these is over, and go then without a new request.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from zusage.decisions.version import bump
from zusage.declaration.retention import RetentionRule
from zusage.keepers.context import Context
from zusage.keepers.rights.acts import Act, Work, made
from zusage.keepers.rights.finding import databases
from zusage.keepers.rights.papers import give_papers, keep_papers
from zusage.law.citations import LEGITIMATE_INTEREST, PUBLIC_TASK
from zusage.law.periods import retention_end
from zusage.mail import cancel_prefix
from zusage.registers.consents import person_of
from zusage.registers.mailings import mail_prefix
from zusage.registers.requests import Kind, Request
from zusage.registers.suppressions import MARKETING, suppress, suppression_key
from zusage.stores.clockwork import Clockwork, condition
from zusage.stores.restriction import restrict_subject, unrestrict_subject
from zusage.stores.sql.database import Database
from zusage.stores.sql.narrowing import Narrow, narrowed
from zusage.stores.sql.subject_tables import SubjectTable, subject_tables
from zusage.stores.subjects import Erased, NotCovered, erase_subject, nothing_kept

#: the ground on which a refusal lasts as long as claims can be made, and no longer
CLAIMS = "legal-claims"
#: how outcomes call what stays for that
KEPT_FOR_CLAIMS = "keep-for-claims"


def object_to(work: Work) -> list[Act]:
    """Objection: on the suppression list at once and for good; under Art. 21(1) for the purpose that was named."""
    if work.request.decision == "refuse":
        return _refused(work)
    context, request, marketing = work.context, work.request, work.request.kind is Kind.MARKETING_OBJECTION
    scope = MARKETING if marketing else purpose_of(request)
    with context.state.begin() as connection:
        for each in work.subject.known:
            key = suppression_key(context.keys, each.kind, each.value)
            suppress(connection, key, scope, work.now, request.id)
            waiting = mail_prefix(person_of(context.keys, each.kind, each.value), "" if marketing else scope)
            cancel_prefix(connection, waiting, work.now)
        bump(connection)
    acts = [made("", "", scope, "suppress", 1, 1, 0)]
    if not marketing:
        acts += _erase_kept_for(work, scope)
    return [*acts, *_without_ground(work, scope)]


def purpose_of(request: Request) -> str:
    """The purpose that an objection names; `any` where it names none."""
    return str((request.details or {}).get("purpose", "any"))


def block(work: Work) -> int:
    """Take the rows out of use that are kept for the objected purpose alone; how many. A store without a place keeps them."""
    rows = 0
    for database, skip in _concerned(work):
        if database.binding.restricted is not None:
            work.renew()
            narrow = _Narrow(work.context, purpose_of(work.request), whole=True)
            found = restrict_subject(
                database, work.subject.known, work.request.id, work.now, skip=skip, narrow=narrow
            )
            rows += sum(one.count for one in found)
    return rows


def _refused(work: Work) -> list[Act]:
    """Back in use; or blocked until the period for claims is over, where the refusal rests on that."""
    acts: list[Act] = []
    for database, skip in _concerned(work):
        work.renew()
        # back for the moment: what is blocked has lost its references
        unrestrict_subject(database, work.request.id)
        if work.request.ground == CLAIMS and database.binding.restricted is not None:
            acts += _kept_for_claims(work, database, skip)
    return acts


def _kept_for_claims(work: Work, database: Database, skip: frozenset[str]) -> Iterator[Act]:
    narrow = _Narrow(work.context, purpose_of(work.request))
    until = _claims_end(work, database, skip, narrow)
    running = {name: (law, end) for name, (law, end) in until.items() if end > work.now}
    if not running:
        return
    found = restrict_subject(
        database, work.subject.known, work.request.id, work.now, skip=skip, narrow=narrow
    )
    for one in found:
        law, end = running.get(one.activity, ("", None))
        if one.count and end is not None:
            yield made(one.activity, one.store, one.table, KEPT_FOR_CLAIMS, one.count, 0, one.count, law, end)


def _claims_end(
    work: Work, database: Database, skip: frozenset[str], narrow: _Narrow
) -> dict[str, tuple[str, datetime]]:
    """Activity → the law on claims and when the last of its periods ends, by the dates in the person's rows."""
    found: dict[str, tuple[str, datetime]] = {}
    clock = Clockwork.of(work.context.declaration)
    with database.reading() as connection:
        for each in narrowed(subject_tables(connection, database, work.subject.known, skip), narrow):
            for rule in narrow.rules(each.activity):
                law = clock.law(rule.claim, work.now) if rule.claim else None
                event = each.table.event(rule.since.event)
                if law is None or event is None or rule.claim is None:
                    continue
                newest = connection.execute(select(func.max(event.expression)).where(each.rows)).scalar()
                instant = event.instant(newest)
                if instant is not None:
                    end = retention_end(instant, *law, clock.zone)
                    found[each.activity] = max(
                        (rule.claim, end), found.get(each.activity, (rule.claim, end)), key=lambda one: one[1]
                    )
    return found


class _Narrow:
    """Rows under the rules that name a purpose; with `whole` also all of an activity that has no other purpose."""

    def __init__(self, context: Context, purpose: str, *, whole: bool = False) -> None:
        self._declaration = context.declaration
        self._purpose = purpose
        self._whole = _resting(context, purpose) if whole else frozenset()

    def rules(self, activity: str) -> list[RetentionRule]:
        """The rules of an activity that keep rows for the purpose alone."""
        return [
            rule for rule in self._declaration.activities[activity].retention if rule.purpose == self._purpose
        ]

    def concerns(self, activity: str) -> bool:
        """Whether it means any rows of an activity."""
        return activity in self._whole or bool(self.rules(activity))

    def __call__(self, each: SubjectTable) -> ColumnElement[bool] | None:
        if each.activity in self._whole:
            return true()
        found = []
        for rule in self.rules(each.activity):
            event = each.table.event(rule.since.event)
            if event is not None:
                found.append(and_(event.happened(), each.table.condition(condition(rule.when))))
        return or_(*found) if found else None


def _concerned(work: Work) -> Iterator[tuple[Database, frozenset[str]]]:
    """The databases that keep rows for the objected purpose alone, each with the activities to leave out."""
    narrow = _Narrow(work.context, purpose_of(work.request), whole=True)
    for database in databases(work.context):
        bound = set(database.binding.activities)
        mine = {name for name in bound - work.foreign if narrow.concerns(name)}
        if mine and rests_on_interest(work.context, purpose_of(work.request)):
            yield database, work.foreign | (bound - mine)


def _erase_kept_for(work: Work, purpose: str) -> list[Act]:
    """Erase the rows that a rule keeps for the purpose alone, blocked ones among them; what else was blocked comes back."""
    acts: list[Act] = []
    narrow = _Narrow(work.context, purpose)
    for database, skip in _concerned(work):
        work.renew()
        unrestrict_subject(database, work.request.id)
        if any(narrow.rules(name) for name in set(database.binding.activities) - skip):
            acts += _erased(_erase(work, database, skip, narrow))
    return acts


def _erase(
    work: Work, database: Database, skip: frozenset[str], narrow: Narrow | None = None
) -> list[Erased]:
    """Erase the person's rows (`narrow`: these); files on paper become tasks before, as with every erasure."""
    known, now = work.subject.known, work.now
    papers = give_papers(work.context, database, known, nothing_kept, skip, now, narrow)
    try:
        return erase_subject(database, known, work.request.id, now, nothing_kept, skip, narrow=narrow)
    except NotCovered:
        keep_papers(work.context, papers)
        raise


def _without_ground(work: Work, purpose: str) -> list[Act]:
    """Data that rested on the objected purpose alone are erased (Art. 17(1)(c))."""
    resting = _resting(work.context, purpose)
    acts: list[Act] = []
    for database in databases(work.context):
        if mine := resting & set(database.binding.activities):
            work.renew()
            skip = work.foreign | (set(database.binding.activities) - mine)
            acts += _erased(_erase(work, database, skip))
    return acts


def _resting(context: Context, purpose: str) -> frozenset[str]:
    """The activities that have no other purpose than one that rests on a legitimate interest.

    Not those with a recipe that makes rows anonymous instead: the rule of their own does that.
    """
    if not rests_on_interest(context, purpose):
        return frozenset()
    bound = [database.binding.activities for database in databases(context)]
    anonymised = {
        name
        for activities in bound
        for name, parts in activities.items()
        if any("anonymise" in part.recipes for part in parts)
    }
    declared = context.declaration.activities.items()
    resting = {name for name, one in declared if {each.id for each in one.purposes} == {purpose}}
    return frozenset(resting - anonymised)


def _erased(found: Collection[Erased]) -> list[Act]:
    return [
        made(
            one.activity, one.store, one.table, "erase", one.before, one.hit, one.left, ", ".join(one.why)
        )
        for one in found
    ]  # fmt: skip


def rests_on_interest(context: Context, purpose: str) -> bool:
    """Whether a declared purpose may be objected to (Art. 21(1), (2)): it rests on 6(1)(e) or (f), or advertises."""
    return any(
        one.id == purpose
        and (
            one.direct_marketing
            or any(basis.citation in (PUBLIC_TASK, LEGITIMATE_INTEREST) for basis in one.legal_bases)
        )
        for activity in context.declaration.activities.values()
        for one in activity.purposes
    )
