"""Sealing: unsealed entries are put in order, become leaves of the one Merkle tree, and its root is signed.

A batch row holds the signed checkpoint, the tree's right edge after it (to go on from) and the hashes of its leaves (to
name the entry that was changed, where the root only says that one was).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from zusage.database.dialects import one_at_a_time
from zusage.database.schema import metadata
from zusage.ledger.leaves import ENTRIES, Act, append, instant_text
from zusage.ledger.merkle import Frontier, leaf_hash
from zusage.ledger.notes import Checkpoint, raw_public_key, sign_note

BATCHES = Table(
    "ledger_batch",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("first", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("at", String(27), nullable=False),
    Column("note", Text, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    # empty once the batch's entries have expired
    Column("hashes", LargeBinary, nullable=True),
    # the answer of a time-stamp authority as it came (RFC 3161, DER)
    Column("stamp", LargeBinary, nullable=True),
)

#: How many entries one seal takes at most; what is left waits for the next one.
BATCH_LIMIT = 20_000
_CHUNK = 2_000


class Signer(Protocol):
    """What signs checkpoints: a `KeyRing`."""

    @property
    def public_key(self) -> Ed25519PublicKey: ...

    def sign(self, content: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the ledger stands: its last batch's number, right edge and root."""

    number: int
    frontier: Frontier

    @property
    def root(self) -> bytes:
        return self.frontier.root()


def _head(connection: Connection) -> _Head:
    columns = (BATCHES.c.number, BATCHES.c.size, BATCHES.c.frontier)
    row = connection.execute(select(*columns).order_by(BATCHES.c.number.desc()).limit(1)).first()
    return _Head(0, Frontier()) if row is None else _Head(row.number, Frontier.unpack(row.size, row.frontier))


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals the entries of one ledger. `origin` names the ledger in its checkpoints, such as `example.org/zusage`."""

    keys: Signer
    origin: str

    def seal(self, connection: Connection, now: datetime) -> Checkpoint | None:
        """Seal up to `BATCH_LIMIT` committed entries in the order of their arrival, in the caller's transaction.

        Returns the new checkpoint, or None if there was nothing to seal. Two sealers wait for each other.
        """
        one_at_a_time(connection, "zusage ledger seal")
        waiting = connection.execute(
            select(ENTRIES.c.seq, ENTRIES.c.bytes)
            .where(ENTRIES.c.position.is_(None))
            .order_by(ENTRIES.c.seq)
            .limit(BATCH_LIMIT)
        ).all()
        if not waiting:
            return None
        head = _head(connection)
        first = head.frontier.size
        hashes = [leaf_hash(row.bytes) for row in waiting]
        grown = Frontier(first, list(head.frontier.peaks))
        grown.extend(hashes)
        checkpoint = self._signed(head, grown, now)
        _place(connection, [row.seq for row in waiting], first)
        values: dict[str, Any] = {
            "number": checkpoint.batch,
            "first": first,
            "size": grown.size,
            "at": instant_text(now),
            "note": checkpoint.note,
            "frontier": grown.pack(),
            "hashes": b"".join(hashes),
        }
        connection.execute(insert(BATCHES).values(values))
        return checkpoint

    def _signed(self, head: _Head, grown: Frontier, now: datetime) -> Checkpoint:
        checkpoint = Checkpoint(
            origin=self.origin,
            size=grown.size,
            root=grown.root(),
            batch=head.number + 1,
            at=now,
            previous=head.root,
        )
        body = checkpoint.body()
        note = sign_note(body, self.origin, raw_public_key(self.keys.public_key), self.keys.sign)
        return replace(checkpoint, note=note)

    def cut(self, connection: Connection, before: datetime, now: datetime) -> int:
        """Remove the entries of all batches that were sealed before `before`, in the caller's transaction.

        What stays of them is the last batch's signed checkpoint with the tree's right edge: later entries are verified
        from there. The cut is itself an entry. Returns how many entries were removed; 0 if no batch is that old.
        The newest batch always stays.
        """
        one_at_a_time(connection, "zusage ledger seal")
        newest = select(BATCHES.c.number).order_by(BATCHES.c.number.desc()).limit(1).scalar_subquery()
        last = connection.execute(
            select(BATCHES.c.number, BATCHES.c.size)
            .where(BATCHES.c.at < instant_text(before), BATCHES.c.number < newest)
            .order_by(BATCHES.c.number.desc())
            .limit(1)
        ).first()
        if last is None:
            return 0
        removed = connection.execute(delete(ENTRIES).where(ENTRIES.c.position < last.size)).rowcount
        connection.execute(delete(BATCHES).where(BATCHES.c.number < last.number))
        connection.execute(update(BATCHES).where(BATCHES.c.number == last.number).values(hashes=None))
        if removed:
            facts = {"batch": last.number, "size": last.size, "removed": removed}
            append(connection, [Act("ledger/cut", facts, now, actor="ledger")])
        return int(removed)


def _place(connection: Connection, seqs: list[int], first: int) -> None:
    """Give the entries their positions: one statement for a run of consecutive arrivals, else one for each chunk."""
    start = 0
    while start < len(seqs):
        end = start + 1
        while end < len(seqs) and seqs[end] == seqs[end - 1] + 1:
            end += 1
        if end - start > 1:
            shift = first + start - seqs[start]
            connection.execute(
                update(ENTRIES)
                .where(ENTRIES.c.seq.between(seqs[start], seqs[end - 1]), ENTRIES.c.position.is_(None))
                .values(position=ENTRIES.c.seq + shift)
            )
        else:
            end = _scattered(connection, seqs, start, first)
        start = end


def _scattered(connection: Connection, seqs: list[int], start: int, first: int) -> int:
    """Arrivals with gaps between them (rolled back transactions), many to one call."""
    end = start + 1
    while (
        end < len(seqs)
        and end - start < _CHUNK
        and not (end + 1 < len(seqs) and seqs[end + 1] == seqs[end] + 1)
    ):
        end += 1
    statement = update(ENTRIES).where(ENTRIES.c.seq == bindparam("key")).values(position=bindparam("place"))
    rows = [{"key": seqs[index], "place": first + index} for index in range(start, end)]
    connection.execute(statement, rows)
    return end
