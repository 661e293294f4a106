"""Sealed segments: the whole lines of one customer and hour, compressed, encrypted, authenticated, padded.

A segment file is a head in the clear (who holds which wrapped share; no customer, no hour) and chunks of 1 MiB, each
AES-256-GCM under the segment's own key, with the chunk's number as nonce and number, *last* flag and the head's digest
as associated data: a cut, swapped, reordered or foreign chunk is refused. Inside, the stream is a row of zstd frames of
whole lines and then zeros (Padmé padding, at most 12 %). Every chunk says where the first frame that begins in it
begins, so that a damaged chunk costs the lines in it and no others.
"""

from __future__ import annotations

import base64
import json
import os
import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zusage.errors import MissingExtra, ZusageError
from zusage.sealing.shares import RoleShare

MAGIC = b"zusage log segment 1\n"
CHUNK = 1 << 20
#: lines compressed at once
BLOCK = 1 << 20
_PLAIN = CHUNK - 4
_TAG = 16
_NOWHERE = 0xFFFFFFFF
_LARGEST_BLOCK = 256 << 20


class DamagedSegment(ZusageError):
    """A segment that does not verify: cut, changed, reordered, or opened with the wrong key. Names the chunk."""


def zstd() -> Any:
    """The zstandard library. Raises `MissingExtra`."""
    try:
        import zstandard
    except ImportError:
        raise MissingExtra("logs", "sealed logs") from None
    return zstandard


@dataclass(frozen=True, slots=True)
class Head:
    """What a segment says in the clear: its id, the wrapped shares, how many of the roles are needed."""

    segment: str
    shares: tuple[RoleShare, ...]
    quorum: int

    def encoded(self) -> bytes:
        """The bytes in the file."""
        shares = [
            {"role": each.role, "index": each.index, "wrapped": base64.b64encode(each.wrapped).decode()}
            for each in self.shares
        ]
        content = {"quorum": self.quorum, "segment": self.segment, "shares": shares}
        return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


class SegmentWriter:
    """Writes one segment into a new file. `write` takes whole lines; `close` pads, ends and makes it durable."""

    def __init__(self, path: Path, head: Head, key: bytes, level: int = 1) -> None:
        self.path = path
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)
        encoded = head.encoded()
        self._file.write(MAGIC + struct.pack(">I", len(encoded)) + encoded)
        self._bound = sha256(encoded).digest()
        self._cipher, self._compressor = (
            AESGCM(key),
            zstd().ZstdCompressor(level=level, write_content_size=True),
        )
        self._pending = bytearray()
        self._starts: deque[int] = deque()
        self._number = self._streamed = self._gathered = 0
        self._small: list[bytes] = []

    def write(self, lines: bytes | memoryview) -> None:
        """Seal whole lines, cut by the caller at line ends in pieces of at most a few times `BLOCK`."""
        if len(lines) < BLOCK // 2:
            # a copy: a view would keep the whole batch in memory
            self._small.append(bytes(lines))
            self._gathered += len(lines)
            if self._gathered < BLOCK:
                return
            self._flush()
        else:
            self._flush()
            self._compress(lines)

    def _flush(self) -> None:
        if self._small:
            self._compress(b"".join(self._small))
            self._small, self._gathered = [], 0

    def _compress(self, lines: bytes | memoryview) -> None:
        frame = self._compressor.compress(lines)
        self._starts.append(len(self._pending))
        self._pending += struct.pack(">I", len(frame))
        self._pending += frame
        self._streamed += 4 + len(frame)
        while len(self._pending) > _PLAIN:
            self._emit(last=False)

    def _emit(self, *, last: bool) -> None:
        plain = bytes(self._pending[:_PLAIN])
        del self._pending[:_PLAIN]
        first = self._starts[0] if self._starts and self._starts[0] < len(plain) else _NOWHERE
        while self._starts and self._starts[0] < len(plain):
            self._starts.popleft()
        self._starts = deque(start - len(plain) for start in self._starts)
        nonce, bound = _nonce(self._number), _associated(self._bound, self._number, last)
        self._file.write(self._cipher.encrypt(nonce, struct.pack(">I", first) + plain, bound))
        self._number += 1

    def close(self) -> int:
        """End the stream, pad it, sync the file; returns its size in bytes."""
        self._flush()
        self._starts.append(len(self._pending))
        self._pending += b"\0" * (4 + padded(self._streamed + 4) - self._streamed - 4)
        while len(self._pending) > _PLAIN:
            self._emit(last=False)
        self._emit(last=True)
        os.fsync(self._file.fileno())
        size = self._file.tell()
        self._file.close()
        return size

    def abandon(self) -> None:
        """Close and remove an unfinished file."""
        self._file.close()
        self.path.unlink(missing_ok=True)


def padded(size: int) -> int:
    """Padmé: the next size with few significant bits, at least 4 KiB; hides all but the order of magnitude."""
    size = max(size, 4096)
    exponent = size.bit_length() - 1
    free = exponent - exponent.bit_length()
    return (size + (1 << free) - 1) >> free << free


def _nonce(number: int) -> bytes:
    return struct.pack(">IQ", 0, number)


def _associated(bound: bytes, number: int, last: bool) -> bytes:
    return bound + struct.pack(">Q?", number, last)


def read_head(path: Path) -> Head:
    """The head of a segment file. Raises `DamagedSegment`."""
    with path.open("rb") as file:
        return _read_head(file)[0]


def _read_head(file: BinaryIO) -> tuple[Head, bytes]:
    size = file.read(len(MAGIC) + 4)
    if not size.startswith(MAGIC) or len(size) < len(MAGIC) + 4:
        raise DamagedSegment("this is no log segment of Zusage")
    (length,) = struct.unpack(">I", size[len(MAGIC) :])
    encoded = file.read(min(length, 16 << 20))
    try:
        content = json.loads(encoded)
        shares = tuple(
            RoleShare(each["role"], each["index"], base64.b64decode(each["wrapped"]))
            for each in content["shares"]
        )
        return Head(content["segment"], shares, content["quorum"]), sha256(encoded).digest()
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedSegment("the head of this segment is damaged") from error


@dataclass(slots=True)
class SegmentReader:
    """Reads a segment with its key. `damaged` lists the chunks that did not verify, where that is tolerated."""

    path: Path
    key: bytes
    tolerant: bool = False
    damaged: list[int] = field(default_factory=list)

    def blocks(self) -> Iterator[bytes]:
        """The sealed lines, block by block, each verified before it is given out.

        Raises `DamagedSegment`; with `tolerant` the lines of damaged chunks are left out instead, except that a key
        that opens no chunk at all is always an error.
        """
        decompressor = zstd().ZstdDecompressor(max_window_size=1 << 27)
        stream, synced, ended = bytearray(), True, False
        for plain in self._chunks():
            if plain is None:
                stream.clear()
                synced = False
                continue
            (first,) = struct.unpack(">I", plain[:4])
            if not synced and first == _NOWHERE:
                continue
            stream += plain[4:] if synced else plain[4 + first :]
            synced = True
            while not ended and len(stream) >= 4:
                (length,) = struct.unpack(">I", stream[:4])
                if not length:
                    ended = True
                elif len(stream) >= 4 + length:
                    yield decompressor.decompress(
                        bytes(stream[4 : 4 + length]), max_output_size=_LARGEST_BLOCK
                    )
                    del stream[: 4 + length]
                else:
                    break
        if not ended and not self.damaged:
            raise DamagedSegment("the segment ends before its lines do")

    def _chunks(self) -> Iterator[bytes | None]:
        cipher = AESGCM(self.key)
        good = 0
        with self.path.open("rb") as file:
            _, bound = _read_head(file)
            number, chunk = 0, file.read(CHUNK + _TAG)
            while chunk or number == 0:
                following = file.read(CHUNK + _TAG)
                try:
                    plain = cipher.decrypt(_nonce(number), chunk, _associated(bound, number, not following))
                    good += 1
                    yield plain
                except (InvalidTag, ValueError):
                    if not self.tolerant:
                        raise DamagedSegment(
                            f"chunk {number} of the segment does not verify: it was changed, cut or moved, or the key is"
                            " not the segment's"
                        ) from None
                    self.damaged.append(number)
                    yield None
                number, chunk = number + 1, following
        if not good:
            raise DamagedSegment("no chunk of the segment verifies: the key is not the segment's")
