"""Canonical bytes: the same facts always give the same bytes, on every machine and in every version.

JSON in UTF-8 with sorted keys, without spaces, all strings in Unicode NFC, integers only. The form is the subset of
RFC 8785 that does without floating point numbers: where it says the same, the bytes are the same.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from zusage.errors import ZusageError

#: Beyond this an integer is no longer exact in every JSON reader (RFC 8785, I-JSON).
LARGEST = 2**53 - 1

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True).encode


class NotCanonical(ZusageError):
    """A value that has no canonical form. Names its place and type, never the value."""


def canonical(value: Any) -> bytes:
    """The canonical bytes of null, booleans, integers, strings, lists/tuples and mappings with string keys.

    Raises `NotCanonical` for floats, dates, bytes, integers beyond 2^53 - 1, other keys than strings, and keys that
    become equal under NFC.
    """
    plain = value if type(value) is dict and _is_plain(value) else _plain(value, "$")
    return _encode(plain).encode("utf-8", errors="strict")


def _is_plain(value: dict[Any, Any]) -> bool:
    """What most facts are: names in ASCII, and codes in ASCII or counts under them. Such a mapping is written as it is."""
    for key, inner in value.items():
        if type(key) is not str or not key.isascii():
            return False
        if type(inner) is str:
            if not inner.isascii():
                return False
        elif inner is not None and not (type(inner) is int and -LARGEST <= inner <= LARGEST):
            return False
    return True


def _plain(value: Any, place: str) -> Any:
    if value is None or value is True or value is False or (type(value) is str and value.isascii()):
        return value
    if isinstance(value, str):
        return _string(value, place)
    if isinstance(value, int):
        if not -LARGEST <= value <= LARGEST:
            raise NotCanonical(f"the integer at {place} is too large", hint="write it as a string")
        return int(value)
    if isinstance(value, Mapping):
        plain: dict[str, Any] = {}
        for key, inner in value.items():
            if not isinstance(key, str):
                raise NotCanonical(f"a key at {place} is a {type(key).__name__}, not a string")
            plain[_string(key, place)] = _plain(inner, f"{place}.{key}")
        if len(plain) != len(value):
            raise NotCanonical(f"two keys at {place} are the same in Unicode NFC")
        return plain
    if isinstance(value, list | tuple):
        return [_plain(inner, f"{place}[{index}]") for index, inner in enumerate(value)]
    raise NotCanonical(
        f"a {type(value).__name__} at {place} has no canonical form", hint="use an integer or a string"
    )


def _string(value: str, place: str) -> str:
    plain = str(value) if value.isascii() else unicodedata.normalize("NFC", value)
    if not plain.isascii() and any("\ud800" <= letter <= "\udfff" for letter in plain):
        raise NotCanonical(f"the string at {place} holds half a character (a lone surrogate)")
    return plain
