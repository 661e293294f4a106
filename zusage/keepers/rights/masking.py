"""Third persons in what is handed out (Art. 15(4), 20(4)): their names and addresses in free text are made unreadable.

Masked are e-mail addresses and telephone numbers that are not the person's own, and every name that a bound table knows
as a person's (`persons`) and that is not theirs. A table is asked once, whatever the number of its rows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import literal, select

from zusage.stores.sql.database import Database
from zusage.stores.sql.identity import Identity
from zusage.stores.subjects import ExportedTable

MASK = "[…]"
_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.])(?:\+|00?)[1-9][\d\s/()-]{5,}\d")
#: a shorter name would be found inside ordinary words
_SHORTEST = 5


@dataclass(frozen=True, slots=True)
class Own:
    """What is the person's own, and the controller's: never masked."""

    emails: frozenset[str]
    phones: frozenset[str]
    names: frozenset[str]
    domains: frozenset[str]


def own_of(known: Iterable[Identity], exported: Sequence[ExportedTable], domains: Collection[str]) -> Own:
    """From the identities of the person and the names in their own rows."""
    names = {
        str(row[column]).casefold()
        for one in exported
        if one.part is not None
        for column in one.part.persons
        for row in one.rows
        if row.get(column)
    }
    values = list(known)
    return Own(
        frozenset(each.folded for each in values if each.kind == "email"),
        frozenset(_digits(each.value) for each in values if each.kind == "phone"),
        frozenset(names),
        frozenset(each.casefold() for each in domains),
    )


def texts_of(exported: Iterable[ExportedTable]) -> Iterator[str]:
    """Every free text that would be handed out."""
    for one in exported:
        for column in one.part.free_text if one.part is not None else ():
            yield from (str(row[column]) for row in one.rows if row.get(column))


def names_in(databases: Iterable[Database], text: str, own: Own) -> list[str]:
    """Names of other people that stand in `text`, the longest first."""
    found: set[str] = set()
    for database in databases:
        with database.reading() as connection:
            for part in database.parts():
                for column in part.persons:
                    name = database.bound(connection, part).table.c[column]
                    inside = literal(text).like(literal("%").concat(name).concat("%"))
                    query = select(name).where(name.is_not(None), inside).distinct()
                    found.update(str(one) for one in connection.execute(query).scalars())
    others = {one for one in found if len(one) >= _SHORTEST and one.casefold() not in own.names}
    return sorted(others, key=lambda one: (-len(one), one))


def mask(text: str, names: Sequence[str], own: Own) -> tuple[str, int]:
    """The text without third persons, and how many places were masked."""
    count = 0

    def hide(found: re.Match[str]) -> str:
        nonlocal count
        said = found.group()
        if _is_own(said, own):
            return said
        count += 1
        return MASK

    for name in names:
        text, hit = re.subn(rf"(?<!\w){re.escape(name)}(?!\w)", MASK, text, flags=re.IGNORECASE)
        count += hit
    text = _EMAIL.sub(hide, text)
    return _PHONE.sub(hide, text), count


def _is_own(said: str, own: Own) -> bool:
    if "@" in said:
        address = said.rstrip(".").casefold()
        return address in own.emails or address.rpartition("@")[2] in own.domains
    return _digits(said) in own.phones


def _digits(said: str) -> str:
    """A number as it is dialled, without its national prefix: `+49 30 1` and `030 1` are the same."""
    digits = "".join(each for each in said if each.isdigit())
    return re.sub(r"^(0049|49|00|0)", "", digits)
