"""Backup and restore of the state database: one file, of one moment, for SQLite and PostgreSQL alike.

The file holds JSON lines, compressed with gzip: a header, for each table its name and columns, then its rows, and an end
with their number. It restores onto either kind of database, which is also how a workspace moves from the one to the
other. With recipients it is encrypted with age on its way to the disk. Keys are not in it; docs/ledger.md says why.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
)

from zusage.database.dialects import kind
from zusage.database.engines import reader
from zusage.database.migrations import current, head, migrate
from zusage.database.migrations.freeze import all_tables
from zusage.database.types import UtcDateTime
from zusage.errors import MissingExtra, ZusageError

_FORMAT = "zusage-backup/1"
_BATCH = 1_000
_AGE = b"age-encryption.org/"


class BadBackup(ZusageError):
    """A backup that cannot be made or restored. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class BackupReport:
    """How many rows of how many tables were written or restored, and whether the file is encrypted."""

    path: Path
    tables: int
    rows: int
    encrypted: bool


def backup(
    engine: Engine,
    target: Path,
    now: datetime,
    *,
    recipients: Sequence[str] = (),
    metadata: MetaData | None = None,
) -> BackupReport:
    """Write the state database as it is at one moment into a new file that only its owner can read.

    `recipients` are age public keys (`age1…`); without them the file is not encrypted, and holds personal data.
    Raises `BadBackup` if the file exists, a table of the database is unknown or a recipient is none, `MissingExtra`.
    """
    tables = metadata if metadata is not None else all_tables()
    known, there = set(tables.tables), set(inspect(engine).get_table_names()) - {"alembic_version"}
    if known != there:
        odd = ", ".join(sorted(known ^ there))
        raise BadBackup(f"the database and this version differ in the tables {odd}", hint="zusage migrate")
    age = _age(recipients) if recipients else None
    header = {"format": _FORMAT, "revision": current(engine), "at": now.isoformat()}
    counted = [0]
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadBackup(f"there is a file {target} already", hint="choose another name") from None
    with os.fdopen(descriptor, "wb") as file:
        chunks = _Chunks(_compressed(_dump(engine, tables, header, counted)))
        if age is None:
            while chunk := chunks.read(1 << 20):
                file.write(chunk)
        else:
            age(chunks, file)
        file.flush()
        os.fsync(file.fileno())
    return BackupReport(target, len(known), counted[0], bool(recipients))


def restore(
    engine: Engine, source: Path, *, identity: Path | None = None, metadata: MetaData | None = None
) -> BackupReport:
    """Fill an empty state database from a backup, in one transaction; migrates it first if it is new.

    `identity` is the file with the age secret key of an encrypted backup. Raises `BadBackup` if the database holds rows
    already, or the file is damaged, cut off, of another version, or encrypted for somebody else.
    """
    tables = metadata if metadata is not None else all_tables()
    with _opened(source, identity) as (plain, encrypted):
        lines = _lines(source, plain)
        header = next(lines, None)
        if not isinstance(header, dict) or header.get("format") != _FORMAT:
            raise BadBackup(f"{source} is not a backup of Zusage")
        if header["revision"] != head():
            raise BadBackup(
                f"{source} was made at the revision {header['revision']}, this version works with {head()}",
                hint="restore with the version that made it, migrate, and back up again",
            )
        migrate(engine)
        with engine.begin() as connection:
            for table in tables.sorted_tables:
                if connection.execute(select(func.count()).select_from(table)).scalar_one():
                    raise BadBackup(
                        f"the table {table.name} holds rows already", hint="restore into an empty database"
                    )
            rows = _fill(connection, tables, source, lines)
            _go_on_counting(connection, tables)
    return BackupReport(source, len(tables.tables), rows, encrypted)


# -- writing ---------------------------------------------------------------------------------------------------------


def _dump(engine: Engine, tables: MetaData, header: dict[str, Any], counted: list[int]) -> Iterator[Any]:
    yield header
    source = reader(engine)
    if kind(engine) == "postgresql":
        # one moment for all tables
        source = source.execution_options(isolation_level="REPEATABLE READ")
    with source.connect() as connection:
        for table in tables.sorted_tables:
            columns = list(table.columns)
            yield {"table": table.name, "columns": [column.name for column in columns]}
            order = list(table.primary_key.columns) or columns
            streamed = connection.execution_options(yield_per=_BATCH).execute(select(table).order_by(*order))
            for row in streamed:
                counted[0] += 1
                yield [_out(value) for value in row]
    yield {"end": counted[0]}


def _out(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _compressed(values: Iterable[Any]) -> Iterator[bytes]:
    press = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    for value in values:
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        if chunk := press.compress(line):
            yield chunk
    yield press.flush()


class _Chunks(io.RawIOBase):
    """Chunks of bytes as a file to be read: what age wants."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def _age(recipients: Sequence[str]) -> Callable[[Any, Any], None]:
    try:
        import pyrage  # an extra
    except ImportError:
        raise MissingExtra("logs", "an encrypted backup") from None
    try:
        keys = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    except (pyrage.RecipientError, ValueError) as error:
        raise BadBackup("a recipient is not an age public key", hint="it begins with age1") from error

    def encrypt(plain: Any, target: Any) -> None:
        pyrage.encrypt_io(plain, target, keys)

    return encrypt


# -- reading ---------------------------------------------------------------------------------------------------------


class _opened:  # noqa: N801 reads like a function
    """The compressed lines of a backup, decrypted into a file without a name where they are encrypted."""

    def __init__(self, source: Path, identity: Path | None) -> None:
        self._source, self._identity = source, identity
        self._files: list[IO[bytes]] = []

    def __enter__(self) -> tuple[IO[bytes], bool]:
        try:
            file = self._source.open("rb")
        except OSError as error:
            raise BadBackup(f"{self._source} cannot be read ({type(error).__name__})") from error
        self._files.append(file)
        encrypted = file.read(len(_AGE)) == _AGE
        file.seek(0)
        return (self._decrypted(file) if encrypted else file), encrypted

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            file.close()

    def _decrypted(self, file: IO[bytes]) -> IO[bytes]:
        try:
            import pyrage  # an extra
        except ImportError:
            raise MissingExtra("logs", "an encrypted backup") from None
        if self._identity is None:
            raise BadBackup(f"{self._source} is encrypted", hint="name the file with the age secret key")
        plain = TemporaryFile()  # noqa: SIM115 closed on exit
        self._files.append(plain)
        try:
            secret = next(
                line for line in self._identity.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-")
            )
            pyrage.decrypt_io(file, plain, [pyrage.x25519.Identity.from_str(secret)])
        except (OSError, StopIteration, pyrage.IdentityError) as error:
            raise BadBackup(f"{self._identity} holds no age secret key") from error
        except pyrage.DecryptError as error:
            raise BadBackup(f"{self._source} is damaged, or encrypted for another key") from error
        plain.seek(0)
        return plain


def _lines(source: Path, plain: IO[bytes]) -> Iterator[Any]:
    try:
        with gzip.open(plain, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise BadBackup(f"{source} is damaged or cut off; nothing was restored") from error


def _fill(connection: Connection, tables: MetaData, source: Path, lines: Iterator[Any]) -> int:
    if kind(connection) == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    count, table, names, waiting, seen = 0, None, list[str](), list[dict[str, Any]](), set[str]()
    for line in lines:
        if isinstance(line, list) and table is not None:
            waiting.append({name: _in(table.c[name], value) for name, value in zip(names, line, strict=True)})
            count += 1
            if len(waiting) >= _BATCH:
                _insert(connection, table, waiting)
            continue
        _insert(connection, table, waiting)
        if line == {"end": count} and seen == set(tables.tables) and next(lines, None) is None:
            return count
        if not isinstance(line, dict) or line.get("table") not in tables.tables:
            break
        table, names = tables.tables[line["table"]], line["columns"]
        seen.add(table.name)
    raise BadBackup(f"{source} is damaged or cut off; nothing was restored")


def _insert(connection: Connection, table: Table | None, waiting: list[dict[str, Any]]) -> None:
    if table is not None and waiting:
        connection.execute(insert(table), waiting)
    waiting.clear()


def _in(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    return base64.b64decode(value) if isinstance(column.type, LargeBinary) else value


def _go_on_counting(connection: Connection, tables: MetaData) -> None:
    """PostgreSQL's sequences do not notice rows that bring their own number."""
    if kind(connection) != "postgresql":
        return
    for table in tables.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        highest = connection.execute(select(func.max(column))).scalar()
        if highest is not None and connection.execute(select(sequence)).scalar() is not None:
            connection.execute(select(func.setval(sequence, highest)))
