"""How an assessment stands: filed, signed by all who must, still about the same processing, not past its review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from zusage.declaration import Declaration
from zusage.keepers.assessing.subjects import Subject, required_roles, subjects, suggested
from zusage.law.periods import retention_end
from zusage.promises import ProofState
from zusage.registers.assessments import Assessment, Kind, Signature, newest_assessments, signatures
from zusage.text import Text

#: who signs, in words
ROLES = {
    "dpo": Text("Datenschutzbeauftragte", "the data protection officer"),
    "management": Text("Leitung", "management"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One subject with what is on file. `state` is None where nothing is owed: not needed, or not checked yet."""

    subject: Subject
    state: ProofState | None
    said: Text
    newest: Assessment | None = None
    signed: tuple[Signature, ...] = ()
    missing: tuple[str, ...] = ()
    review_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Threshold, what is on file, who signed, what is missing: the same for the command line and the console."""
        about, filed = self.subject, self.newest
        return {
            "kind": about.kind, "subject": about.id, "title": about.title.as_json(), "state": self.state and self.state.value,
            "said": self.said.as_json(), "needed": about.verdict.needed if about.verdict else None,
            "why": about.verdict.why.as_json() if about.verdict else None,
            "criteria": list(about.activity.impact.criteria) if about.activity.impact else [],
            "suggested": list(suggested(about.activity)), "promise": about.promise if about.promised else None,
            "assessment": filed and filed.id, "result": filed and filed.result,
            "review_at": self.review_at and self.review_at.isoformat(), "missing": list(self.missing),
            "signed": [{"role": one.role, "person": one.person, "at": one.signed_at.isoformat()} for one in self.signed],
        }  # fmt: skip


def standings(declaration: Declaration, connection: Connection, now: datetime) -> list[Standing]:
    """Everything that is or may have to be assessed, in declared order."""
    newest, signed = newest_assessments(connection), signatures(connection)
    return [standing(declaration, one, newest, signed, now) for one in subjects(declaration)]


def standing(
    declaration: Declaration,
    subject: Subject,
    newest: Mapping[tuple[Kind, str], Assessment],
    signed: Mapping[str, Sequence[Signature]],
    now: datetime,
) -> Standing:
    """How one subject stands at `now`."""
    filed = newest.get((subject.kind, subject.id))
    if filed is None:
        return _unfiled(subject, now)
    given = tuple(signed.get(filed.id, ()))
    roles = {one.role for one in given}
    missing = tuple(role for role in required_roles(declaration, subject.kind) if role not in roles)
    state, said = _judge(subject, filed, missing, now)
    return Standing(subject, state, said, filed, given, missing, filed.review_at)


def _unfiled(subject: Subject, now: datetime) -> Standing:
    if subject.verdict is None:
        return Standing(subject, None, Text("Schwelle noch nicht geprüft", "threshold not checked yet"))
    if not subject.verdict.needed:
        return Standing(subject, None, subject.verdict.why)
    if subject.balanced is None:
        return Standing(subject, ProofState.DUE, Text("noch nicht abgelegt", "not filed yet"))
    until = retention_end(subject.balanced.astimezone(UTC), subject.every, "event")
    if until <= now:
        return Standing(subject, ProofState.BROKEN, _overdue(until), review_at=until)
    day = f"{subject.balanced:%Y-%m-%d}"
    said = Text(
        f"abgewogen am {day} (erklärt, nicht unterschrieben)", f"balanced on {day} (declared, not signed)"
    )
    return Standing(subject, ProofState.DUE, said, review_at=until)


def _judge(
    subject: Subject, filed: Assessment, missing: Sequence[str], now: datetime
) -> tuple[ProofState, Text]:
    if filed.result == "refused":
        return ProofState.BROKEN, Text(
            "nicht vertretbar: darf so nicht stattfinden", "not acceptable: must not go on like this"
        )
    if filed.version != subject.version:
        return ProofState.BROKEN, Text(
            "die Verarbeitung hat sich seither geändert", "the processing has changed since"
        )
    if missing:
        waits = [ROLES[role] for role in missing]
        names = Text(", ".join(one.says("de") for one in waits), ", ".join(one.says("en") for one in waits))
        return ProofState.DUE, Text(
            f"Unterschrift fehlt: {names.says('de')}", f"not signed yet by {names.says('en')}"
        )
    if filed.review_at <= now:
        return ProofState.BROKEN, _overdue(filed.review_at)
    if filed.result == "consult":
        return ProofState.DUE, Text(
            "die Aufsichtsbehörde ist vorher zu befragen (Art. 36 DSGVO)",
            "the supervisory authority is to be consulted before (Art. 36 GDPR)",
        )
    return ProofState.KEPT, Text("abgelegt und unterschrieben", "on file and signed")


def _overdue(until: datetime) -> Text:
    return Text(f"Überprüfung überfällig seit {until:%d.%m.%Y}", f"review overdue since {until:%Y-%m-%d}")
