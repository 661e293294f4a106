"""The vault of one activity: its policy, its binding, and where segments, statistics and keys lie."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, select

from zusage.declaration import Declaration
from zusage.declaration.activities import Activity
from zusage.declaration.logs import LogPolicy
from zusage.errors import ZusageError
from zusage.keepers.logs.binding import FILE, LogBinding, NotBound, read_bindings
from zusage.keepers.logs.formats import Format, declared_format
from zusage.keepers.logs.tables import log_partial, log_segment
from zusage.keys import KeyRing
from zusage.ledger import Ledger
from zusage.sealing.shares import KeyStore


class NoLogs(ZusageError):
    """An activity that keeps no logs, or a workspace with none or several."""


class Busy(ZusageError):
    """Another process works on this vault."""


class Surroundings(Protocol):
    """What of the workspace's context is needed here."""

    @property
    def declaration(self) -> Declaration: ...
    @property
    def state(self) -> Engine: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def keys(self) -> KeyRing: ...
    @property
    def folder(self) -> Path: ...


@dataclass(frozen=True, slots=True)
class Vault:
    """One activity's logs, wired."""

    name: str
    activity: Activity
    policy: LogPolicy
    binding: LogBinding
    state: Engine
    ledger: Ledger
    keys: KeyRing
    folder: Path
    key_store: KeyStore
    zone: str
    base: Path

    @property
    def acts(self) -> str:
        """The first word of its acts in the ledger."""
        return "logs"

    @property
    def opened_by(self) -> tuple[str, ...]:
        """The roles that open sealed lines."""
        return self.policy.opened_by

    @property
    def quorum(self) -> int:
        """How many of them suffice."""
        return self.policy.quorum or len(self.policy.opened_by)

    @property
    def customer_role(self) -> str | None:
        """The role on the customers' side."""
        return self.policy.customer_role

    @property
    def format(self) -> Format:
        """The declared format."""
        return declared_format(self.policy)

    @property
    def sealed(self) -> Path:
        """The folder of sealed segments, by day."""
        return self.folder / "sealed"

    @property
    def statistics(self) -> Path:
        """The folder of partials, by day and customer."""
        return self.folder / "statistics"

    def path(self, name: str) -> Path:
        """A path of the binding; relative ones are taken from the workspace."""
        return self.base / name

    def record(
        self, connection: Connection, kind: str, facts: dict[str, Any], now: datetime, person: str = ""
    ) -> None:
        """An act of this activity into the ledger, within the caller's transaction."""
        actor = self.keys.pseudonym("actors", person) if person else "logs"
        self.ledger.append(connection, kind, {"activity": self.name, **facts}, at=now, actor=actor)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Only one process takes in or expires at a time. Raises `Busy`."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(
                    f"another process works on the logs of '{self.name}'", hint="try again later"
                ) from None
            yield

    def tidy(self) -> int:
        """Remove what a crash left: files and key shares that no published segment or partial owns. Under `alone`."""
        with self.state.connect() as connection:
            known = set(
                connection.scalars(select(log_segment.c.file).where(log_segment.c.erased_at.is_(None)))
            )
            known |= set(
                connection.scalars(select(log_partial.c.file).where(log_partial.c.erased_at.is_(None)))
            )
            live = set(connection.scalars(select(log_segment.c.id).where(log_segment.c.erased_at.is_(None))))
        left = 0
        for folder in (self.sealed, self.statistics):
            for path in [each for each in folder.rglob("*") if each.is_file()]:
                if str(path.relative_to(self.folder)) not in known:
                    path.unlink()
                    left += 1
        return left + self.key_store.destroy(self.key_store.segments() - live)


def open_vault(surroundings: Surroundings, activity: str | None = None) -> Vault:
    """The vault of an activity; without a name, of the only one. Raises `NoLogs`, `NotBound`, `BadInput`."""
    keeping = [name for name, each in surroundings.declaration.activities.items() if each.logs]
    if activity is None and len(keeping) == 1:
        activity = keeping[0]
    if activity not in keeping:
        names = ", ".join(keeping) or "none"
        said = f"'{activity}' keeps no logs" if activity else "say which activity's logs you mean"
        raise NoLogs(said, hint=f"activities with logs in declaration.yaml: {names}")
    binding = read_bindings(surroundings.folder).get(activity)
    if binding is None:
        raise NotBound(
            f"the logs of '{activity}' are bound nowhere", hint=f"add them to {FILE}; see docs/logs.md"
        )
    declared = surroundings.declaration.activities[activity]
    assert declared.logs is not None
    base = surroundings.folder.resolve()
    store = base / binding.key_store
    for place in (*binding.backups, binding.vault):
        if store.is_relative_to(base / place):
            raise NotBound(
                f"the key store of '{activity}' lies inside '{place}': destroying its shares would not reach the copies",
                hint="move key_store to a folder that no backup takes",
            )
    return Vault(
        name=activity,
        activity=declared,
        policy=declared.logs,
        binding=binding,
        state=surroundings.state,
        ledger=surroundings.ledger,
        keys=surroundings.keys,
        folder=base / binding.vault,
        key_store=KeyStore(store),
        zone=surroundings.declaration.time_zone,
        base=base,
    )
