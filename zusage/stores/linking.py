"""The further identities that a subject's own rows lead to: the customer number beside the e-mail address."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection, func, select

from zusage.stores.bindings import TableBinding
from zusage.stores.paths import parse_path
from zusage.stores.sql.database import Database
from zusage.stores.sql.events import value_at
from zusage.stores.sql.identity import Identity
from zusage.stores.sql.subject_tables import SubjectTable, subject_tables

_MOST_IDENTITIES = 50


def linked_identities(
    databases: Sequence[Database],
    identities: Sequence[Identity],
    *,
    rounds: int = 3,
    skip: Collection[str] = (),
) -> list[Identity]:
    """The identities given, and those that the subject's own rows add (the customer number beside the e-mail address)."""
    known = {(each.kind, each.folded): each for each in identities}
    telling = [database for database in databases if any(map(_tells_more, database.parts()))]
    for _ in range(rounds):
        before = len(known)
        for database in telling:
            with database.reading() as connection:
                for each in _beside(connection, database, list(known.values()), skip):
                    known.setdefault((each.kind, each.folded), each)
        if len(known) == before:
            break
    return list(known.values())


def _tells_more(part: TableBinding) -> bool:
    """Rows found by the one kind there is say nothing that is not known."""
    return len(part.subject) > 1 or bool(part.leads_to)


def _beside(
    connection: Connection, database: Database, identities: Sequence[Identity], skip: Collection[str]
) -> list[Identity]:
    found: list[Identity] = []
    for each in subject_tables(connection, database, identities, skip):
        for kind in each.part.subject if len(each.part.subject) > 1 else ():
            value = each.table.subject_value(kind)
            query = select(value).select_from(each.table.table).where(each.rows, value.is_not(None))
            for (said,) in connection.execute(query.distinct().limit(_MOST_IDENTITIES)):
                found.append(Identity(kind, str(said)))
        for kind in each.part.leads_to:
            found += _led_to(connection, each, kind)
    return found


def _led_to(connection: Connection, each: SubjectTable, kind: str) -> Iterator[Identity]:
    """Identities that stand in the subject's rows and in nobody else's: a switchboard's number leads nowhere."""
    if not each.part.subject:
        return
    schema, table = each.table.schema, each.table.table
    value = value_at(schema, table, parse_path(each.part.leads_to[kind]))
    owner = each.table.subject_value(next(iter(each.part.subject)))
    query = select(value).select_from(table).where(each.rows, value.is_not(None), value != "").distinct()
    for (said,) in connection.execute(query.limit(_MOST_IDENTITIES)):
        people = select(func.count(owner.distinct())).select_from(table).where(value == said)
        if int(connection.execute(people).scalar_one()) == 1:
            yield Identity(kind, str(said))
