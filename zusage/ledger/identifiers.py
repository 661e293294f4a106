"""What looks like a direct identifier or free text stays out of the ledger and the agenda (DESIGN, rule 5).

A net, not a proof: names cannot be told from other words. That is why facts are *codes* – words without spaces – and
the few keys that may hold a sentence of law are named here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from zusage.errors import ZusageError

#: Keys whose values may hold spaces: citations and names out of the declaration or the schema, never people's words.
SENTENCE_KEYS = frozenset({"law", "citation", "role", "rule", "template", "title"})
LONGEST_CODE = 200

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.:/\-]{0,79}")
#: What most codes look like, and too little to be an identifier: no colon, no space, at most three digits.
_HARMLESS = re.compile(r"[A-Za-z_./\-]*(?:\d[A-Za-z_./\-]*){0,3}")
_SPACE = re.compile(r"\s")
_DIGEST = re.compile(r"(?:[a-z0-9]+[:-])?(?=[0-9a-f]*[a-f])[0-9a-f]{12,128}")
_DIGEST_KEY = re.compile(r"digest|sha256|hash|version|fingerprint|root|salt")
_DIGITS_ONLY_DIGEST = re.compile(r"\d{16}|\d{32}|\d{40}|\d{64}")
#: Our own random ids (12 or 16 bytes): one in 80,000 has no letter. No number that a person has is as long.
_RANDOM = re.compile(r"(?:[a-z]+[:-])?(?:\d{24}|\d{32})")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]?\d{2}:?\d{2}(?::?\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?!\d)"
)
#: Seven digits or more, however they are grouped: telephone, account, card, customer and tax numbers.
_DIGITS = re.compile(r"\d(?:[ \-/().]{0,2}\d){6,}")
_IPV4 = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_IPV6 = re.compile(r"(?<![0-9a-f:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4}|::[0-9a-f]|[0-9a-f]::", re.IGNORECASE)


class LooksPersonal(ZusageError):
    """A fact that looks like personal data. Names the key and why, never the value."""


def refuse_personal(facts: Mapping[str, Any]) -> None:
    """Raises `LooksPersonal` for the first key or value in `facts`, at any depth, that must not be recorded.

    Codes are strings without spaces of at most 200 characters, without `@`, network addresses and numbers of seven
    digits or more; instants, UUIDs, hexadecimal digests and integers (counts) are fine.
    """
    for key, value in facts.items():
        if not _plain_key(key):
            raise LooksPersonal(
                "a key of a recorded fact is not a plain name", hint="values belong into values"
            )
        # most values, without a further call
        if type(value) is int or (
            type(value) is str and len(value) <= LONGEST_CODE and _HARMLESS.fullmatch(value)
        ):
            continue
        _refuse(key, value)


@lru_cache(maxsize=4096)
def _plain_key(key: str) -> bool:
    return bool(_KEY.fullmatch(key)) and not _personal_digits(key)


def _refuse(key: str, value: Any) -> None:
    if isinstance(value, str):
        if _DIGITS_ONLY_DIGEST.fullmatch(value) and _DIGEST_KEY.search(key):
            # one digest in two thousand of 16 hexadecimal digits has no letter
            return
        reason = personal(value, sentence=key in SENTENCE_KEYS)
        if reason:
            raise LooksPersonal(
                f"the fact '{key}' {reason}; nothing was recorded",
                hint="record a code, a count, a keyed pseudonym, or a commitment (zusage.ledger.commit)",
            )
    elif isinstance(value, Mapping):
        refuse_personal(value)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse(key, inner)


def personal(value: str, *, sentence: bool = False) -> str:
    """Why `value` must not be recorded, as the end of a sentence; empty if it may. `sentence` allows spaces."""
    if len(value) > LONGEST_CODE:
        return f"is longer than {LONGEST_CODE} characters"
    if _HARMLESS.fullmatch(value):
        return ""
    if "@" in value:
        return "holds an @"
    if _SPACE.search(value) and not (sentence and value.isprintable()):
        return "holds spaces, like a name or free text"
    if _DIGEST.fullmatch(value) or _UUID.fullmatch(value) or _RANDOM.fullmatch(value):
        return ""
    return _personal_digits(_INSTANT.sub("", value))


def _personal_digits(value: str) -> str:
    if _DIGITS.search(value):
        return "holds a long number"
    if _IPV4.search(value) or _IPV6.search(value):
        return "holds a network address"
    return ""
