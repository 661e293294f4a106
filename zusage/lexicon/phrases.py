"""Finding thousands of phrases in a text in one pass, with German and English endings folded.

A phrase is a run of words; between two of its words may stand a blank, a hyphen or other marks, but no comma, no full
stop followed by a blank, and no line end. The longest phrase that begins at a word wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

Entry = TypeVar("Entry")

WORD = re.compile(r"\w+")
_GAP = re.compile(r"[ \t\u00a0]?[-–/.&'’:+®™]{0,2}[ \t\u00a0]?\(?")
_ENDINGS = ("ern", "en", "es", "er", "em", "e", "n", "s")


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """A word without case and without its inflectional ending (`Adressen` → `adress`, `names` → `nam`)."""
    lowered = word.casefold()
    if len(lowered) > 3 and lowered.isalpha():
        for ending in _ENDINGS:
            if lowered.endswith(ending) and len(lowered) - len(ending) >= 3:
                return lowered[: -len(ending)]
    return lowered


class Token(NamedTuple):
    """A word of a text with its place."""

    start: int
    end: int
    key: str


@lru_cache(maxsize=64)
def tokens_of(text: str, *, inflected: bool = True) -> list[Token]:
    """The words of `text`, folded if `inflected`, else as they are."""
    if inflected:
        return [Token(found.start(), found.end(), fold(found.group())) for found in WORD.finditer(text)]
    return [Token(found.start(), found.end(), found.group()) for found in WORD.finditer(text)]


class Hit(NamedTuple, Generic[Entry]):
    """A phrase found from `start` to `end`, and what it stands for."""

    start: int
    end: int
    entry: Entry


class PhraseIndex(Generic[Entry]):
    """Phrases by their first word. With `inflected=False` case and endings count, as in names."""

    def __init__(self, phrases: Iterable[tuple[str, Entry]], *, inflected: bool = True) -> None:
        self._inflected = inflected
        self._by_first: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
        for phrase, entry in phrases:
            words = tuple(token.key for token in tokens_of(phrase, inflected=inflected))
            if words:
                self._by_first.setdefault(words[0], []).append((words, entry))
        for candidates in self._by_first.values():
            candidates.sort(key=lambda candidate: -len(candidate[0]))

    def find(self, text: str) -> Iterator[Hit[Entry]]:
        """The phrases in `text` from left to right, not overlapping, the longest at each place."""
        tokens = tokens_of(text, inflected=self._inflected)
        at = 0
        while at < len(tokens):
            hit = self._at(text, tokens, at) if tokens[at].key in self._by_first else None
            if hit is None:
                at += 1
                continue
            length, entry = hit
            yield Hit(tokens[at].start, tokens[at + length - 1].end, entry)
            at += length

    def get(self, phrase: str) -> Entry | None:
        """What exactly `phrase` stands for."""
        found = next(self.find(phrase), None)
        return found.entry if found and found.start == 0 and found.end >= len(phrase.rstrip(" .)")) else None

    def _at(self, text: str, tokens: list[Token], at: int) -> tuple[int, Entry] | None:
        for words, entry in self._by_first.get(tokens[at].key, ()):
            length = len(words)
            if at + length > len(tokens):
                continue
            if all(tokens[at + step].key == words[step] for step in range(1, length)) and all(
                _GAP.fullmatch(text, tokens[at + step].end, tokens[at + step + 1].start)
                for step in range(length - 1)
            ):
                return length, entry
        return None
