"""The archive of one measure: its roles, the databases whose restricted rows it seals, and where they lie."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, or_, select

from zusage.declaration.rights import Archive as ArchiveTerms
from zusage.errors import ZusageError
from zusage.keepers.context import Context
from zusage.keys import KeyRing
from zusage.ledger import Ledger
from zusage.registers.requests import REQUESTS, Kind
from zusage.sealing.shares import KeyStore
from zusage.stores.bindings import SealedPlace
from zusage.stores.sql.database import Database

#: requests under which rows are in the restricted place until the person, or a look, says otherwise
_COMES_BACK = (Kind.RESTRICTION, Kind.OBJECTION, Kind.CHILD_REPORT)


class NoArchive(ZusageError):
    """No measure declares an archive, or several do and none was named."""


@dataclass(frozen=True, slots=True)
class Archive:
    """One measure's archive, wired. A room in the sense of `zusage.sealing.rooms`."""

    name: str
    terms: ArchiveTerms
    database: Database
    binding: SealedPlace
    state: Engine
    ledger: Ledger
    keys: KeyRing
    base: Path
    zone: str

    @property
    def acts(self) -> str:
        """The first word of its acts in the ledger."""
        return "archive"

    @property
    def opened_by(self) -> tuple[str, ...]:
        """The archive's role and those that approve: all of them, each time."""
        return (self.terms.role, *self.terms.approved_by)

    @property
    def quorum(self) -> int:
        """All of them."""
        return len(self.opened_by)

    @property
    def customer_role(self) -> str | None:
        """Nobody on a customer's side."""
        return None

    @property
    def folder(self) -> Path:
        """Where the sealed records lie."""
        return self.base / self.binding.folder

    @property
    def key_store(self) -> KeyStore:
        """The server's share of every key: it opens nothing, but nothing opens without it."""
        return KeyStore(self.base / self.binding.key_store)

    def file_of(self, segment: str) -> Path:
        """The file of a sealed record."""
        return self.folder / f"{segment}.seg"

    def pseudonym(self, kind: str, value: str) -> str:
        """What stands for a subject beside a sealed record: keyed, so that who may search can find it, and nobody reads it."""
        return self.keys.pseudonym("archive", f"{kind}:{value}")

    def record(
        self, connection: Connection, kind: str, facts: dict[str, Any], now: datetime, person: str = ""
    ) -> None:
        """An act of this archive into the ledger, within the caller's transaction."""
        actor = self.keys.pseudonym("actors", person) if person else "worker/archive"
        said = {"measure": self.name, "store": self.database.name, **facts}
        self.ledger.append(connection, kind, said, at=now, actor=actor)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process seals or tidies at a time; others wait."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def may_come_back(self) -> set[str]:
        """References under which rows are restricted for a while only, or are just being worked on: these stay unsealed."""
        with self.state.connect() as connection:
            query = select(REQUESTS.c.id).where(
                or_(REQUESTS.c.closed_at.is_(None), REQUESTS.c.kind.in_(_COMES_BACK))
            )
            return set(connection.scalars(query))


def archives(context: Context) -> list[Archive]:
    """Every declared archive with each database that has a sealed place; none of either gives none."""
    return [
        Archive(
            name, measure.archive, store, store.binding.restricted.sealed, context.state, context.ledger,
            context.keys, context.folder.resolve(), context.declaration.time_zone,
        )
        for name, measure in context.declaration.measures.items()
        if measure.archive is not None
        for store in context.stores.values()
        if isinstance(store, Database) and store.binding.restricted and store.binding.restricted.sealed
    ]  # fmt: skip


def archive_of(context: Context, store: str | None = None) -> Archive:
    """The archive of a database; without a name, the only one. Raises `NoArchive`."""
    found: Sequence[Archive] = [each for each in archives(context) if store in (None, each.database.name)]
    if len(found) != 1:
        names = ", ".join(each.database.name for each in archives(context)) or "none"
        said = "say which database's archive you mean" if found else "there is no such archive"
        raise NoArchive(
            said, hint=f"databases with `restricted: {{sealed: …}}` and a measure with `archive`: {names}"
        )
    return found[0]
