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
_ENDINGS = ("ern", "ens", "ers", "en", "es", "er", "em", "e", "n", "s")


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """A word without case and without its inflectional ending (`Adressen` → `adress`, `names` → `nam`)."""
    lowered = word.casefold()
    if len(lowered) > 3 and lowered.isalpha():
        for ending in _ENDINGS:
            if lowered.endswith(ending) and len(lowered) - len(ending) >= 3:
                return lowered[: -len(ending)]
    return lowered


class Words(NamedTuple):
    """The words of a text: where each begins and ends, and the form it is looked up by."""

    starts: list[int]
    ends: list[int]
    keys: list[str]


@lru_cache(maxsize=256)
def _written(text: str) -> Words:
    """The words of `text` as they are."""
    starts: list[int] = []
    ends: list[int] = []
    keys: list[str] = []
    for word in WORD.finditer(text):
        start, end = word.span()
        starts.append(start)
        ends.append(end)
        keys.append(text[start:end])
    return Words(starts, ends, keys)


@lru_cache(maxsize=256)
def words_of(text: str, *, inflected: bool = True) -> Words:
    """The words of `text`, folded if `inflected`, else as they are."""
    written = _written(text)
    if not inflected:
        return written
    return Words(written.starts, written.ends, [fold(word) for word in written.keys])


class Hit(NamedTuple, Generic[Entry]):
    """A phrase found from `start` to `end`, and what it stands for."""

    start: int
    end: int
    entry: Entry


class PhraseIndex(Generic[Entry]):
    """Phrases by their first two words. With `inflected=False` case and endings count, as in names."""

    def __init__(self, phrases: Iterable[tuple[str, Entry]], *, inflected: bool = True) -> None:
        self._inflected = inflected
        self._by_first: dict[str, dict[str, list[tuple[tuple[str, ...], Entry]]]] = {}
        for phrase, entry in phrases:
            words = tuple(words_of(phrase, inflected=inflected).keys)
            if words:
                following = self._by_first.setdefault(words[0], {})
                following.setdefault(words[1] if len(words) > 1 else "", []).append((words, entry))
        for following in self._by_first.values():
            for candidates in following.values():
                candidates.sort(key=lambda candidate: -len(candidate[0]))

    def find(self, text: str) -> Iterator[Hit[Entry]]:
        """The phrases in `text` from left to right, not overlapping, the longest at each place."""
        words = words_of(text, inflected=self._inflected)
        first = self._by_first
        after = 0
        for at, key in enumerate(words.keys):
            if at < after or key not in first:
                continue
            hit = self._at(text, words, at)
            if hit is not None:
                length, entry = hit
                after = at + length
                yield Hit(words.starts[at], words.ends[after - 1], entry)

    def get(self, phrase: str) -> Entry | None:
        """What exactly `phrase` stands for."""
        found = next(self.find(phrase), None)
        return found.entry if found and found.start == 0 and found.end >= len(phrase.rstrip(" .)")) else None

    def _at(self, text: str, words: Words, at: int) -> tuple[int, Entry] | None:
        keys = words.keys
        following = self._by_first[keys[at]]
        longer = following.get(keys[at + 1], ()) if at + 1 < len(keys) else ()
        for phrase, entry in (*longer, *following.get("", ())):
            length = len(phrase)
            if length == 1 or (
                at + length <= len(keys)
                and all(keys[at + step] == phrase[step] for step in range(2, length))
                and all(
                    _GAP.fullmatch(text, words.ends[at + step], words.starts[at + step + 1])
                    for step in range(length - 1)
                )
            ):
                return length, entry
        return None
