"""Proofs: a fresh look into every bound store for what should be gone by now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from zusage.keepers.context import Context
from zusage.keepers.retention.files import due_files, file_tasks
from zusage.keepers.retention.selecting import not_before, overdue
from zusage.keepers.retention.tasks import act_of, tasks, troubles
from zusage.keepers.retention.versions import EarlierPeriods
from zusage.promises import Basis, Promise, Proof, ProofState
from zusage.registers.paper import PaperTask, open_tasks
from zusage.stores.paths import BadPath
from zusage.stores.sql.acting import count_rows, counting, oldest_event
from zusage.text import Text


@dataclass(slots=True)
class Seen:
    """What a look over all tables of a promise found."""

    stores: list[str] = field(default_factory=list)
    late: int = 0
    due: int = 0
    held: int = 0
    oldest: datetime | None = None
    found_by: str = ""
    trouble: str = ""


def prove(context: Context, promise: Promise, now: datetime) -> Proof:
    """`broken` with count, oldest and statement; `due` while the act is still in time; `kept`; `unbound`."""
    seen, older = Seen(), EarlierPeriods.of(context)
    for late in (True, False):
        _look(context, promise, now, seen, older, late=late)
    for late in (True, False):
        _look_at_files(context, promise, now, seen, older, late=late)
    with context.state.connect() as connection:
        waiting = open_tasks(connection, promise.id, f"request/{promise.activity}")
    proof = _judge(promise, seen, now)
    return _with_paper(proof, waiting, now) if waiting else proof


def _with_paper(proof: Proof, waiting: Sequence[PaperTask], now: datetime) -> Proof:
    """The data are not wholly gone while a file on paper is there."""
    late = sum(one.until <= now for one in waiting)
    evidence = {**proof.evidence, "paper": len(waiting), "paper_late": late}
    if proof.state is ProofState.BROKEN:
        return replace(proof, evidence=evidence)
    state = ProofState.BROKEN if late else ProofState.DUE
    said = Text(
        f"{len(waiting)} Papierakten noch nicht vernichtet", f"{len(waiting)} paper files not destroyed yet"
    )
    return replace(
        proof, state=state, text=said, count=len(waiting), oldest=waiting[0].since, evidence=evidence
    )


def _look(
    context: Context, promise: Promise, now: datetime, seen: Seen, older: EarlierPeriods, *, late: bool
) -> None:
    for task in tasks(context, now, overdue if late else not_before, only=promise.id, older=older):
        with task.database.reading() as connection:
            try:
                act = act_of(task, context, connection, now)
                if act is None:
                    continue
                count = count_rows(connection, act)
                if late:
                    seen.late += count
                    if count:
                        oldest = oldest_event(connection, act)
                        seen.oldest = min(filter(None, (seen.oldest, oldest)), default=None)
                        seen.found_by = str(counting(act))[:2000]
                else:
                    seen.due += count
                    seen.held += count_rows(connection, act, held=True)
                    seen.stores.append(task.database.name)
                    if found := troubles(context, task, act):
                        seen.trouble = found[0].message.says("en")
            except BadPath as error:
                seen.trouble = str(error)
                seen.stores.append(task.database.name)


def _look_at_files(
    context: Context, promise: Promise, now: datetime, seen: Seen, older: EarlierPeriods, *, late: bool
) -> None:
    for task in file_tasks(context, now, overdue if late else not_before, only=promise.id, older=older):
        due, held = due_files(context, task, now)
        if late:
            seen.late += len(due)
            if due:
                seen.found_by = f"walk over {task.part.pattern}"
        else:
            seen.due += len(due)
            seen.held += held
            seen.stores.append(task.tree.name)


def _judge(promise: Promise, seen: Seen, now: datetime) -> Proof:
    evidence: dict[str, Any] = {"stores": sorted(set(seen.stores)), "held": seen.held, "due": seen.due}
    if not seen.stores:
        said = Text("kein Speicher angebunden", "no store is bound")
        return _proof(promise, ProofState.UNBOUND, now, said, evidence)
    if seen.trouble:
        said = Text("Anbindung passt nicht zum Speicher", "the binding does not fit the store")
        return _proof(promise, ProofState.BROKEN, now, said, {**evidence, "not_covered": seen.trouble}, seen)
    if seen.late:
        said = Text(f"{seen.late} überfällig", f"{seen.late} overdue")
        return _proof(promise, ProofState.BROKEN, now, said, evidence, seen)
    if seen.due:
        said = Text(f"{seen.due} fällig, noch in der Frist", f"{seen.due} due, still in time")
        return _proof(promise, ProofState.DUE, now, said, evidence, seen)
    said = Text("nichts Überfälliges gefunden", "nothing overdue found")
    if seen.held:
        said = Text(f"nichts Überfälliges; {seen.held} zurückgehalten", f"nothing overdue; {seen.held} held")
    return _proof(promise, ProofState.KEPT, now, said, evidence, seen)


def _proof(
    promise: Promise,
    state: ProofState,
    now: datetime,
    said: Text,
    evidence: dict[str, Any],
    seen: Seen | None = None,
) -> Proof:
    found = seen or Seen()
    return Proof(
        promise=promise.id,
        state=state,
        basis=Basis.STORE,
        at=now,
        text=said,
        count=found.late or found.due,
        oldest=found.oldest,
        found_by=found.found_by,
        store=", ".join(sorted(set(found.stores))),
        evidence=evidence,
    )
