"""No personal value of a test stands in what its workspace writes about its own work: ledger, agenda, registers, logs.

The registers that must name a person (a request, a mail that waits, a hold) are left out by name; everything else is
searched, tables that are made tomorrow among them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, inspect, text

#: table → columns that hold a person's identity or words, erasable on their own; None: all of them
NAMING = {
    "request": ("identity", "reply_to", "details", "decision_text"),
    "mail_content": None, "mail_attachment": None, "hold": None,
    # what staff wrote for the file, and whom a parent's consent names
    "breach": None, "assessment": None, "consent_ask": None, "announcement": None,
}  # fmt: skip


class _Kept(logging.Handler):
    """Every record as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] in ("zusage", "uvicorn", "fastapi"):
            self.lines.append(self.format(record))


def traces(state: Engine, values: Iterable[str]) -> list[str]:
    """`table.column: value` for each of the values that stands where nobody may be named."""
    needles = [value.casefold() for value in values]
    found: list[str] = []
    with state.connect() as connection:
        for table in inspect(connection).get_table_names():
            spared = NAMING.get(table, ())
            if spared is None:
                continue
            for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():
                for column, said in row.items():
                    if column not in spared and said is not None:
                        found += [f"{table}.{column}: {one}" for one in needles if one in _readable(said)]
    return sorted(set(found))


def _readable(said: object) -> str:
    if isinstance(said, bytes | memoryview):
        return bytes(said).decode("utf-8", errors="replace").casefold()
    return str(said).casefold()


@contextmanager
def no_traces(states: list[Engine], values: Iterable[str]) -> Iterator[None]:
    """Afterwards: none of the values stands in the state databases that `states` then lists, nor in any log line."""
    kept, root = _Kept(), logging.getLogger()
    root.addHandler(kept)
    try:
        yield
    finally:
        root.removeHandler(kept)
    lines = "\n".join(kept.lines).casefold()
    leaks = [f"log: {value}" for value in values if value.casefold() in lines]
    for state in states:
        leaks += traces(state, values)
    assert not leaks, "personal values stand where nobody may be named:\n  " + "\n  ".join(leaks)
