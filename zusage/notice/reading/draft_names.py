"""Identifiers for a draft: lower-case words joined by hyphens, each given once."""

from __future__ import annotations

import re

_LETTERS = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "é": "e",
        "è": "e",
        "à": "a",
        "á": "a",
        "ó": "o",
        "ç": "c",
        "ñ": "n",
    }
)
_LONGEST = 60


def slug(text: str, instead: str) -> str:
    """`text` as an identifier; `instead` where nothing of it can stand in one."""
    words = re.findall(r"[a-z0-9]+", text.casefold().translate(_LETTERS))
    joined = "-".join(words)
    if len(joined) > _LONGEST:
        # no half word at the end, except where one word is longer than all of it
        joined = (
            joined[: joined.rfind("-", 0, _LONGEST + 1)]
            if "-" in joined[: _LONGEST + 1]
            else joined[:_LONGEST]
        )
    if not joined:
        return instead
    return joined if joined[0].isalpha() else f"{instead}-{joined}"


class Names:
    """Hands out identifiers that were not given before."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def new(self, text: str, instead: str) -> str:
        """An identifier for `text`, with a number where it was already given."""
        base = slug(text, instead)
        name, number = base, 2
        while name in self._given:
            name, number = f"{base}-{number}", number + 1
        self._given.add(name)
        return name
