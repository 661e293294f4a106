"""The archive keeper: seals what only a retention duty still needs, and looks whether anything lies open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from zusage.declaration import Declaration
from zusage.keepers.archive.place import Archive, archives
from zusage.keepers.archive.putting import left_over, put, tidy
from zusage.keepers.context import Context
from zusage.promises import Basis, Outcome, Plan, PlannedAct, Promise, Proof, ProofState, Result
from zusage.sealing.keyholders import NoKeyholder, listed
from zusage.sealing.segments import DamagedSegment, read_head
from zusage.stores.sql.sealed import count_clear, sealed_rows
from zusage.text import Text

KEEPER = "archive"


class ArchiveKeeper:
    """A measure with `archive` is one promise. Sealing needs no approval of a plan: the rows have left the live tables under
    an approved rule or a decided request, nothing of them is lost, and the same rule erases them."""

    name = KEEPER

    def promises(self, declaration: Declaration) -> Iterable[Promise]:
        """`archive/MEASURE`."""
        for name, measure in declaration.measures.items():
            if measure.archive is not None:
                text = Text(
                    f"{measure.title.says('de')}: {measure.text.says('de')}",
                    f"{measure.title.says('en')}: {measure.text.says('en')}",
                )
                reference = measure.citation.id if measure.citation else "gdpr:32(1)(a)"
                terms = measure.archive.model_dump(mode="json")
                yield Promise(f"archive/{name}", KEEPER, "sealing", text, reference, terms=terms)

    def plan(self, context: Context, now: datetime) -> Plan:
        """How many rows would be sealed, how many records destroyed. Touches nothing."""
        acts = []
        for archive in archives(context):
            for action, count in (("seal", _clear(archive)), ("destroy", len(left_over(archive)))):
                if count:
                    acts.append(
                        PlannedAct(
                            f"archive/{archive.name}", archive.database.name, "restricted", action, count
                        )
                    )
        return Plan(self.name, now, tuple(acts))

    def keep(self, context: Context, plan: Plan, now: datetime) -> Iterator[Outcome]:
        """Seal, then remove what has no row any more. Safe to repeat after a crash at any point."""
        for archive in archives(context):
            promise, store = f"archive/{archive.name}", archive.database.name
            clear = _clear(archive)
            if clear:
                try:
                    hit = put(archive, now)
                except NoKeyholder:
                    yield Outcome(
                        Result.NOT_COVERED,
                        promise,
                        store,
                        "restricted",
                        "seal",
                        clear,
                        left=clear,
                        reason="no-keyholder",
                    )
                    hit = 0
                if hit:
                    left = _clear(archive)
                    result = Result.FAILED if left else Result.DONE
                    yield Outcome(result, promise, store, "restricted", "seal", clear, hit, left)
            if gone := tidy(archive, now):
                yield Outcome(Result.DONE, promise, store, "archive", "destroy", gone, gone)

    def prove(self, context: Context, promise: Promise, now: datetime) -> Proof:
        """`kept` where nothing lies open and every record is sealed to all declared roles."""
        measure = promise.id.partition("/")[2]
        mine = [each for each in archives(context) if each.name == measure]
        store = ", ".join(each.database.name for each in mine)
        state, said, evidence = _look(mine)
        return Proof(
            promise=promise.id, state=state, basis=Basis.STORE, at=now, text=said, store=store,
            count=evidence["clear"] + evidence["wrong"] + evidence["without_row"], found_by="restricted place, segment heads",
            evidence=evidence,
        )  # fmt: skip


def _clear(archive: Archive) -> int:
    with archive.database.reading() as connection:
        return count_clear(connection, archive.database, archive.may_come_back())


def _look(mine: list[Archive]) -> tuple[ProofState, Text, dict[str, int]]:
    sealed = clear = wrong = left = 0
    unheld: set[str] = set()
    for archive in mine:
        clear += _clear(archive)
        left += len(left_over(archive))
        with archive.database.reading() as connection:
            rows = sealed_rows(connection, archive.database)
        sealed += len(rows)
        wrong += sum(not _sealed_to_all(archive, row.segment) for row in rows)
        with archive.state.connect() as connection:
            held = {each.role for each in listed(connection) if each.in_force}
        unheld |= set(archive.opened_by) - held
    evidence = {
        "records": sealed, "clear": clear, "wrong": wrong, "without_row": left, "roles_without_key": len(unheld),
    }  # fmt: skip
    if not mine:
        return ProofState.UNBOUND, Text("kein Speicher angebunden", "no store is bound"), evidence
    if clear or wrong or left:
        said = Text(f"{clear + wrong + left} nicht wie zugesagt", f"{clear + wrong + left} not as promised")
        return ProofState.BROKEN, said, evidence
    if unheld:
        said = Text("noch kein Schlüssel für jede Rolle hinterlegt", "not every role has a key yet")
        return ProofState.DUE, said, evidence
    said = Text(f"{sealed} Datensätze versiegelt, keiner offen", f"{sealed} records sealed, none open")
    return ProofState.KEPT, said, evidence


def _sealed_to_all(archive: Archive, segment: str) -> bool:
    try:
        head = read_head(archive.file_of(segment))
    except (OSError, DamagedSegment):
        return False
    roles = {share.role for share in head.shares}
    return head.segment == segment and roles >= set(archive.opened_by) and head.quorum >= archive.quorum
