"""Functions that SQLite is given because it lacks them."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any


def fold(value: Any) -> str | None:
    """Outer and doubled spaces away, composed, case folded: the form in which identities are compared."""
    if value is None:
        return None
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", " ".join(str(value).split())).casefold())


def sqlite_sha256(value: str | None) -> str | None:
    """SHA-256 of a text in hexadecimal digits."""
    return None if value is None else hashlib.sha256(value.encode()).hexdigest()
