"""The stored bytes of a ledger, from its database or from an exported file, in the order in which they are verified.

The file has lines: a header, then for each batch its description, its entries (the canonical bytes themselves), the
hashes of its leaves and its signed checkpoint. docs/ledger.md says how to verify one by hand.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    cast,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType

from zusage.database.dialects import kind
from zusage.database.engines import reader
from zusage.errors import ZusageError
from zusage.ledger.leaves import ENTRIES
from zusage.ledger.sealing import BATCHES

HEADER = "zusage-ledger 1"
_PORTION = 500
#: the first time that this stands in an entry's bytes, its instant follows: the actor before it holds no quotation marks
BEFORE_INSTANT = ',"at":"'


class BadExport(ZusageError):
    """A file that is no exported ledger, or a damaged one. Names the line."""


@dataclass(slots=True)
class StoredBatch:
    """A batch as it is stored. What the database's columns say of an entry is to be compared with its bytes: `instants` as
    they must stand there first, and `tails` of id, kind and subject as the bytes must end. For a file, where order is
    position, these are empty.
    """

    number: int
    first: int
    size: int
    note: str
    frontier: bytes
    #: None once the batch's entries have expired
    hashes: bytes | None
    contents: Sequence[bytes] = ()
    positions: Sequence[int] = ()
    instants: Sequence[bytes] = ()
    tails: Sequence[bytes] = ()


class Evidence(Protocol):
    """Where stored bytes come from."""

    def batches(self) -> Iterator[StoredBatch]:
        """All batches with their entries, from the first to the last, one at a time in memory."""
        ...

    def loose(self) -> tuple[int, int | None, list[bytes]]:
        """What no batch covers: how many entries wait for a seal, the first one that claims a place beyond the last
        batch, and the contents of waiting `ledger/cut` entries."""
        ...


@dataclass(frozen=True, slots=True)
class DatabaseEvidence:
    """The ledger in a state database; read in one transaction for each batch."""

    engine: Engine

    def batches(self) -> Iterator[StoredBatch]:
        """As `Evidence.batches`."""
        number = -1
        while True:
            with reader(self.engine).begin() as connection:
                row = connection.execute(
                    select(BATCHES).where(BATCHES.c.number > number).order_by(BATCHES.c.number).limit(1)
                ).first()
                if row is None:
                    return
                batch = StoredBatch(row.number, row.first, row.size, row.note, row.frontier, row.hashes)
                if row.hashes is not None:
                    _load(connection, batch)
            number = row.number
            yield batch

    def loose(self) -> tuple[int, int | None, list[bytes]]:
        """As `Evidence.loose`."""
        with reader(self.engine).begin() as connection:
            end = connection.execute(select(func.max(BATCHES.c.size))).scalar() or 0
            waiting = ENTRIES.c.position.is_(None)
            count = connection.execute(select(func.count()).select_from(ENTRIES).where(waiting)).scalar_one()
            beyond = connection.execute(
                select(func.min(ENTRIES.c.position)).where(ENTRIES.c.position >= end)
            ).scalar()
            cuts = connection.execute(
                select(ENTRIES.c.bytes).where(waiting, ENTRIES.c.kind == "ledger/cut")
            ).scalars()
            return count, beyond, list(cuts)


def _octets(connection: Connection, said: ColumnElement[str]) -> ColumnElement[Any]:
    octets = func.convert_to(said, "UTF8") if kind(connection) == "postgresql" else cast(said, LargeBinary())
    return type_coerce(octets, NullType())


def _load(connection: Connection, batch: StoredBatch) -> None:
    # what must stand in the bytes, put together by the database; and all untyped, without a call for each row
    instant = BEFORE_INSTANT + ENTRIES.c.at + '"'
    subject = func.coalesce('"' + ENTRIES.c.subject + '"', "null")
    tail = ',"id":"' + ENTRIES.c.id + '","kind":"' + ENTRIES.c.kind + '","subject":' + subject + "}"
    query = (
        select(
            ENTRIES.c.position,
            _octets(connection, instant),
            _octets(connection, tail),
            literal_column("bytes"),
        )
        .where(ENTRIES.c.position >= batch.first, ENTRIES.c.position < batch.size)
        .order_by(ENTRIES.c.position)
    )
    columns: tuple[list[Any], ...] = ([], [], [], [])
    # in small portions: thousands of rows alive at once would keep the garbage collector busy
    for rows in connection.execution_options(yield_per=_PORTION).execute(query).partitions():
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            column.extend(values)
    batch.positions, batch.instants, batch.tails, batch.contents = columns


@dataclass(slots=True)
class FileEvidence:
    """An exported ledger. `loose` is known after `batches` was read to its end."""

    path: Path
    _waiting: int = 0

    def batches(self) -> Iterator[StoredBatch]:
        """As `Evidence.batches`. Raises `BadExport`."""
        with self.path.open("rb") as file:
            if not file.readline().startswith(HEADER.encode()):
                raise BadExport(f"{self.path} is not an exported ledger")
            batch: StoredBatch | None = None
            contents = list[bytes]()
            for number, line in enumerate(file, 2):
                if line.startswith(b"{"):
                    if batch is None:
                        raise BadExport(f"{self.path}:{number}: an entry outside of a batch")
                    contents.append(line.rstrip(b"\n"))
                    continue
                word, _, rest = line.decode("utf-8", errors="replace").rstrip("\n").partition(" ")
                try:
                    if word == "batch":
                        of, first, size = (int(part) for part in rest.split())
                        contents = []
                        batch = StoredBatch(of, first, size, "", b"", None, contents)
                    elif word == "end":
                        self._waiting = int(rest)
                    elif batch is None:
                        raise BadExport(f"{self.path}:{number}: a line outside of a batch")
                    elif word == "hashes":
                        batch.hashes = base64.b64decode(rest, validate=True)
                    elif word == "frontier":
                        batch.frontier = base64.b64decode(rest, validate=True)
                    elif word == "note":
                        batch.note = str(json.loads(rest))
                        yield batch
                        batch = None
                    else:
                        raise BadExport(f"{self.path}:{number}: an unknown line")
                except (ValueError, TypeError) as error:
                    raise BadExport(f"{self.path}:{number}: a damaged line") from error

    def loose(self) -> tuple[int, int | None, list[bytes]]:
        """As `Evidence.loose`; waiting entries are not exported."""
        return self._waiting, None, []


def export(engine: Engine, target: Path) -> int:
    """Write the sealed ledger to a new file, readable by its owner; returns the number of entries.

    Raises `BadExport` if the file is there already.
    """
    count, evidence = 0, DatabaseEvidence(engine)
    try:
        target.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise BadExport(f"there is a file {target} already", hint="choose another name") from None
    with target.open("wb") as file:
        file.write(f"{HEADER}\n".encode())
        for batch in evidence.batches():
            file.write(f"batch {batch.number} {batch.first} {batch.size}\n".encode())
            file.writelines(content + b"\n" for content in batch.contents)
            if batch.hashes is not None:
                file.write(b"hashes " + base64.b64encode(batch.hashes) + b"\n")
            file.write(b"frontier " + base64.b64encode(batch.frontier) + b"\n")
            file.write(f"note {json.dumps(batch.note, ensure_ascii=False)}\n".encode())
            count += len(batch.contents)
        file.write(f"end {evidence.loose()[0]}\n".encode())
    return count
