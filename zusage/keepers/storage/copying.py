"""Each day's whole copy: there, readable, its digests and its database intact; else somebody is told the same morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from zusage.errors import StoreUnreachable
from zusage.keepers.context import Context
from zusage.mail import Message, enqueue_many
from zusage.promises import Basis, Promise, Proof, ProofState
from zusage.stores.copies import Copy, copies, look_into, registered
from zusage.stores.loading import concerned
from zusage.stores.sql.database import Database
from zusage.text import Text


def databases(context: Context, promise: Promise) -> Iterator[Database]:
    """The databases that a promise is about."""
    for store in context.stores.values():
        if isinstance(store, Database) and concerned(
            context.stores.bindings, store.name, promise.terms["activities"]
        ):
            yield store


def day_wanted(context: Context, promise: Promise, now: datetime) -> date:
    """The day whose copy must be there by now."""
    local = now.astimezone(ZoneInfo(context.declaration.time_zone))
    by = time.fromisoformat(promise.terms["by"])
    return local.date() if local.time() >= by else local.date() - timedelta(days=1)


def missing_copies(context: Context, promise: Promise, now: datetime) -> Iterator[tuple[str, str]]:
    """(database, why its copy of the day does not count)."""
    wanted = day_wanted(context, promise, now)
    for database in databases(context, promise):
        reason = _missing(context, database, wanted)
        if reason:
            yield database.name, reason


def _missing(context: Context, database: Database, wanted: date) -> str:
    """Empty where one whole copy of that day, or of a later one, is there."""
    trees = list(registered(context.stores, database.name))
    if not trees:
        return "no_place"
    reasons: list[str] = []
    for tree in trees:
        try:
            fresh = [one for one in copies(tree) if one.day >= wanted]
        except StoreUnreachable:
            reasons.append("unreachable")
            continue
        for one in fresh:
            found = _judged(one, database)
            if not found:
                return ""
            reasons.append(found)
    return reasons[0] if reasons else "missing"


def _judged(one: Copy, database: Database) -> str:
    content = look_into(one.path)
    wanted = {part.table for part in database.parts()}
    return content.broken or ("" if wanted <= content.tables else "tables_missing")


def prove_copies(context: Context, promise: Promise, now: datetime) -> Proof:
    """`kept` where the newest copy that is due is there and whole; `broken` with the databases that have none."""
    wanted = day_wanted(context, promise, now)
    names = [database.name for database in databases(context, promise)]
    lacking = dict(missing_copies(context, promise, now))
    evidence = {"day": wanted.isoformat(), "databases": names, "missing": lacking}
    state = ProofState.BROKEN if lacking else ProofState.KEPT
    said = Text(
        f"Sicherung vom {wanted} vollständig und lesbar", f"the copy of {wanted} is whole and readable"
    )
    if lacking:
        said = Text(f"keine ganze Sicherung vom {wanted}: {', '.join(lacking)}",
                    f"no whole copy of {wanted}: {', '.join(lacking)}")  # fmt: skip
    if not names:
        state, said = ProofState.UNBOUND, Text("kein Speicher angebunden", "no store is bound")
    return Proof(
        promise=promise.id, state=state, basis=Basis.STORE, at=now, text=said, count=len(lacking),
        found_by="read the newest copies whole" if lacking else "", store=", ".join(names), evidence=evidence,
    )  # fmt: skip


def alarm(context: Context, promise: Promise, database: str, reason: str, now: datetime) -> bool:
    """Write to those who look after it, once for each day and database; whether that was new."""
    declaration = context.declaration
    day = day_wanted(context, promise, now)
    to = {declaration.controller.email, declaration.dpo.email if declaration.dpo else None} - {None}
    subject = f"Sicherung fehlt / copy missing: {database}, {day}"
    text = f"{promise.id}: {database}, {day}: {reason}\n\nzusage status\n"
    messages = {
        f"{promise.id}/{database}/{day}/{number}": Message(
            str(address), subject, text, "storage/copy-missing"
        )
        for number, address in enumerate(sorted(map(str, to)))
    }
    with context.state.begin() as connection:
        if not enqueue_many(connection, messages, sender=context.sender(), now=now):
            return False
        facts = {"promise": promise.id, "store": database, "day": day.isoformat(), "reason": reason}
        context.ledger.append(connection, "storage/copy-missing", facts, at=now, actor="worker/sweep")
    return True
