"""What slipped through in browsers: hosts and items that nobody declared, lack their consent, or want to stay too long.

Counted by name, by nothing else: no page, no visitor, no time of day. Long numbers in a name stand as `*` – a name that holds
a visitor's id would be an identifier. `slip_findings` says it to the data protection officer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Column, Connection, Date, Integer, String, Table, delete, insert, select, update

from zusage.database.schema import metadata
from zusage.findings import Finding, Place, Rule, Severity
from zusage.text import Text

SLIPS = Table(
    "slip",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("why", String(30), primary_key=True),
    Column("seen", Integer, nullable=False),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
)
KINDS = ("host", "cookie", "local-storage", "session-storage", "indexed-db", "other")
WHYS: Mapping[str, Text] = {
    "undeclared": Text("ist nicht erklärt", "is not declared"),
    "without consent": Text("kam ohne Einwilligung", "came without consent"),
    "longer than declared": Text("wollte länger bleiben als erklärt", "wanted to stay longer than declared"),
}
#: names of one kind and reason that are told apart; whoever reports more is making them up
MOST = 500
#: what was not seen again for so long is forgotten
FORGOTTEN = timedelta(days=90)
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~:/@-]{1,80}")
_IDENTIFYING = re.compile(r"[0-9a-fA-F-]*[0-9][0-9a-fA-F-]{4,}|[0-9]{3,}|[^.]*@.*")


@dataclass(frozen=True, slots=True)
class Slip:
    """One thing that slipped through: what, why, how often, from when to when."""

    kind: str
    name: str
    why: str
    seen: int = 1
    first_on: date = date.min
    last_on: date = date.min


def slip_from(kind: object, name: object, why: object) -> tuple[str, str, str] | None:
    """(kind, name, why) of a report, with nothing in the name that could tell visitors apart; None for no report."""
    if kind not in KINDS or why not in WHYS or not isinstance(name, str) or not _NAME.fullmatch(name):
        return None
    return str(kind), _IDENTIFYING.sub("*", name), str(why)


def count_slips(connection: Connection, counted: Mapping[tuple[str, str, str], int], now: datetime) -> None:
    """Add to the counts, in the caller's transaction; names beyond `MOST` are counted together as `*`."""
    today = now.date()
    known = {(row.kind, row.name, row.why) for row in connection.execute(select(SLIPS))}
    connection.execute(delete(SLIPS).where(SLIPS.c.last_on < today - FORGOTTEN))
    for (kind, said, why), times in counted.items():
        name = said if (kind, said, why) in known or len(known) < MOST else "*"
        known.add((kind, name, why))
        mine = (SLIPS.c.kind == kind, SLIPS.c.name == name, SLIPS.c.why == why)
        more = update(SLIPS).where(*mine).values(seen=SLIPS.c.seen + times, last_on=today)
        if connection.execute(more).rowcount == 0:
            row = {"kind": kind, "name": name, "why": why, "seen": times, "first_on": today, "last_on": today}
            connection.execute(insert(SLIPS).values(row))


def slips(connection: Connection, since: date | None = None) -> list[Slip]:
    """What slipped through, the most frequent first; with `since` what was seen on that day or later."""
    statement = select(SLIPS).order_by(SLIPS.c.seen.desc(), SLIPS.c.kind, SLIPS.c.name, SLIPS.c.why)
    if since is not None:
        statement = statement.where(SLIPS.c.last_on >= since)
    return [Slip(*row) for row in connection.execute(statement)]


def slip_findings(found: Iterable[Slip]) -> list[Finding]:
    """The same as findings, for status and console."""
    return [_finding(one) for one in found]


def _finding(one: Slip) -> Finding:
    why = WHYS[one.why]
    said = Text(
        f"{one.name} ({one.kind}) {why.says('de')}: {one.seen}-mal, zuletzt am {one.last_on:%d.%m.%Y}",
        f"{one.name} ({one.kind}) {why.says('en')}: {one.seen} times, last on {one.last_on:%Y-%m-%d}",
    )
    instead = Text(
        "In der Erklärung unter „browser“ nachtragen, oder die Quelle entfernen.",
        "Declare it under `browser`, or remove what brings it in.",
    )
    return Finding(
        f"browser/{one.why.replace(' ', '-')}",
        # a visitor's own extensions can bring things in: a person looks before it counts as broken
        Severity.WARNING,
        said,
        Place(key="browser"),
        Rule("browser/slips", "tdddg:25"),
        instead,
    )
