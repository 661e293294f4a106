"""What went wrong in the reader's language: errors are raised in English, and pages say them in German as well."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from zusage.declaration.strict_yaml import parse
from zusage.text import Language

_FILE = Path(__file__).parent / "problems.yaml"
_GAP = "{}"


@lru_cache(maxsize=1)
def german_problems() -> Mapping[str, str]:
    """English sentence → German one; `{}` stands for what it names, in the same order unless numbered."""
    found: Mapping[str, str] = parse(_FILE.read_text("utf-8"), _FILE.name).data
    return found


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Sentences that name something, the longest first."""
    gaps = sorted((each for each in german_problems() if _GAP in each), key=len, reverse=True)
    return [
        (re.compile(re.escape(each).replace(re.escape(_GAP), "(.+?)"), re.DOTALL), german_problems()[each])
        for each in gaps
    ]


def in_language(said: str | None, language: Language) -> str | None:
    """An English sentence in the reader's language; unchanged where there is no other."""
    if said is None or language == "en":
        return said
    if said in german_problems():
        return german_problems()[said]
    for pattern, german in _patterns():
        if match := pattern.fullmatch(said):
            return german.format(*match.groups())
    return said
