"""What a message asks for, by its words: a guess with a known vocabulary, made so that no request for a right is overlooked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from zusage.lexicon.files import load

#: replies quote what they answer; only what the sender wrote now counts
_QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)


@lru_cache(maxsize=1)
def _wishes() -> Mapping[str, tuple[re.Pattern[str], ...]]:
    return {
        kind: tuple(re.compile(said, re.IGNORECASE | re.DOTALL) for said in patterns)
        for kind, patterns in load("wishes").items()
    }


def wish_of(subject: str, text: str) -> str | None:
    """The kind of request that a message makes (`access`, …, `question`); None where it is about something else.

    The subject line counts first: who writes "Art. 15" there asks for access, whatever else the text touches.
    """
    for said in (subject, _QUOTED.sub("", text)):
        for kind, patterns in _wishes().items():
            if kind != "question" and any(pattern.search(said) for pattern in patterns):
                return kind
    both = f"{subject}\n{_QUOTED.sub('', text)}"
    return "question" if any(pattern.search(both) for pattern in _wishes()["question"]) else None
