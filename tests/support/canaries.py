"""Planted values that must never appear in what Zusage writes about its own work (DESIGN, rule 5).

A test puts `canaries.email`, `canaries.name`, … into the data it works on and afterwards calls
`canaries.assert_absent(folder)`: every file below it, SQLite databases with their WAL included, is searched for every
value in the usual encodings. Values are invented and unlike anything else, so that a hit is a leak.
"""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import quote

import pytest


@dataclass(frozen=True, slots=True)
class Leak:
    """A planted value found where it must not be."""

    where: str
    value: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Canaries:
    """One invented person and one free text."""

    name: str = "Kanaria Quittenbaum-Zwölfer"
    email: str = "kanaria.quittenbaum@voliere-7f3a.example"
    phone: str = "+49 30 5550 7319 42"
    street: str = "Gimpelstieg 771b"
    birthday: str = "1931-02-27"
    iban: str = "DE00 7777 3131 9090 5151 00"
    address: str = "203.0.113.231"
    free_text: str = "hustet seit Aschermittwoch im Treppenhaus"

    def values(self) -> tuple[str, ...]:
        """All planted values."""
        return tuple(getattr(self, each.name) for each in fields(self))

    def leaks_in(self, where: str, content: bytes) -> list[Leak]:
        """Every planted value in `content`, in whatever encoding it hides."""
        lowered = content.lower()
        return [
            Leak(where, value, encoding)
            for value in self.values()
            for encoding, needle in _disguises(value)
            if needle in (content if encoding == "base64" else lowered)
        ]

    def leaks_below(self, *places: Path, apart_from: Iterable[Path] = ()) -> list[Leak]:
        """Every planted value in the files at or below `places`, leaving out those at or below `apart_from`."""
        spared = [path.resolve() for path in apart_from]
        found: list[Leak] = []
        for path in _files(places):
            if not any(path.resolve().is_relative_to(each) for each in spared):
                found += self.leaks_in(str(path), path.read_bytes())
        return found

    def assert_absent(self, *places: Path, apart_from: Iterable[Path] = ()) -> None:
        """Fails and lists the leaks if a planted value stands in any file at or below `places`."""
        leaks = self.leaks_below(*places, apart_from=apart_from)
        assert not leaks, "planted values leaked:\n" + "\n".join(
            f"  {leak.where}: {leak.value!r} as {leak.encoding}" for leak in leaks
        )


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        yield from [place] if place.is_file() else sorted(each for each in place.rglob("*") if each.is_file())


def _disguises(value: str) -> Iterator[tuple[str, bytes]]:
    """The forms in which a value shows up in files, lower case apart from base64."""
    lower = value.lower()
    plain = lower.encode()
    forms = {
        "utf-8": plain,
        "decomposed": unicodedata.normalize("NFD", lower).encode(),
        "latin-1": lower.encode("latin-1", errors="replace"),
        "utf-16": lower.encode("utf-16-le"),
        "json": json.dumps(lower)[1:-1].encode(),
        "url": quote(lower).lower().encode(),
        "url with plus": quote(lower, safe="").replace("%20", "+").lower().encode(),
        "no spaces": lower.replace(" ", "").encode(),
        "hex": value.encode().hex().encode(),
        "hex of lower case": plain.hex().encode(),
    }
    seen: set[bytes] = set()
    for encoding, needle in forms.items():
        if needle not in seen:
            seen.add(needle)
            yield encoding, needle
    # base64 depends on the offset: the middle part of the three shifts is what stays the same
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + value.encode())
        yield "base64", coded[4 if shift else 0 : len(coded) // 4 * 4 - 4]


@pytest.fixture(scope="session")
def canaries() -> Canaries:
    """The planted values of this session."""
    return Canaries()
