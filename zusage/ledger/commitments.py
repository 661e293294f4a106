"""Salted commitments: what an erasable row says, fixed in the ledger without saying it.

The value and its salt stay in the row. Whoever has both can show that this is what was recorded; once the row is
erased, the commitment says nothing: nobody can try values against it without the salt.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Any

from zusage.keys import in_letters
from zusage.ledger.canonical import canonical

_PREFIX = "commitment."


def commit(value: Any) -> tuple[str, bytes]:
    """The commitment to `value` (any canonical value), for the ledger, and its salt (32 bytes), for the row."""
    salt = secrets.token_bytes(32)
    return _commitment(value, salt), salt


def opens(commitment: str, value: Any, salt: bytes) -> bool:
    """Whether `commitment` was made of `value` with `salt`."""
    return hmac.compare_digest(commitment, _commitment(value, salt))


def _commitment(value: Any, salt: bytes) -> str:
    return _PREFIX + in_letters(hmac.new(salt, canonical(value), sha256).digest())
