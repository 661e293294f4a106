"""Files that a log is written to: found, recognised wherever rotation moves them, read from where reading stopped.

A log file is known by a keyed digest of its beginning, not by its name and not by its inode alone: renamed, copied and
truncated, or compressed, it is the same log, and only what was not taken yet is read. What is new under an old inode is
a new log.
"""

from __future__ import annotations

import gzip
import hmac
import io
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, select

from zusage.errors import StoreUnreachable
from zusage.keepers.logs.tables import log_source
from zusage.sealing.segments import zstd

HEAD = 4096
BATCH = 16 << 20
#: where the last line end of a batch is looked for
LAST = 64 << 10


@dataclass(frozen=True, slots=True)
class Position:
    """How far one log was read (a row of `log_source`)."""

    id: str
    device: int
    inode: int
    head_size: int
    head: str
    taken: int
    tail_size: int | None = None
    newest: datetime | None = None


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file with (more of) a log. `live`: still written to; `position`: how far its log was taken, if it is known."""

    path: Path
    live: bool
    device: int
    inode: int
    size: int
    position: Position | None

    @property
    def compressed(self) -> bool:
        """Whether the size says nothing about the log's length."""
        return self.path.suffix in (".gz", ".zst")

    @property
    def taken(self) -> int:
        """Bytes of the log that were taken already."""
        return self.position.taken if self.position else 0


def files_of(path: Path) -> list[tuple[Path, bool]]:
    """The files of a bound source, oldest first, with whether each is live. A folder's files are all complete.

    `access.log` is followed by `access.log.1`, `access.log-20260401.gz`, `access.log.2.zst`.
    """
    if path.is_dir():
        found = [(each, False) for each in path.iterdir() if each.is_file() and not each.name.startswith(".")]
    else:
        siblings = [
            each for mark in (".", "-") for each in path.parent.glob(f"{path.name}{mark}*") if each.is_file()
        ]
        found = [(each, False) for each in siblings]
        if path.is_file():
            found.append((path, True))
    return sorted(found, key=lambda each: (each[1], each[0].stat().st_mtime_ns, _age(each[0])))


def _age(path: Path) -> tuple[int, str]:
    """For files of the same instant: `.2` is older than `.1`."""
    numbers = [int(part) for part in path.name.split(".") if part.isdigit()]
    return (-numbers[-1] if numbers else 0, path.name)


def open_log(path: Path) -> IO[bytes]:
    """A log file, decompressed on the way. Raises `StoreUnreachable`."""
    try:
        if path.suffix == ".gz":
            return io.BufferedReader(gzip.open(path, "rb"), 1 << 20)
        if path.suffix == ".zst":
            decompressor = zstd().ZstdDecompressor()
            reader = decompressor.stream_reader(path.open("rb"), read_across_frames=True, closefd=True)
            return io.BufferedReader(reader, 1 << 20)
        return path.open("rb", buffering=0)
    except OSError as error:
        raise StoreUnreachable(f"the log {path} cannot be read ({type(error).__name__})") from error


class Journal:
    """Recognises log files by their beginnings. `secret` keys the digests: a first line must not be guessable."""

    def __init__(self, activity: str, source: str, secret: bytes) -> None:
        self.activity, self.source, self._secret = activity, source, secret

    def positions(self, connection: Connection) -> list[Position]:
        """What is known of this source's logs, newest first."""
        columns = [log_source.c[name] for name in Position.__dataclass_fields__]
        query = select(*columns).where(
            log_source.c.activity == self.activity, log_source.c.source == self.source
        )
        return [
            Position(**row)
            for row in connection.execute(query.order_by(log_source.c.seen_at.desc())).mappings()
        ]

    def recognise(self, path: Path, live: bool, known: list[Position]) -> LogFile:
        """The file with the position of its log, if that was seen before."""
        status = path.stat()
        found = LogFile(path, live, status.st_dev, status.st_ino, status.st_size, None)
        with open_log(path) as file:
            head = _read_fully(file, HEAD)
        same = [
            each
            for each in known
            if len(head) >= each.head_size and self._digest(head[: each.head_size]) == each.head
        ]
        same.sort(
            key=lambda each: (each.inode != found.inode or each.device != found.device, -each.head_size)
        )
        return replace(found, position=same[0]) if same else found

    def moved_on(self, file: LogFile, taken: int, newest: datetime | None, tail: int | None) -> Position:
        """The position after `taken` bytes of the log were taken from `file`."""
        before = file.position
        head_size, head = (before.head_size, before.head) if before else (0, "")
        if head_size < HEAD and taken > head_size:
            with open_log(file.path) as stream:
                begin = _read_fully(stream, min(HEAD, taken))
            head_size, head = len(begin), self._digest(begin)
        newer = max(filter(None, (newest, before.newest if before else None)), default=None)
        return Position(
            before.id if before else secrets.token_hex(16),
            file.device,
            file.inode,
            head_size,
            head,
            taken,
            tail,
            newer,
        )

    def _digest(self, head: bytes) -> str:
        return hmac.new(self._secret, head, sha256).hexdigest()

    def save(self, connection: Connection, position: Position, now: datetime) -> None:
        """Write a position, in the transaction that publishes what was taken."""
        values: dict[str, Any] = {name: getattr(position, name) for name in Position.__dataclass_fields__}
        changed = connection.execute(
            log_source.update().where(log_source.c.id == position.id).values(seen_at=now, **values)
        )
        if not changed.rowcount:
            row = {"activity": self.activity, "source": self.source, "seen_at": now, **values}
            connection.execute(log_source.insert().values(**row))


def _read_fully(file: IO[bytes], size: int) -> bytes:
    parts = []
    while size and (part := file.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def batches(file: LogFile, size: int = BATCH) -> Iterator[tuple[bytes, int]]:
    """What was not taken of a log yet, in runs of whole lines, each with the position after it.

    The end of a live file that has no line end yet is left for later; so is that of a rotated file until it was seen
    twice with the same size. A "line" longer than a batch comes in pieces. Raises `StoreUnreachable`.
    """
    with open_log(file.path) as stream:
        if file.compressed:
            _skip(stream, file.taken)
        else:
            stream.seek(file.taken)
        position, rest = file.taken, b""
        while chunk := stream.read(size if file.compressed else _whole(stream, position + len(rest), size)):
            chunk = rest + chunk if rest else chunk
            end = chunk.rfind(b"\n") + 1
            if not end and len(chunk) >= size:
                end = len(chunk)
            rest = chunk[end:]
            if end:
                position += end
                yield (chunk[:end] if rest else chunk), position
        settled = file.position is not None and file.position.tail_size == file.size
        if rest and not file.live and (file.compressed or settled):
            yield rest + b"\n", position + len(rest)


def _whole(stream: IO[bytes], position: int, size: int) -> int:
    """How many of the next `size` bytes of a plain file are whole lines, so that no batch is copied to be cut; `size`
    where that is not seen at once."""
    begin = position + size - LAST
    last = os.pread(stream.fileno(), LAST, begin) if begin > position else b""
    end = last.rfind(b"\n") + 1 if len(last) == LAST else 0
    return begin + end - position if end else size


def _skip(stream: IO[bytes], size: int) -> None:
    while size and (part := stream.read(min(size, 1 << 20))):
        size -= len(part)
