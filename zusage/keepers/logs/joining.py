"""Joining opened lines with other records: inside an approved case only, and into the case's own sealed file.

Log data and customer data are apart. Where a case needs both, records are matched by address with the lines of its opening;
what matches is kept with the opening's result, sealed like it and gone with it. Nothing is written anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from ipaddress import ip_address

from sqlalchemy import select

from zusage.keepers.logs.cases import cases_open
from zusage.keepers.logs.combining import keep_lines, read_result
from zusage.keepers.logs.expiring import remove_segments
from zusage.keepers.logs.openings import opening_of
from zusage.keepers.logs.tables import log_segment
from zusage.keepers.logs.vault import Vault
from zusage.sealing.rooms import refuse
from zusage.sealing.tables import seal_opening

#: between a line and a record that has its address
JOINED = b" <- "


def join(
    vault: Vault, opening: str, records: Iterable[Mapping[str, str]], column: str, person: str, now: datetime
) -> int:
    """Match records by the address in their `column` with the lines of an opening; returns how many matches there are.

    The opening's result then holds its lines and the matches. Raises `Refused` (recorded) where there is no opening of an
    open case with a result.
    """
    with vault.state.connect() as connection:
        found = opening_of(connection, vault, opening)
        open_now = {each.id for each in cases_open(connection, vault.name, now)}
    if found is None or found.result is None or found.case not in open_now:
        refuse(
            vault, "no-opening", "log data are joined with other data in an approved log opening only", now
        )
    content = read_result(vault, opening, person, now)
    known: dict[str, list[bytes]] = {}
    for record in records:
        said = "; ".join(f"{name}={value}" for name, value in record.items() if name != column)
        known.setdefault(_address(record.get(column, "")), []).append(said.replace("\n", " ").encode())
    known.pop("", None)
    fmt, lines, matches = vault.format, content.splitlines(keepends=True), list[bytes]()
    for line in (each.rstrip(b"\n") for each in lines):
        parsed = fmt.parse(fmt.readable(line)) or {}
        address = _address(parsed.get("address", b"").decode("ascii", "replace"))
        matches += [line + JOINED + record + b"\n" for record in known.get(address, ())]
    place = (found.scope.begin, found.scope.customer or "other")
    result = keep_lines(vault, [*lines, *matches], found.case, place, now)
    with vault.state.begin() as connection:
        before = connection.execute(select(log_segment).where(log_segment.c.id == found.result)).all()
        connection.execute(seal_opening.update().where(seal_opening.c.id == found.id).values(result=result))
        facts = {
            "opening": found.id,
            "case": found.case,
            "records": sum(map(len, known.values())),
            "matches": len(matches),
        }
        vault.record(connection, "logs/joined", facts, now, person)
    remove_segments(vault, before, now, "opening-result")
    return len(matches)


def _address(text: str) -> str:
    """An address in one notation; empty for what is none."""
    try:
        return ip_address(text.strip()).compressed
    except ValueError:
        return ""
