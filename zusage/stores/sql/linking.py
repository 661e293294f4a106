"""Whether rows that are said to tell nothing of anybody can be linked after all: by who they belong to, by an identifier, by a
device, by the time of day.

What recurs on several days and singles somebody out is a link; pages, words and small numbers do not. It is an attempt,
not a proof of anonymity (Recital 26 GDPR): whoever finds no way here may find another one with more knowledge.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from zusage.findings import Finding, Place, Severity
from zusage.stores.bindings import TableBinding
from zusage.stores.sql.database import Database
from zusage.text import Text

#: so many rows of a table are looked at
_MOST = 20_000
_WAYS = {
    "subject": Text("Zuordnung zu einer Person", "assigned to a person"),
    "address": Text("Adresse einer Person oder ihres Anschlusses", "address of a person or their line"),
    "device": Text("Gerätemerkmal an mehreren Tagen", "device feature on several days"),
    "identifier": Text("Kennung an mehreren Tagen", "identifier on several days"),
    "time": Text("Uhrzeit genauer als eine Stunde", "time of day finer than an hour"),
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?")
#: a mail address; a whole IP address – the last part of a shortened one is 0
_ADDRESS = re.compile(
    r"[^@\s]+@[^@\s]+\.\w+|(?:\d{1,3}\.){3}(?!0\b)\d{1,3}|(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}"
)
_DEVICE = re.compile(r".*Mozilla/.*|.*\([^)]*;.*|\d{3,4}x\d{3,4}", re.DOTALL)
#: a page or a word: letters with at most a short number in each part
_PLAIN = re.compile(r"(?:[^\W\d]{0,24}\d{0,3}(?:[/_. -]|$))+")
_LARGEST = 10_000_000


def linkable(database: Database, said: Mapping[str, Iterable[str]]) -> list[Finding]:
    """Findings for the tables whose rows can be linked, though they are said to be anonymous. Reads, and quotes no value.

    `said` maps activities to the data categories of which that is said. Raises `StoreUnreachable`.
    """
    found: list[Finding] = []
    with database.reading() as connection:
        schema = database.schema(connection)
        for activity, categories in said.items():
            for part in database.binding.activities.get(activity, ()):
                if part.table not in schema.tables or not set(categories) & set(part.columns.values()):
                    continue
                table = schema.tables[part.table]
                keys = {column.name for column in table.primary_key.columns}
                wanted = [column for column in table.columns if column.name not in keys]
                rows = connection.execute(select(*wanted).limit(_MOST)).mappings().all()
                links = {"": "subject"} if part.subject else ways([dict(row) for row in rows])
                found += [_finding(database.name, part, column, way) for column, way in links.items()]
    return found


def ways(rows: Sequence[Mapping[str, object]]) -> dict[str, str]:
    """Column → the way in which it links rows of different days (or names somebody by itself). Pure."""
    days: dict[tuple[str, str], set[date]] = defaultdict(set)
    links: dict[str, str] = {}
    for row in rows:
        moments = {name: moment for name, value in row.items() if (moment := _moment(value)) is not None}
        day = min((moment.date() for moment in moments.values()), default=date.min)
        for name, moment in moments.items():
            if moment.minute or moment.second or moment.microsecond:
                links[name] = "time"
        for name, value in row.items():
            if name in moments or value is None:
                continue
            text = value.hex() if isinstance(value, bytes) else str(value)
            if _ADDRESS.fullmatch(text):
                links[name] = "address"
            elif not _is_plain(text):
                days[name, text].add(day)
    for (name, text), seen in days.items():
        if len(seen) > 1:
            links.setdefault(name, "device" if _DEVICE.fullmatch(text) else "identifier")
    return links


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 a day, no instant
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return None
    return None


def _is_plain(text: str) -> bool:
    if re.fullmatch(r"-?\d+", text):
        return abs(int(text[:20])) < _LARGEST
    return len(text) <= 120 and _PLAIN.fullmatch(text) is not None


def _finding(store: str, part: TableBinding, column: str, way: str) -> Finding:
    said = _WAYS[way]
    where = f" ({column})" if column else ""
    return Finding(
        "store/linkable", Severity.ERROR,
        Text(f"Zeilen von {part.table} lassen sich verknüpfen{where}: {said.says('de')}. Erklärt ist, dass niemand darin "
             "wiederzuerkennen ist.",
             f"Rows of {part.table} can be linked{where}: {said.says('en')}. It is declared that nobody can be recognised in "
             "them."),
        Place(file=store, key=part.table),
        instead=Text("die Spalte vergröbern oder weglassen, oder `anonymous` und den Satz aus der Erklärung nehmen",
                     "make the column coarser or leave it out, or take `anonymous` and the sentence out of the declaration"),
    )  # fmt: skip
