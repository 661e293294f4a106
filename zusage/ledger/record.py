"""The ledger as everybody uses it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from zusage.keys import KeyRing
from zusage.ledger.leaves import ENTRIES, Act, Entry, Wanted, append, entries
from zusage.ledger.notes import Checkpoint, read_checkpoint
from zusage.ledger.sealing import BATCHES, Sealer


@dataclass(frozen=True, slots=True)
class Ledger:
    """The record of every act of one workspace. `origin` names it in checkpoints."""

    keys: KeyRing
    origin: str = "zusage/ledger"

    def append(
        self,
        connection: Connection,
        kind: str,
        facts: Mapping[str, Any],
        *,
        at: datetime,
        subject: str | None = None,
        actor: str | None = None,
    ) -> str:
        """Record an act in the caller's transaction: it stands if and only if that commits. Returns the entry's id.

        `kind` is written like `retention/erased`; `facts` are codes, counts and commitments, integers only; `subject`
        is a pseudonym of the purpose `subjects`; `actor` one of the purpose `actors`, or a system's name (`worker`).
        Raises `LooksPersonal`, `NotCanonical`, `BadEntry`.
        """
        return append(connection, [Act(kind, facts, at, subject, actor)])[0]

    def append_many(self, connection: Connection, acts: Iterable[Act]) -> list[str]:
        """Record many acts with one statement. As `append`."""
        return append(connection, acts)

    def seal(self, bind: Engine | Connection, now: datetime) -> Checkpoint | None:
        """Seal what is committed and return the newest checkpoint; None if the ledger is empty.

        With an engine it runs in transactions of its own; with a connection, in the caller's.
        """
        sealer = Sealer(self.keys, self.origin)
        if isinstance(bind, Connection):
            while sealer.seal(bind, now) is not None:
                pass
            return self.checkpoint(bind)
        while True:
            with bind.begin() as connection:
                if sealer.seal(connection, now) is None:
                    return self.checkpoint(connection)

    def cut(self, connection: Connection, before: datetime, now: datetime) -> int:
        """Let what was sealed before `before` expire; see `Sealer.cut`."""
        return Sealer(self.keys, self.origin).cut(connection, before, now)

    def checkpoint(self, connection: Connection) -> Checkpoint | None:
        """The newest signed checkpoint. Raises `BadNote` if its signature does not hold."""
        note = connection.execute(select(BATCHES.c.note).order_by(BATCHES.c.number.desc()).limit(1)).scalar()
        return None if note is None else read_checkpoint(note, self.keys.public_keys().values())

    def unsealed(self, connection: Connection) -> int:
        """How many entries wait for a seal."""
        query = select(func.count()).select_from(ENTRIES).where(ENTRIES.c.position.is_(None))
        return int(connection.execute(query).scalar_one())

    def entries(self, connection: Connection, wanted: Wanted = Wanted()) -> Iterator[Entry]:  # noqa: B008 frozen
        """Recorded acts; see `Wanted`."""
        return entries(connection, wanted)
