"""Whom a request is about, and what the stores hold of them; touches nothing.

Only what was proven counts: control of a mailbox proves that address, not the customer number somebody typed beside it.
Rows of one person lead to further identities; where they lead to a second person, nothing is merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from zusage.keepers.context import Context
from zusage.registers.disclosures import Disclosure, any_disclosures, disclosures_of
from zusage.registers.requests import Kind, Request
from zusage.stores.bindings import EventSource
from zusage.stores.linking import linked_identities
from zusage.stores.paths import parse_path
from zusage.stores.sql.database import Database
from zusage.stores.sql.events import value_at
from zusage.stores.sql.identity import Identity
from zusage.stores.sql.subject_tables import subject_tables
from zusage.stores.subjects import find_subject

#: identity kinds of which one person may well have several
SEVERAL = frozenset({"email", "phone", "cookie-id", "ip"})


@dataclass(frozen=True, slots=True)
class Part:
    """What a look-up found in one table; `tenants` where the data are held for customers."""

    store: str
    activity: str
    table: str
    count: int
    held: int = 0
    tenants: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For the plan that the person who decides is shown."""
        return {
            "store": self.store, "activity": self.activity, "table": self.table, "count": self.count,
            "held": self.held, "tenants": list(self.tenants),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """The identity that was proven, and all that count as the same person's.

    `shared`: the proven identity itself leads to two persons (two customer numbers under one address). `several`: linked
    rows led to further addresses or to another person; a person has to look before anything is done by rule.
    """

    given: Identity | None
    known: tuple[Identity, ...]
    shared: bool = False
    several: bool = False


def disclosures_for(connection: Connection, context: Context, request: Request) -> list[Disclosure]:
    """What went to recipients about the person who asks; nobody is looked up where the register is empty."""
    if not any_disclosures(connection):
        return []
    return disclosures(connection, context, subject_of_request(context, request))


def disclosures(connection: Connection, context: Context, subject: Subject) -> list[Disclosure]:
    """What the register says went to recipients, under every identity of the person."""
    return [
        one
        for each in subject.known
        for one in disclosures_of(
            connection, context.keys.pseudonym("disclosures", f"{each.kind}:{each.value}")
        )
    ]


@dataclass(frozen=True, slots=True)
class Origin:
    """From whom rows of an activity came, and when, as the rows themselves say."""

    activity: str
    source: str
    at: datetime | None


def origins(context: Context, subject: Subject) -> list[Origin]:
    """Where the person's data came from, by the stores; one statement for each table that says so."""
    found: dict[Origin, None] = {}
    for database in databases(context):
        if all(part.provenance is None for part in database.parts()):
            continue
        with database.reading() as connection:
            for each in subject_tables(connection, database, subject.known, on_behalf(context)):
                said = each.part.provenance
                if said is None:
                    continue
                columns = each.table.table.c
                event = each.table.source_event(EventSource(column=said.at)) if said.at else None
                query = select(columns[said.source], *([event.expression] if event else []))
                for row in connection.execute(
                    query.where(each.rows, columns[said.source].is_not(None)).distinct()
                ):
                    at = event.instant(row[1]) if event else None
                    found[Origin(each.activity, str(row[0]), at)] = None
    return list(found)


def databases(context: Context) -> list[Database]:
    """The bound databases, in the order of `stores.yaml`."""
    return [store for store in context.stores.values() if isinstance(store, Database)]


@contextmanager
def looking(context: Context) -> Iterator[None]:
    """One transaction a database for all looks inside; nothing is written to the stores meanwhile."""
    with ExitStack() as stack:
        for database in databases(context):
            stack.enter_context(database.looking())
        yield


def on_behalf(context: Context) -> frozenset[str]:
    """Activities whose data are held for customers: theirs to answer, never ours."""
    return frozenset(name for name, activity in context.declaration.activities.items() if activity.on_behalf)


def proven_identity(request: Request) -> Identity | None:
    """The identity that the proof covers: after a mailed link that is the mailbox. None once it was erased."""
    if request.identity is None:
        return None
    if request.kind is Kind.CHILD_REPORT:
        return Identity(request.identity_kind, request.identity)  # it is about somebody else than who asks
    if request.proof == "mailbox" and request.reply_to is not None:
        return Identity("email", request.reply_to)
    source = (request.details or {}).get("source")
    return Identity(request.identity_kind, request.identity, str(source) if source else None)


def subject_of_request(context: Context, request: Request) -> Subject:
    """Whom the request is about, as the stores know them now."""
    given = proven_identity(request)
    if given is None:
        return Subject(None, ())
    return subject_of(context, given)


def subject_of(context: Context, given: Identity) -> Subject:
    """The person an identity leads to, with everything their rows add; `shared` where it leads to two, unmerged."""
    if given.source is not None:
        return Subject(given, (given,))  # what one sender told us, and nothing that it leads to
    skip, stores = on_behalf(context), databases(context)
    linked = linked_identities(stores, [given], skip=skip)
    if not _clash(linked):
        addresses = {each.folded for each in linked if each.kind == given.kind}
        return Subject(given, tuple(linked), several=len(addresses) > 1)
    near = linked_identities(stores, [given], rounds=1, skip=skip)
    return Subject(given, (given,), shared=_clash(near), several=True)


def _clash(known: Iterable[Identity]) -> bool:
    seen: dict[str, set[str]] = {}
    for each in known:
        if each.kind not in SEVERAL:
            seen.setdefault(each.kind, set()).add(each.folded)
    return any(len(values) > 1 for values in seen.values())


def look_up(context: Context, subject: Subject) -> list[Part]:
    """Every table with the number of the person's rows. Raises `StoreUnreachable`."""
    foreign = on_behalf(context)
    found: list[Part] = []
    for database in databases(context):
        tenants = _tenants(database, subject.known, foreign) if foreign else {}
        for one in find_subject(database, subject.known):
            whose = tenants.get((one.activity, one.table), ())
            if one.activity not in foreign or one.count:
                found.append(Part(one.store, one.activity, one.table, one.count, one.held, whose))
    return found


def _tenants(
    database: Database, known: Sequence[Identity], foreign: frozenset[str]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Activity and table → customers, for data held on their behalf."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    with database.reading() as connection:
        for each in subject_tables(connection, database, known):
            if each.activity in foreign and each.part.tenant:
                column = value_at(each.table.schema, each.table.table, parse_path(each.part.tenant))
                query = select(column).select_from(each.table.table).where(each.rows, column.is_not(None))
                values = connection.execute(query.distinct())
                found[each.activity, each.name] = tuple(sorted(map(str, values.scalars())))
    return found
