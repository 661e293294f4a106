"""The keeper of assessments: a person assesses and signs; `prove` looks at what is on file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from zusage.declaration import Declaration
from zusage.keepers.assessing.judging import standing
from zusage.keepers.assessing.subjects import Subject, subjects
from zusage.keepers.context import Context
from zusage.promises import Basis, Outcome, Plan, Promise, Proof, ProofState
from zusage.registers.assessments import newest_assessments, signatures
from zusage.text import Text

NAME = "assessing"
_SAID = {
    "impact": (
        Text("Für „{}“ liegt eine Datenschutz-Folgenabschätzung vor und wird überprüft.",
             "An impact assessment of “{}” is on file and is reviewed."), "gdpr:35(1)",
    ),
    "interest": (
        Text("Für „{}“ sind die Interessen abgewogen, und die Abwägung wird überprüft.",
             "For “{}” the interests are balanced, and the balance is reviewed."), "gdpr:6(1)(f)",
    ),
}  # fmt: skip


class AssessingKeeper:
    """Nothing here is done by itself: `plan` and `keep` have nothing to do."""

    name = NAME

    def promises(self, declaration: Declaration) -> Iterable[Promise]:
        """Impact assessments that the threshold check asks for; balances that are to be looked at again."""
        return (_promise(one) for one in subjects(declaration) if one.promised)

    def plan(self, context: Context, now: datetime) -> Plan:
        """An empty plan: a person acts here."""
        return Plan(keeper=self.name, at=now)

    def keep(self, context: Context, plan: Plan, now: datetime) -> Iterator[Outcome]:
        """Nothing to do."""
        return iter(())

    def prove(self, context: Context, promise: Promise, now: datetime) -> Proof:
        """`kept` while it is filed, signed, unchanged and not past its review; `due` while something is missing."""
        subject = next(one for one in subjects(context.declaration) if one.promise == promise.id)
        with context.state.connect() as connection:
            found = standing(
                context.declaration, subject, newest_assessments(connection), signatures(connection), now
            )
        broken = found.state is ProofState.BROKEN
        return Proof(
            promise.id, found.state or ProofState.DUE, Basis.ATTESTATION, now, found.said, count=int(broken),
            until=found.review_at, found_by="register: assessment",
            evidence={"assessment": found.newest.id, "result": found.newest.result} if found.newest else {},
        )  # fmt: skip


def _promise(one: Subject) -> Promise:
    said, reference = _SAID[one.kind]
    text = Text(said.de.format(one.title.says("de")), said.en.format(one.title.says("en")))
    terms = {"every": str(one.every), "processing": one.version}
    return Promise(one.promise, NAME, one.kind, text, reference, one.id.partition("/")[0], terms)
