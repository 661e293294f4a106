"""The workspace's keys: one that signs, and independent ones that turn identities into pseudonyms.

Each purpose has a key of its own, and the subjects of the ledger one for each calendar year: when the purpose ends, its
key is destroyed, and what was written under it leads to nobody any more (Art. 4(5) GDPR, recital 26). The folder holds

    signing/KEYID.key     Ed25519, private; the newest of `rotations.json` signs, older ones are gone
    public/KEYID.pub      every public key there ever was
    secrets/PURPOSE[-YEAR].key     32 random bytes
    rotations.json, destroyed.json     what became of keys

Whoever loses the folder loses the way from a person to their entries, and can no longer sign; see docs/ledger.md.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import re
import secrets
import stat
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from zusage.errors import ZusageError

_PURPOSE = re.compile(r"[a-z][a-z_]{0,39}")
_LETTERS = bytes.maketrans(b"0123456789abcdef", b"abcdefghijklmnop")


class KeyTrouble(ZusageError):
    """Keys that are missing, unsafe, destroyed or in the way. Nothing was changed."""


class KeyDestroyed(KeyTrouble):
    """The key of this purpose was destroyed: what was written under it stays anonymous."""


class Purpose(StrEnum):
    """What keys are for. Rooms may name further purposes (`[a-z_]+`); every one has a key of its own."""

    SUBJECTS = "subjects"  # subjects in the ledger; one key for each calendar year
    SUPPRESSION = "suppression"  # who must not be written to, or taken in, again
    REPLAY = "replay"  # what must be erased once more after a backup was restored
    ACTORS = "actors"  # staff and systems that acted
    TOKENS = "tokens"  # links and sessions


#: Purposes whose key changes with the calendar year.
YEARLY = frozenset({Purpose.SUBJECTS.value})


def in_letters(digest: bytes) -> str:
    """Bytes as lower-case letters a–p, two for each byte: no run of it can be mistaken for a telephone number."""
    return digest.hex().encode().translate(_LETTERS).decode()


def normalised(identity: str) -> str:
    """An identity as it is compared: without outer spaces, in Unicode NFC, letter case folded."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", identity).strip().casefold())


class KeyRing:
    """The keys in one folder. Made by `create`, opened by `open`; secrets come into being when first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rotations = _read_json(folder / "rotations.json", [])
        self._destroyed = _destroyed(folder)
        self._secrets: dict[tuple[str, int | None], bytes] = {}
        self._signing = Ed25519PrivateKey.from_private_bytes(
            _read_secret(self._signing_path(self.signing_key_id))
        )

    @classmethod
    def create(cls, folder: Path) -> KeyRing:
        """A new ring with a fresh signing key, private to its owner. Raises `KeyTrouble` if there is one already."""
        if folder.exists() and any(folder.iterdir()):
            raise KeyTrouble(f"there is something in {folder} already", hint="keys are never overwritten")
        for each in (folder, folder / "signing", folder / "public", folder / "secrets"):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
            each.chmod(0o700)
        key_id, _ = _new_signing_key(folder)
        _write_json(
            folder / "rotations.json", [{"key": key_id, "at": None, "endorsed_by": None, "endorsement": None}]
        )
        return cls(folder)

    @classmethod
    def open(cls, folder: Path) -> KeyRing:
        """The ring in `folder`. Raises `KeyTrouble` if it is missing, damaged, or readable by others."""
        if not (folder / "rotations.json").is_file():
            raise KeyTrouble(
                f"there are no keys in {folder}", hint="restore them from your copy; see docs/ledger.md"
            )
        _refuse_readable(folder)
        return cls(folder)

    # -- signing ------------------------------------------------------------------------------------------------------

    @property
    def signing_key_id(self) -> str:
        """The id of the key that signs now: 16 hexadecimal digits of the public key's SHA-256."""
        return str(self._rotations[-1]["key"])

    def sign(self, content: bytes) -> bytes:
        """The Ed25519 signature (64 bytes) of `content`."""
        return self._signing.sign(content)

    @property
    def public_key(self) -> Ed25519PublicKey:
        """The public half of the key that signs now."""
        return self._signing.public_key()

    def public_keys(self) -> Mapping[str, Ed25519PublicKey]:
        """All public keys by id, from the first to the one that signs now."""
        return {
            each["key"]: load_public_key(self.folder / "public" / f"{each['key']}.pub")
            for each in self._rotations
        }

    def verify(self, key_id: str, content: bytes, signature: bytes) -> bool:
        """Whether the key `key_id` of this ring, past or present, signed `content`."""
        key = self.public_keys().get(key_id)
        if key is None:
            return False
        try:
            key.verify(signature, content)
        except InvalidSignature:
            return False
        return True

    def rotate(self, now: datetime) -> str:
        """A new signing key, endorsed by the old one, whose private half is destroyed. Returns the new key's id."""
        old = self.signing_key_id
        key_id, public = _new_signing_key(self.folder)
        endorsement = self.sign(_endorsed(old, public))
        entry = {
            "key": key_id,
            "at": now.isoformat(),
            "endorsed_by": old,
            "endorsement": base64.b64encode(endorsement).decode(),
        }
        self._rotations = [*self._rotations, entry]
        _write_json(self.folder / "rotations.json", self._rotations)
        self._signing = Ed25519PrivateKey.from_private_bytes(_read_secret(self._signing_path(key_id)))
        _shred(self._signing_path(old))
        return key_id

    def endorsed(self) -> bool:
        """Whether every rotated key was endorsed by the one before it: the chain that a new key's trust hangs on."""
        keys = self.public_keys()
        for before, entry in zip(self._rotations, self._rotations[1:], strict=False):
            statement = _endorsed(before["key"], _raw(keys[entry["key"]]))
            if entry["endorsed_by"] != before["key"] or not self.verify(
                before["key"], statement, base64.b64decode(entry["endorsement"])
            ):
                return False
        return True

    # -- secrets ------------------------------------------------------------------------------------------------------

    def pseudonym(self, purpose: str, identity: str, year: int | None = None) -> str:
        """The keyed pseudonym of an identity: `PURPOSE[-YEAR].` and 32 letters (128 bits of HMAC-SHA-256).

        The same identity gives the same pseudonym within a purpose (and year) and unrelated ones elsewhere. Purposes
        in `YEARLY` need a `year`. Raises `KeyDestroyed`, and `KeyTrouble` for an empty identity.
        """
        plain = normalised(identity)
        if not plain:
            raise KeyTrouble("an empty identity has no pseudonym")
        name = _name(purpose, year)
        digest = hmac.new(self.secret(purpose, year), f"{name}\n{plain}".encode(), sha256).digest()
        return f"{name}.{in_letters(digest[:16])}"

    def secret(self, purpose: str, year: int | None = None) -> bytes:
        """The 32 secret bytes of a purpose, made when first asked for. Raises `KeyDestroyed`, `KeyTrouble`."""
        name = _name(purpose, year)
        path = self.folder / "secrets" / f"{name}.key"
        if not path.exists():
            # another process may have destroyed it since this ring was opened
            self._secrets.pop((purpose, year), None)
            self._destroyed = _destroyed(self.folder)
            if (str(purpose), year) in self._destroyed:
                raise KeyDestroyed(
                    f"the key '{name}' was destroyed; what was written under it stays anonymous"
                )
            _create_secret(path, secrets.token_bytes(32))
        found = self._secrets.get((purpose, year))
        if found is None:
            found = self._secrets[purpose, year] = _read_secret(path)
        return found

    def destroy(self, purpose: str, year: int | None = None, *, now: datetime) -> bool:
        """Destroy the key of a purpose (and year) for good; whether there was one. Copies elsewhere are not reached.

        Overwrites the file and removes it. On SSDs and copy-on-write file systems old blocks may survive until they
        are reused: keep the folder on an encrypted volume.
        """
        path = self.folder / "secrets" / f"{_name(purpose, year)}.key"
        existed = path.exists()
        record = _read_json(self.folder / "destroyed.json", [])
        if not any((each["purpose"], each["year"]) == (purpose, year) for each in record):
            record.append({"purpose": str(purpose), "year": year, "at": now.isoformat()})
            _write_json(self.folder / "destroyed.json", record)
        self._destroyed.add((str(purpose), year))
        self._secrets.pop((purpose, year), None)
        if existed:
            _shred(path)
        return existed

    def years(self, purpose: str) -> list[int]:
        """The calendar years for which a purpose has a key."""
        paths = (self.folder / "secrets").glob(f"{purpose}-*.key")
        return sorted(int(path.stem.rpartition("-")[2]) for path in paths)

    def listed(self) -> list[tuple[str, str]]:
        """Every secret by name, with its state: `in use` or `destroyed`; never its bytes."""
        used = {path.stem: "in use" for path in (self.folder / "secrets").glob("*.key")}
        gone = {_name(purpose, year): "destroyed" for purpose, year in self._destroyed}
        return sorted({**used, **gone}.items())

    def _signing_path(self, key_id: str) -> Path:
        return self.folder / "signing" / f"{key_id}.key"


def load_public_key(path: Path) -> Ed25519PublicKey:
    """A public key from its file (Base64 of 32 bytes). Raises `KeyTrouble`."""
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(path.read_text(encoding="ascii")))
    except (OSError, ValueError) as error:
        raise KeyTrouble(f"{path} is not a public key of Zusage ({type(error).__name__})") from error


def _destroyed(folder: Path) -> set[tuple[str, int | None]]:
    return {(each["purpose"], each["year"]) for each in _read_json(folder / "destroyed.json", [])}


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _endorsed(old: str, public: bytes) -> bytes:
    return f"zusage: the key {old} is followed by {base64.b64encode(public).decode()}\n".encode()


def _name(purpose: str, year: int | None) -> str:
    if not _PURPOSE.fullmatch(purpose):
        raise KeyTrouble("the purpose of a key is written in lower-case letters and underscores")
    if (purpose in YEARLY) != (year is not None):
        wanted = "needs a calendar year" if year is None else "has one key for all years"
        raise KeyTrouble(f"the purpose '{purpose}' {wanted}")
    return str(purpose) if year is None else f"{purpose}-{year:04d}"


def _new_signing_key(folder: Path) -> tuple[str, bytes]:
    key = Ed25519PrivateKey.generate()
    public = _raw(key.public_key())
    key_id = sha256(public).hexdigest()[:16]
    _create_secret(folder / "signing" / f"{key_id}.key", key.private_bytes_raw())
    path = folder / "public" / f"{key_id}.pub"
    path.write_text(base64.b64encode(public).decode() + "\n", encoding="ascii")
    path.chmod(0o644)
    return key_id, public


def _create_secret(path: Path, content: bytes) -> None:
    """Write a secret so that another process sees all of it or nothing; the first one wins."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(content) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _read_secret(path: Path) -> bytes:
    try:
        content = base64.b64decode(path.read_bytes(), validate=False)
    except (OSError, ValueError) as error:
        raise KeyTrouble(f"the key {path} cannot be read ({type(error).__name__})") from error
    if len(content) != 32:
        raise KeyTrouble(f"the key {path} is damaged", hint="restore it from your copy; see docs/ledger.md")
    return content


def _shred(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.write(b"\0" * size)
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _refuse_readable(folder: Path) -> None:
    for path in [folder, *sorted((folder / "signing").glob("*")), *sorted((folder / "secrets").glob("*"))]:
        try:
            open_to = stat.S_IMODE(path.stat().st_mode) & 0o077
        except FileNotFoundError:
            continue  # another process's draft, which has its name by now
        if open_to:
            mode = "700" if path.is_dir() else "600"
            raise KeyTrouble(f"{path} is open to others than its owner", hint=f"chmod {mode} {path}")


def _read_json(path: Path, default: Any) -> Any:
    if not path.exists():
        return default
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise KeyTrouble(f"{path} cannot be read ({type(error).__name__})") from error


def _write_json(path: Path, content: Any) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
