"""Who is affected by an incident at a recipient (Art. 33, 34): whose data it received, by the register of disclosures.

The register holds pseudonyms only; they are led back to people through the stores, one statement for each table and kind of
identity. Whoever no live store knows any more is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from zusage.keepers.announcing.service import BadAnnouncement
from zusage.keepers.context import Context
from zusage.registers.disclosures import Disclosure, disclosures_to
from zusage.stores.sql.database import Database


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose data a recipient received: an identity, the categories by activity, first and last time."""

    kind: str
    identity: str
    categories: tuple[str, ...]
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Affected:
    """The people; how many more no live store knows; how many disclosures were of many people at once."""

    people: tuple[Person, ...]
    unknown: int
    of_many: int


def affected(
    context: Context, recipient: str, since: datetime, until: datetime, actor: str, now: datetime
) -> Affected:
    """Everybody whose data the recipient got from `since` to `until`, both included; that it was looked up is recorded.

    Raises `BadAnnouncement` for a recipient that is not declared.
    """
    if recipient not in context.declaration.recipients:
        raise BadAnnouncement(f"'{recipient}' is no declared recipient")
    with context.state.connect() as connection:
        made = disclosures_to(connection, recipient, since, until)
    received: dict[str, list[Disclosure]] = {}
    for one in made:
        if one.subject is not None:
            received.setdefault(one.subject, []).append(one)
    found: dict[str, Person] = {}
    for kind, value in _identities(context) if received else ():
        known = context.keys.pseudonym("disclosures", f"{kind}:{value}")
        if known in received and known not in found:
            found[known] = _person(kind, value, received[known])
    people = tuple(sorted(found.values(), key=lambda one: (one.kind, one.identity)))
    with context.state.begin() as connection:
        facts = {"recipient": recipient, "people": len(people), "unknown": len(received) - len(people)}
        by = context.keys.pseudonym("actors", actor)
        context.ledger.append(connection, "breach/affected-listed", facts, at=now, actor=by)
    return Affected(people, len(received) - len(people), sum(one.subject is None for one in made))


def _person(kind: str, value: str, received: list[Disclosure]) -> Person:
    said = {
        f"{one.activity}/{category}" for one in received for category in (one.categories.split() or ["*"])
    }
    days = [one.at for one in received]
    return Person(kind, value, tuple(sorted(said)), min(days), max(days))


def _identities(context: Context) -> Iterator[tuple[str, str]]:
    """Each identity that stands in a bound table of a database."""
    for store in context.stores.values():
        if not isinstance(store, Database):
            continue
        parts = [part for parts in store.binding.activities.values() for part in parts]
        with store.reading() as connection:
            for part in parts:
                table = store.bound(connection, part)
                # an identity at the end of a path stands in its own table, which is bound too
                for kind in (kind for kind, path in part.subject.items() if "." not in path):
                    query = select(table.subject_value(kind)).where(table.belongs()).distinct()
                    for said in connection.execute(query).scalars():
                        if value := str(said if said is not None else "").strip():
                            yield kind, value
