"""What must not be asked of applicants, and purposes of cookies that are none."""

from __future__ import annotations

import re
from functools import cache

from zusage.lexicon.files import load
from zusage.text import Text


@cache
def _questions() -> tuple[tuple[re.Pattern[str], Text], ...]:
    return tuple(
        (
            re.compile("|".join(rf"\b{re.escape(word)}" for word in entry["words"]), re.IGNORECASE),
            Text(entry["reason"]["de"], entry["reason"]["en"]),
        )
        for entry in load("applicants")
    )


def forbidden_question(field: str) -> Text | None:
    """Why a form for applicants must not have a field of this name; None where it may."""
    said = field.replace("_", " ").replace("-", " ")
    return next((reason for pattern, reason in _questions() if pattern.search(said)), None)


@cache
def _item_patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(one, re.IGNORECASE) for one in load("item_purposes")[kind])


def is_content_only(purpose: str) -> bool:
    """Whether a cookie's purpose says only what is stored ("stores a unique ID of a visitor"), not what for."""
    said = purpose.strip()
    if any(pattern.search(said) for pattern in _item_patterns("purpose")):
        return False
    return any(pattern.search(said) for pattern in _item_patterns("content"))
