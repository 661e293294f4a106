"""Checkpoints as signed notes: a text that a person can read, mail and print, and a program can check.

The format is C2SP's *signed note* with a *tlog checkpoint* in it: origin, size, root in Base64, then lines of our own,
an empty line, and a signature line `— ORIGIN KEYHASH+SIGNATURE`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from zusage.errors import ZusageError

_ED25519 = b"\x01"
_ORIGIN = re.compile(r"[^\s+\x00-\x1f]{1,200}")


class BadNote(ZusageError):
    """A text that is no checkpoint, or one that carries no valid signature by a trusted key."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a ledger at one moment: `size` entries under `root`, sealed as `batch`, after `previous`."""

    origin: str
    size: int
    root: bytes
    batch: int
    at: datetime
    previous: bytes
    #: the signed note, with its signature
    note: str = ""

    @property
    def line(self) -> str:
        """In one line, for reports: `1204 sha256:9f86… 2026-03-01T08:00:00Z`."""
        return f"{self.size} sha256:{self.root.hex()} {_instant(self.at)}"

    def body(self) -> str:
        """The text that is signed."""
        lines = (
            self.origin,
            str(self.size),
            base64.b64encode(self.root).decode(),
            f"batch {self.batch}",
            f"time {_instant(self.at)}",
            f"previous {base64.b64encode(self.previous).decode()}",
        )
        return "\n".join(lines) + "\n"


def raw_public_key(key: Ed25519PublicKey) -> bytes:
    """The 32 bytes of a public key."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_hash(origin: str, public_key: bytes) -> bytes:
    """The four bytes by which a signature line names its key."""
    return sha256(origin.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def sign_note(body: str, origin: str, public_key: bytes, sign: Callable[[bytes], bytes]) -> str:
    """`body` as a signed note. `origin` must not hold spaces or `+`."""
    if not _ORIGIN.fullmatch(origin):
        raise BadNote(
            "the ledger's origin holds spaces or a plus sign", hint="use a name such as example.org/zusage"
        )
    signature = base64.b64encode(key_hash(origin, public_key) + sign(body.encode())).decode()
    return f"{body}\n— {origin} {signature}\n"


def open_note(note: str, trusted: Iterable[Ed25519PublicKey]) -> str:
    """The body of a signed note. Raises `BadNote` unless one of the `trusted` keys signed it."""
    body, separator, signatures = note.rpartition("\n\n")
    if not separator:
        raise BadNote("this is not a signed note: there is no empty line before the signature")
    body += "\n"
    origin = body.partition("\n")[0]
    keys = {key_hash(origin, raw_public_key(key)): key for key in trusted}
    for line in signatures.splitlines():
        name, _, blob = line.removeprefix("— ").partition(" ")
        try:
            raw = base64.b64decode(blob, validate=True)
        except ValueError:
            continue
        key = keys.get(raw[:4])
        if not line.startswith("— ") or name != origin or key is None:
            continue
        try:
            key.verify(raw[4:], body.encode())
        except InvalidSignature:
            continue
        return body
    raise BadNote("the checkpoint carries no valid signature by a trusted key")


def read_checkpoint(note: str, trusted: Iterable[Ed25519PublicKey]) -> Checkpoint:
    """The checkpoint in a signed note. Raises `BadNote`."""
    lines = open_note(note, trusted).splitlines()
    try:
        origin, size, root, batch, at, previous = lines[:6]
        return Checkpoint(
            origin=origin,
            size=int(size),
            root=base64.b64decode(root, validate=True),
            batch=int(_after("batch ", batch)),
            at=datetime.fromisoformat(_after("time ", at)),
            previous=base64.b64decode(_after("previous ", previous), validate=True),
            note=note,
        )
    except ValueError as error:
        raise BadNote("the signed note is not a checkpoint of this format") from error


def _after(prefix: str, line: str) -> str:
    if not line.startswith(prefix):
        raise ValueError(prefix)
    return line.removeprefix(prefix)


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
