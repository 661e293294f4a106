"""Splitting a segment's key: one share for each role, wrapped to that role's people, and one in the key store.

Between roles it is AND (or `quorum` of them, by Shamir's secret sharing over GF(256)); within a role it is OR, because
the share is wrapped with age (X25519) to everybody who holds the role. One age file with two recipients would be OR
between the roles: that is why there are shares. The key store's share is needed always; destroying it kills every copy
of the segment, also those in backups (crypto-shredding), provided that the key store itself is in no backup.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from zusage.errors import MissingExtra, ZusageError

SHARE_BYTES = 32
_RECORD = 16 + SHARE_BYTES
_INFO = b"zusage log segment, version 1, "


class KeyMissing(ZusageError):
    """A share that is needed is not there, or was destroyed: the segment cannot be opened."""


class WrongKey(ZusageError):
    """A private key that opens none of the shares of its role, or is no age identity."""


@dataclass(frozen=True, slots=True)
class RoleShare:
    """A role's share of one segment, wrapped to the role's people. `index` is its place in the secret sharing."""

    role: str
    index: int
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class OpenShare:
    """A role's share of one segment, in the open: only in the memory of the process that combines."""

    role: str
    index: int
    share: bytes


def age() -> Any:
    """The age library. Raises `MissingExtra`."""
    try:
        import pyrage
    except ImportError:
        raise MissingExtra("logs", "sealed logs") from None
    return pyrage


def new_identity() -> tuple[str, str]:
    """A fresh age key pair: (private identity, public recipient)."""
    identity = age().x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def public_of(identity: str) -> str:
    """The public recipient of a private identity. Raises `WrongKey`."""
    return str(_identity(identity).to_public())


def check_recipient(public: str) -> str:
    """`public` if it is an age X25519 recipient. Raises `WrongKey`."""
    try:
        return str(age().x25519.Recipient.from_str(public.strip()))
    except age().RecipientError:
        raise WrongKey(
            "this is not an age public key", hint="it begins with age1; make one with `zusage logs keys new`"
        ) from None


def _identity(text: str) -> Any:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    try:
        return age().x25519.Identity.from_str(lines[0].strip() if lines else "")
    except age().IdentityError:
        raise WrongKey(
            "this is not an age private key", hint="the file holds one line AGE-SECRET-KEY-1…"
        ) from None


def wrap(content: bytes, recipients: Iterable[str]) -> bytes:
    """`content` readable by each of `recipients` alone."""
    library = age()
    sealed: bytes = library.encrypt(content, [library.x25519.Recipient.from_str(each) for each in recipients])
    return sealed


def unwrap(wrapped: bytes, identity: str) -> bytes:
    """What was wrapped to this identity. Raises `WrongKey`."""
    key = _identity(identity)
    try:
        content: bytes = age().decrypt(wrapped, [key])
    except age().DecryptError:
        raise WrongKey("this key does not open this share") from None
    return content


# -- secret sharing over GF(256) ------------------------------------------------------------------------------------------

_EXP = [0] * 510
_LOG = [0] * 256


def _fill_tables() -> None:
    value = 1
    for power in range(255):
        _EXP[power] = _EXP[power + 255] = value
        _LOG[value] = power
        value ^= value << 1
        if value & 0x100:
            value ^= 0x11B


_fill_tables()


def _times(left: int, right: int) -> int:
    return _EXP[_LOG[left] + _LOG[right]] if left and right else 0


def split(secret: bytes, count: int, quorum: int) -> list[bytes]:
    """`count` shares of `secret`, of which any `quorum` give it back and fewer say nothing. Share i has the index i + 1."""
    if not 1 <= quorum <= count <= 255:
        raise ValueError("a quorum lies between 1 and the number of shares")
    polynomials = [(byte, *secrets.token_bytes(quorum - 1)) for byte in secret]
    return [bytes(_value(polynomial, index) for polynomial in polynomials) for index in range(1, count + 1)]


def _value(polynomial: Sequence[int], at: int) -> int:
    result = 0
    for coefficient in reversed(polynomial):
        result = _times(result, at) ^ coefficient
    return result


def combine(shares: Mapping[int, bytes]) -> bytes:
    """The secret from enough shares by index. From too few comes something else; the segment's seal tells."""
    factors = {}
    for index in shares:
        factor = 1
        for other in shares:
            if other != index:
                factor = _times(factor, _EXP[(_LOG[other] - _LOG[other ^ index]) % 255])
        factors[index] = factor
    size = len(next(iter(shares.values())))
    secret = bytearray(size)
    for index, share in shares.items():
        for position in range(size):
            secret[position] ^= _times(share[position], factors[index])
    return bytes(secret)


# -- a segment's key ------------------------------------------------------------------------------------------------------


def make_shares(
    segment: str, roles: Mapping[str, Sequence[str]], quorum: int, customer: tuple[str, Sequence[str]] | None
) -> tuple[bytes, list[RoleShare]]:
    """The roles' part of a new segment's key, and its shares wrapped to the roles' people.

    `roles`: role → public keys of those who hold it. `customer`: a further role that is needed in any case, with index 0.
    Without roles the part is empty: then the key store alone opens the segment.
    """
    secret = b""
    wrapped = []
    if roles:
        secret = secrets.token_bytes(SHARE_BYTES)
        for index, (role, share) in enumerate(zip(roles, split(secret, len(roles), quorum), strict=True), 1):
            wrapped.append(RoleShare(role, index, wrap(_bound(segment, index, share), roles[role])))
    if customer:
        share = secrets.token_bytes(SHARE_BYTES)
        wrapped.append(RoleShare(customer[0], 0, wrap(_bound(segment, 0, share), customer[1])))
        secret += share
    return secret, wrapped


def _bound(segment: str, index: int, share: bytes) -> bytes:
    return bytes.fromhex(segment) + struct.pack(">H", index) + share


def open_share(segment: str, share: RoleShare, identity: str) -> OpenShare:
    """A wrapped share in the open. Raises `WrongKey`, also if it was made for another segment."""
    content = unwrap(share.wrapped, identity)
    if (
        content[:18] != bytes.fromhex(segment) + struct.pack(">H", share.index)
        or len(content) != 18 + SHARE_BYTES
    ):
        raise WrongKey("this share belongs to another segment")
    return OpenShare(share.role, share.index, content[18:])


def joined(shares: Iterable[OpenShare]) -> bytes:
    """The roles' part of the key from opened shares (`make_shares`)."""
    by_index = {each.index: each.share for each in shares}
    customer = by_index.pop(0, b"")
    return (combine(by_index) if by_index else b"") + customer


def segment_key(segment: str, roles_part: bytes, store_share: bytes) -> bytes:
    """The AES-256 key of a segment."""
    material = HKDF(SHA256(), 32, None, _INFO + segment.encode())
    return material.derive(roles_part + store_share)


class KeyStore:
    """The folder of the server's shares, outside every backup: one file a day of records (segment id, share).

    A day that is over goes as one file, so that a month is a few dozen writes; a single segment is overwritten in place.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, segment: str, day: str) -> bytes:
        """A new share in the file of `day`. Durable only after `sync`."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        share = secrets.token_bytes(SHARE_BYTES)
        with self._locked():
            descriptor = os.open(self._path(day), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                # what a crash left of a record is filled up, so that records stay where they are looked for
                torn = os.fstat(descriptor).st_size % _RECORD
                os.write(descriptor, b"\0" * (-torn % _RECORD) + bytes.fromhex(segment) + share)
            finally:
                os.close(descriptor)
        return share

    def sync(self, days: Iterable[str]) -> None:
        """Make the shares of these days durable."""
        for day in set(days):
            sync_file(self._path(day))
        if self.folder.is_dir():
            sync_folder(self.folder)

    def read(self, segment: str) -> bytes:
        """The share of a segment. Raises `KeyMissing` if it was destroyed."""
        for _, _, found, share in self._records():
            if found == segment:
                return share
        raise KeyMissing("the key store holds no share for this segment; it cannot be opened any more")

    def segments(self) -> set[str]:
        """Every segment that could still be opened."""
        return {segment for _, _, segment, _ in self._records()}

    def destroy(self, segments: Iterable[str]) -> int:
        """Overwrite shares, durably, and remove files without any left; returns how many shares there were."""
        wanted = set(segments)
        if not wanted or not self.folder.is_dir():
            return 0
        with self._locked():
            places: dict[Path, list[int]] = {}
            left: dict[Path, int] = {}
            for path, offset, segment, _ in self._records():
                places.setdefault(path, [])
                left[path] = left.get(path, 0) + (segment not in wanted)
                if segment in wanted:
                    places[path].append(offset)
            for path, offsets in places.items():
                if not offsets:
                    continue
                with path.open("r+b", buffering=0) as file:
                    for offset in offsets:
                        os.pwrite(file.fileno(), b"\0" * _RECORD, offset)
                    os.fsync(file.fileno())
                if not left[path]:
                    path.unlink()
            sync_folder(self.folder)
        return sum(map(len, places.values()))

    def _records(self) -> Iterator[tuple[Path, int, str, bytes]]:
        """(file, offset, segment, share) of everything that was not destroyed."""
        for path in sorted(self.folder.glob("*.shares")):
            content = path.read_bytes()
            for offset in range(0, len(content) - _RECORD + 1, _RECORD):
                record = content[offset : offset + _RECORD]
                if any(record):
                    yield path, offset, record[:16].hex(), record[16:]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _path(self, day: str) -> Path:
        return self.folder / f"{day}.shares"


def sync_file(path: Path) -> None:
    """Makes the content of a file durable."""
    _sync(path, os.O_RDONLY)


def sync_folder(folder: Path) -> None:
    """Makes what was created in, moved into or removed from a folder durable."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
