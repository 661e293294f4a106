"""What a browser saw on the controller's site, as far as a proof needs it: when, where, in which states, what was wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Index, Integer, String, Table, delete, insert, select

from zusage.database.schema import metadata
from zusage.database.types import JsonText, UtcDateTime

SCANS = Table(
    "site_scan",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("host", String(253), nullable=False),
    Column("states", String(60), nullable=False),
    #: [code, severity, key] of each finding; a key is `accept/cookie/_ga` or `before/request/maps.example`
    Column("findings", JsonText, nullable=False),
    Index("ix_site_scan_host_at", "host", "at"),
)
#: of each host so many scans are kept
KEPT = 12


@dataclass(frozen=True, slots=True)
class Scan:
    """One look at one site."""

    at: datetime
    host: str
    states: tuple[str, ...]
    #: (code, severity, key)
    findings: tuple[tuple[str, str, str], ...]


def file_scan(connection: Connection, made: Scan) -> None:
    """Keep a scan; the oldest of the same site go."""
    values = {
        "at": made.at,
        "host": made.host,
        "states": " ".join(made.states),
        "findings": [list(one) for one in made.findings],
    }
    connection.execute(insert(SCANS).values(values))
    mine = select(SCANS.c.id).where(SCANS.c.host == made.host).order_by(SCANS.c.at.desc(), SCANS.c.id.desc())
    kept = list(connection.execute(mine.limit(KEPT)).scalars())
    connection.execute(delete(SCANS).where(SCANS.c.host == made.host, SCANS.c.id.not_in(kept)))


def newest_scans(connection: Connection) -> list[Scan]:
    """The newest scan of each site."""
    newest: dict[str, Scan] = {}
    for row in connection.execute(select(SCANS).order_by(SCANS.c.at, SCANS.c.id)):
        newest[row.host] = Scan(row.at, row.host, tuple(row.states.split()), _triples(row.findings))
    return list(newest.values())


def _triples(found: Iterable[Iterable[str]]) -> tuple[tuple[str, str, str], ...]:
    made = []
    for code, severity, key in found:
        made.append((str(code), str(severity), str(key)))
    return tuple(made)
