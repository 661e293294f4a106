"""Rules that hang on a consent: the register's answer is put beside the rows that are due, before a sweep looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from zusage.database.dialects import in_parts
from zusage.database.failures import failure_code
from zusage.errors import StoreUnreachable
from zusage.keepers.context import Context
from zusage.keepers.retention.tasks import Task, selection_of, tasks
from zusage.registers.consents import events_of, person_of, standing
from zusage.stores.paths import BadPath
from zusage.stores.sql import journal
from zusage.stores.sql.journal import Exclusion, exclusion


def put_consents_beside_rows(context: Context, now: datetime) -> dict[str, str]:
    """For rules with `consent` or `no_consent` whose store does not know itself. Each person is looked at once.

    Returns the promises for which that did not work, and why: nothing may be erased by them now.
    """
    failed: dict[str, str] = {}
    for task in tasks(context, now):
        when = task.step.rule.when
        purpose = when and (when.consent or when.no_consent)
        if purpose and purpose not in task.part.consents and not task.moved and not task.only_kept:
            try:
                _put(context, task, purpose, now)
            except StoreUnreachable:
                failed[task.step.promise_id] = "unreachable"
            except (DBAPIError, BadPath) as error:
                failed[task.step.promise_id] = failure_code(error)
    return failed


def _put(context: Context, task: Task, purpose: str, now: datetime) -> int:
    database = task.database
    if not task.part.subject or not database.install_journal():
        return 0
    chosen = replace(selection_of(task, context, now), when=None, noticed=None)
    with database.reading() as connection:
        table = database.bound(connection, task.part)
        values = [table.subject_value(kind) for kind in task.part.subject]
        query = select(table.row_key, *values).select_from(table.table).where(table.where(chosen))
        rows = [tuple(row) for row in connection.execute(query)]
    agreed = _agreeing(context, list(task.part.subject), rows, purpose, now)
    looked_at = [str(row[0]) for row in rows]
    with database.writing() as connection:
        journal.take_turn(connection, alone=True)
        for part in in_parts(looked_at):
            mine = (exclusion.c.table_name == task.part.table) & (exclusion.c.effect == "consent")
            old = mine & (exclusion.c.reference == purpose) & exclusion.c.row_key.in_(part)
            connection.execute(delete(exclusion).where(old))
        journal.exclude(
            connection, [Exclusion(task.part.table, key, "consent", purpose, now) for key in agreed]
        )
    return len(agreed)


def _agreeing(
    context: Context, kinds: list[str], rows: list[tuple[object, ...]], purpose: str, now: datetime
) -> list[str]:
    answers: dict[tuple[str, str], bool] = {}
    agreed: list[str] = []
    with context.state.connect() as connection:
        for row in rows:
            for kind, value in zip(kinds, row[1:], strict=True):
                if value is None or not str(value).strip():
                    continue
                person = (kind, str(value))
                if person not in answers:
                    events = events_of(connection, person_of(context.keys, kind, str(value)), now)
                    stands = standing(events).get(purpose)
                    answers[person] = stands is not None and stands.holds(now)
                if answers[person]:
                    agreed.append(str(row[0]))
                    break
    return agreed
