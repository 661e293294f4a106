"""Who holds the key of which role. One person, one role, one key: nobody can stand in for both sides.

Only public keys are here; each person makes and keeps the private one on a machine of their own.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from zusage.errors import ZusageError
from zusage.sealing.rooms import Room
from zusage.sealing.shares import check_recipient
from zusage.sealing.tables import seal_keyholder


class NoKeyholder(ZusageError):
    """A role that opens has no key: nothing could ever be opened, so nothing is sealed."""


class BadHolder(ZusageError):
    """A key that cannot be registered or revoked. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class NewHolder:
    """A person who is to hold a role. `customer` for the role on a customer's side."""

    role: str
    person: str
    public: str
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """A registered key."""

    id: str
    role: str
    customer: str | None
    person: str
    public: str
    since: datetime
    revoked_at: datetime | None

    @property
    def in_force(self) -> bool:
        """Whether the key may take part in openings."""
        return self.revoked_at is None


def listed(connection: Connection) -> Sequence[Holder]:
    """All keyholders, by role and since when."""
    columns = [seal_keyholder.c[name] for name in Holder.__dataclass_fields__]
    rows = connection.execute(select(*columns).order_by(seal_keyholder.c.role, seal_keyholder.c.since))
    return [Holder(**row) for row in rows.mappings()]


def add(room: Room, new: NewHolder, now: datetime) -> Holder:
    """Register a key. What was sealed before stays closed to it. Raises `BadHolder`, `WrongKey`."""
    public, person = check_recipient(new.public), " ".join(new.person.split())
    declared = (
        *room.opened_by,
        *([room.customer_role] if room.customer_role else []),
    )
    if new.role not in declared:
        raise BadHolder(
            f"'{new.role}' opens nothing of '{room.name}'", hint=f"declared: {', '.join(declared) or 'none'}"
        )
    if (new.role == room.customer_role) != (new.customer is not None):
        raise BadHolder(
            "the customer's role, and no other, is registered for a customer", hint="--customer NAME"
        )
    if not person:
        raise BadHolder("a key needs the name of the person who holds it")
    with room.state.begin() as connection:
        for other in listed(connection):
            if other.public == public:
                raise BadHolder(f"this key is registered already, for the role '{other.role}'")
            if other.in_force and other.person.casefold() == person.casefold() and other.role != new.role:
                raise BadHolder(
                    f"this person holds the role '{other.role}' already; one person cannot hold two",
                    hint="opening takes several persons, not several keys of one",
                )
        holder = Holder(secrets.token_hex(16), new.role, new.customer, person, public, now, None)
        values = {name: getattr(holder, name) for name in Holder.__dataclass_fields__}
        connection.execute(seal_keyholder.insert().values(**values))
        room.record(
            connection, f"{room.acts}/key-registered", {"role": new.role, "holder": holder.id}, now, person
        )
    return holder


def revoke(room: Room, public: str, now: datetime) -> Holder:
    """Take a key out of use. It still fits what was sealed for it; openings refuse it. Raises `BadHolder`."""
    with room.state.begin() as connection:
        found = next(
            (each for each in listed(connection) if each.public == public.strip() and each.in_force), None
        )
        if found is None:
            raise BadHolder("no such key is in force")
        connection.execute(
            seal_keyholder.update().where(seal_keyholder.c.id == found.id).values(revoked_at=now)
        )
        room.record(connection, f"{room.acts}/key-revoked", {"role": found.role, "holder": found.id}, now)
    return found


@dataclass(frozen=True, slots=True)
class Holders:
    """The public keys by role, and of customers' own people by customer."""

    roles: Mapping[str, Sequence[str]]
    customers: Mapping[str, Sequence[str]]


def holders(room: Room, connection: Connection) -> Holders:
    """Who can open what is sealed now. Raises `NoKeyholder` for a declared role without a key."""
    rows = [each for each in listed(connection) if each.in_force]
    roles = {role: [row.public for row in rows if row.role == role] for role in room.opened_by}
    for role, keys in roles.items():
        if not keys:
            raise NoKeyholder(
                f"nobody holds the role '{role}', which opens the {room.acts} of '{room.name}'",
                hint=f"zusage {room.acts} keys add --role {role} --person NAME --public age1…",
            )
    customers: dict[str, list[str]] = {}
    for row in rows:
        if row.role == room.customer_role and row.customer:
            customers.setdefault(row.customer, []).append(row.public)
    return Holders(roles, customers)
