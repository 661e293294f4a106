"""Invented people and texts, the same ones every time: a number in, a person out. Mail domains are reserved ones."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert

SIZES = {"tiny": 12, "small": 120, "large": 20_000}
SEED = 20_260_301
_FIRST = (
    "Ada Anton Asli Bela Britta Carla Cem Clara Dora Dragan Elif Emil Farid Frieda Gesa Goran Hanna Hugo Ida Ilias Jana"
    " Jonas Kaja Karim Lea Levin Mara Milan Nele Nuri Oda Ole Paula Pavel Ronja Rasmus Selma Stellan Tilda Tarek Uta"
    " Valentin Wanda Yara Zoë"
).split()
_LAST = (
    "Abendroth Birkholz Czerny Dahlmeier Eichstätt Fuhrhop Grünwald Haselhoff Immenstedt Jürgensen Kornblum Lindquist"
    " Möllenkamp Nordhoff Ottenbach Pfefferkorn Quellmalz Rotdorn Süßkind Tannhäuser Ulmenstein Vogelsang Wacholder"
    " Yildirim Zimmerle"
).split()
_TOWNS = (
    ("10115", "Berlin"),
    ("20095", "Hamburg"),
    ("50667", "Köln"),
    ("80331", "München"),
    ("04109", "Leipzig"),
)
_STREETS = "Ahornweg Birkengasse Dorfstraße Eschenallee Fliederweg Gartenstraße".split()
_WORDS = (
    "Anfrage Angebot Termin Rückruf Lieferung Muster Frage Nachtrag Bestätigung Entwurf Zeichnung Rechnung Vertrag"
    " Schulung Wartung Störung Update Zugang Kennwort Vertretung"
).split()
_ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ë": "e"})


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person."""

    number: int
    first: str
    last: str
    email: str
    phone: str
    street: str
    postcode: str
    town: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"


@dataclass(frozen=True, slots=True)
class Agreed:
    """A consent that an invented person gave, by e-mail address; instants are UTC without zone."""

    email: str
    purpose: str
    at: datetime
    withdrawn_at: datetime | None = None


def person(number: int) -> Person:
    """The person with this number; e-mail addresses are unique."""
    first, last = _FIRST[number % len(_FIRST)], _LAST[(number // 3) % len(_LAST)]
    said = f"{first}.{last}".lower().translate(_ASCII)
    town = _TOWNS[number % len(_TOWNS)]
    return Person(
        number, first, last, f"{said}.{number}@example.org", f"+49 30 23125 {number % 1000:03d}",
        f"{_STREETS[number % len(_STREETS)]} {number % 90 + 1}", *town,
    )  # fmt: skip


def chance(*about: object) -> random.Random:
    """A source of chance of its own for one part of the data: adding one part does not change the others."""
    return random.Random(f"{SEED}/{about}")


def sentence(luck: random.Random, words: int = 6) -> str:
    """A text about nothing."""
    return " ".join(luck.choice(_WORDS) for _ in range(words)) + "."


def before(now: datetime, luck: random.Random, days: float, within: float = 1.0) -> datetime:
    """An instant without zone, in UTC, about `days` before `now`, give or take `within` days."""
    shift = timedelta(seconds=int((days + luck.uniform(-within, within)) * 86_400))
    return now.astimezone(UTC).replace(tzinfo=None, microsecond=0) - shift


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows, some thousand at a time."""
    for some in _some(rows):
        connection.execute(insert(table), [dict(row) for row in some])


def synthetic_file(folder: Path, path: str) -> str:
    """Write a small file below `files` of a deployment's folder; returns `path`, for the column that names it."""
    (folder / "files" / path).write_bytes(b"synthetic file\n")
    return path


def _some(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    for start in range(0, len(rows), 5000):
        yield rows[start : start + 5000]
