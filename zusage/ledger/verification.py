"""Offline verification: are the stored bytes what was signed, all of them, in their order?

Without an outside checkpoint the answer is at most "consistent": whoever holds the database can cut off its end, and
whoever holds the key as well can write everything anew. Against a checkpoint that left the house, both are found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import repeat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Engine

from zusage.database.engines import create_engine, sqlite_url
from zusage.ledger.evidence import BEFORE_INSTANT, DatabaseEvidence, Evidence, FileEvidence, StoredBatch
from zusage.ledger.merkle import EMPTY, Frontier
from zusage.ledger.notes import BadNote, Checkpoint, read_checkpoint
from zusage.ledger.report import BadSpot, Damage, Verdict, VerificationReport

_SQLITE = b"SQLite format 3\0"
_LINE = re.compile(r"\s*(\d+) sha256:([0-9a-f]{64})(?:\s.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Outside:
    """A checkpoint that was kept elsewhere: so many entries had this root."""

    size: int
    root: bytes


def read_outside(text: str, trusted: Iterable[Ed25519PublicKey]) -> Outside:
    """A signed note, or the line `SIZE sha256:ROOT` of a report. Raises `BadNote`."""
    line = _LINE.fullmatch(text)
    if line:
        return Outside(int(line.group(1)), bytes.fromhex(line.group(2)))
    noted = read_checkpoint(text, trusted)
    return Outside(noted.size, noted.root)


def verify(
    source: Engine | Path,
    public_keys: Ed25519PublicKey | Iterable[Ed25519PublicKey],
    checkpoint: str | None = None,
) -> VerificationReport:
    """Verify a state database, a copy of its SQLite file, or an exported ledger against the keys that may have signed it.

    `checkpoint` is one from outside: the signed note, or the line `SIZE sha256:ROOT`. Reads every byte, needs no
    network and no private key. Raises `BadNote` if `checkpoint` itself cannot be trusted, `BadExport` for a bad file.
    """
    keys = (public_keys,) if isinstance(public_keys, Ed25519PublicKey) else tuple(public_keys)
    outside = read_outside(checkpoint, keys) if checkpoint is not None else None
    return _Verification(keys, outside).run(_evidence(source))


def _evidence(source: Engine | Path) -> Evidence:
    if isinstance(source, Engine):
        return DatabaseEvidence(source)
    with source.open("rb") as file:
        database = file.read(len(_SQLITE)) == _SQLITE
    return (
        DatabaseEvidence(create_engine(sqlite_url(source), read_only=True))
        if database
        else FileEvidence(source)
    )


@dataclass(slots=True)
class _Verification:
    keys: tuple[Ed25519PublicKey, ...]
    outside: Outside | None
    tree: Frontier = field(default_factory=Frontier)
    number: int = 0
    entries: int = 0
    cut_at: int = 0
    root: bytes = EMPTY
    cuts: list[bytes] = field(default_factory=list)
    met: bool = False

    def run(self, evidence: Evidence) -> VerificationReport:
        """Walk over all batches; stop at the first bad spot."""
        bad: BadSpot | None = None
        for batch in evidence.batches():
            bad = self.batch(batch)
            if bad:
                break
        waiting, beyond, cuts = (0, None, list[bytes]()) if bad else evidence.loose()
        if not bad and beyond is not None:
            bad = BadSpot(Damage.INSERTED, beyond, None, self.number)
        if not bad:
            bad = self.cut_unrecorded([*self.cuts, *cuts]) or self.outside_missed()
        if bad:
            verdict = Verdict.BROKEN
        else:
            verdict = Verdict.PROVEN if self.met else Verdict.CONSISTENT
        return VerificationReport(
            verdict=verdict,
            entries=self.entries,
            batches=self.number,
            size=self.tree.size,
            root=self.root,
            unsealed=waiting,
            cut_at=self.cut_at,
            bad=bad,
            outside=self.outside.size if self.outside else None,
        )

    def batch(self, batch: StoredBatch) -> BadSpot | None:
        """The first bad spot of a batch; otherwise the tree has grown by it."""
        try:
            signed = read_checkpoint(batch.note, self.keys)
        except BadNote:
            return BadSpot(Damage.FORGED, batch.first, None, batch.number)
        beginning = self.number == 0
        if beginning and batch.hashes is None:
            return self.begin_at_cut(batch, signed)
        if batch.number != self.number + 1 or batch.first != self.tree.size or signed.previous != self.root:
            return BadSpot(Damage.MISSING, self.tree.size, None, self.number + 1)
        if signed.size != batch.size or signed.batch != batch.number or batch.hashes is None:
            return BadSpot(Damage.FORGED, batch.first, None, batch.number)
        hashes = [sha256(b"\x00" + content).digest() for content in batch.contents]
        before = Frontier(self.tree.size, list(self.tree.peaks))
        bad = self.grow(batch, hashes, signed.root)
        if bad:
            # what was rewritten with the key fits the stored hashes
            named = _first_bad(batch, hashes, before, signed.root) if bad.damage is Damage.CHANGED else None
            return named or bad
        mislabelled = _mislabelled(batch)
        if mislabelled is not None:
            where = batch.first + mislabelled
            return BadSpot(Damage.RELABELLED, where, _claimed_id(batch.contents[mislabelled]), batch.number)
        self.cuts += [content for content in batch.contents if b'"kind":"ledger/cut"' in content]
        self.number, self.root, self.entries = batch.number, signed.root, self.entries + len(hashes)
        return None

    def grow(self, batch: StoredBatch, hashes: list[bytes], root: bytes) -> BadSpot | None:
        """Let the tree grow by the batch, with a look at the outside checkpoint on the way."""
        placed = not batch.positions or (
            len(batch.positions) == batch.size - batch.first
            and batch.positions[0] == batch.first
            and batch.positions[-1] == batch.size - 1
        )
        outside = self.outside
        rewritten = False
        if outside is not None and batch.first < outside.size <= batch.size:
            split = outside.size - batch.first
            self.tree.extend(hashes[:split])
            rewritten = self.tree.root() != outside.root
            self.met = not rewritten
            self.tree.extend(hashes[split:])
        else:
            self.tree.extend(hashes)
        if not placed or self.tree.size != batch.size or self.tree.root() != root:
            return BadSpot(Damage.CHANGED, batch.first, None, batch.number, until=batch.size - 1)
        if rewritten and outside is not None:
            return BadSpot(Damage.REWRITTEN, self.cut_at, None, batch.number, until=outside.size - 1)
        return None

    def begin_at_cut(self, batch: StoredBatch, signed: Checkpoint) -> BadSpot | None:
        """Go on from the right edge that the last cut left, if it is the one that was signed."""
        try:
            self.tree = Frontier.unpack(batch.size, batch.frontier)
        except ValueError:
            return BadSpot(Damage.FORGED, batch.first, None, batch.number)
        if self.tree.root() != signed.root or signed.size != batch.size or signed.batch != batch.number:
            return BadSpot(Damage.FORGED, batch.first, None, batch.number)
        self.number, self.root, self.cut_at = batch.number, signed.root, batch.size
        if self.outside is not None and self.outside.size == batch.size:
            self.met = self.outside.root == signed.root
            if not self.met:
                return BadSpot(Damage.REWRITTEN, 0, None, batch.number, until=batch.size - 1)
        return None

    def cut_unrecorded(self, cuts: list[bytes]) -> BadSpot | None:
        """A beginning that is missing without an entry that says it expired."""
        if not self.cut_at:
            return None
        recorded = {json.loads(content)["facts"].get("size") for content in cuts}
        return None if self.cut_at in recorded else BadSpot(Damage.MISSING, 0, None, 1, until=self.cut_at - 1)

    def outside_missed(self) -> BadSpot | None:
        """An end that is missing: the outside checkpoint has seen more than there is."""
        if self.outside is None or self.outside.size <= self.tree.size:
            return None
        return BadSpot(Damage.TRUNCATED, self.tree.size, None, self.number, until=self.outside.size - 1)


def _first_bad(batch: StoredBatch, hashes: list[bytes], before: Frontier, root: bytes) -> BadSpot | None:
    """The entry that does not fit, by the stored hashes – if these are themselves what was signed."""
    stored = batch.hashes or b""
    expected = [stored[start : start + 32] for start in range(0, len(stored), 32)]
    before.extend(expected)
    if before.root() != root:
        return None
    for index, wanted in enumerate(expected):
        where = batch.first + index
        if index >= len(hashes) or (batch.positions and batch.positions[index] != where):
            return BadSpot(Damage.MISSING, where, None, batch.number)
        if hashes[index] != wanted:
            identity = _claimed_id(batch.contents[index])
            return BadSpot(_damage(hashes, expected, index), where, identity, batch.number)
    return BadSpot(Damage.INSERTED, batch.first + len(expected), None, batch.number)


def _damage(hashes: list[bytes], expected: list[bytes], index: int) -> Damage:
    if hashes[index] in expected:
        return Damage.MISSING if len(hashes) < len(expected) else Damage.REORDERED
    return Damage.INSERTED if len(hashes) > len(expected) else Damage.CHANGED


def _claimed_id(content: bytes) -> str | None:
    found = re.search(rb'"id":"([0-9a-f]{32})","kind":', content)
    return found.group(1).decode() if found else None


def _mislabelled(batch: StoredBatch) -> int | None:
    """The first entry whose columns say something else than its bytes."""
    contents, instants, tails = batch.contents, batch.instants, batch.tails
    starts = map(bytes.find, contents, repeat(BEFORE_INSTANT.encode()))
    fits = map(bytes.startswith, contents, instants, starts)
    if all(map(bytes.endswith, contents, tails)) and all(fits):
        return None
    for index, (content, instant, tail) in enumerate(zip(contents, instants, tails, strict=False)):
        start = content.find(BEFORE_INSTANT.encode())
        if not content.endswith(tail) or not content.startswith(instant, start):
            return index
    return None
