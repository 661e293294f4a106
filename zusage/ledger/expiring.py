"""Our own record expires too: whole calendar years, entries and the key of their pseudonyms together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from zusage.keys import Purpose
from zusage.ledger.record import Ledger

#: Entries are kept until the end of the third calendar year after their own: the regular limitation of claims
#: (sections 195 and 199 BGB), for which they are the evidence.
KEEP_YEARS = 3


@dataclass(frozen=True, slots=True)
class Expired:
    """How many entries were cut off, and of which years the key of subjects was destroyed."""

    entries: int
    years: tuple[int, ...]


def expire_years(engine: Engine, ledger: Ledger, now: datetime, *, keep: int = KEEP_YEARS) -> Expired:
    """Cut the ledger before the oldest calendar year that is kept, and destroy the keys of subjects before it.

    A batch goes as a whole, when its youngest entry may. Both are recorded in the ledger. Idempotent.
    """
    oldest = now.astimezone(UTC).year - keep
    with engine.begin() as connection:
        removed = ledger.cut(connection, datetime(oldest, 1, 1, tzinfo=UTC), now)
    years = tuple(year for year in ledger.keys.years(Purpose.SUBJECTS) if year < oldest)
    for year in years:
        facts = {"purpose": "subjects", "year": year}
        # recorded first: a crash in between leaves the key, and the next run destroys it
        with engine.begin() as connection:
            ledger.append(connection, "keys/destroyed", facts, at=now, actor="ledger")
        ledger.keys.destroy(Purpose.SUBJECTS, year, now=now)
    return Expired(removed, years)
