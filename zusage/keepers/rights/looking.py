"""The documented way to blocked data (Art. 18(2), statutory retention): with a reason that a law knows, and recorded."""

from __future__ import annotations

from datetime import datetime

from zusage.keepers.context import Context
from zusage.keepers.rights.finding import databases
from zusage.stores.restriction import REASONS
from zusage.stores.sql.identity import Identity
from zusage.stores.subjects import ExportedTable, export_subject


def look_at_blocked(
    context: Context, known: Identity, reason: str, actor: str, now: datetime
) -> list[ExportedTable]:
    """A person's blocked rows. The look is on record before anything is shown. Raises `ValueError` for another reason."""
    if reason not in REASONS:
        raise ValueError(f"'{reason}' is no reason to look at blocked data")
    found = [
        one
        for database in databases(context)
        for one in export_subject(database, [known])
        if one.restricted and one.rows
    ]
    facts = {"reason": reason, "tables": len(found), "rows": sum(len(one.rows) for one in found)}
    subject = context.keys.pseudonym("subjects", f"{known.kind}:{known.value}", now.year)
    with context.state.begin() as connection:
        by = context.keys.pseudonym("actors", actor)
        context.ledger.append(connection, "restricted/viewed", facts, at=now, actor=by, subject=subject)
    return found
