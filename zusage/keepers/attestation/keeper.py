"""The attestation keeper: promises that no store can show are kept by a person who vouches, until a date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from zusage.declaration import Declaration
from zusage.keepers.attestation.promising import KEEPER, organisational_promises
from zusage.keepers.context import Context
from zusage.law.adequacy import transfer_allowed
from zusage.promises import Basis, Outcome, Plan, Promise, Proof, ProofState
from zusage.registers.attestations import Attestation, attestations_of
from zusage.text import Text


class AttestationKeeper:
    """Nothing here is done by itself: `plan` and `keep` have nothing to do; `prove` looks at what is on file."""

    name = KEEPER

    def promises(self, declaration: Declaration) -> Iterable[Promise]:
        """Contracts with processors, safeguards of transfers, measures with `attest_every`."""
        return organisational_promises(declaration)

    def plan(self, context: Context, now: datetime) -> Plan:
        """An empty plan: a person acts here."""
        return Plan(keeper=self.name, at=now)

    def keep(self, context: Context, plan: Plan, now: datetime) -> Iterator[Outcome]:
        """Nothing to do."""
        return iter(())

    def prove(self, context: Context, promise: Promise, now: datetime) -> Proof:
        """`kept` while an attestation of this wording is in force, `due` where none was ever given, else `broken`.

        A transfer whose safeguard the law no longer recognises on that day is broken whatever a person vouches for.
        """
        void = _void_in_law(promise, now)
        with context.state.connect() as connection:
            on_file = attestations_of(connection, promise.id)
        if void is not None:
            return _proof(promise, ProofState.BROKEN, now, void, count=1, found_by="law: transfers")
        if not on_file:
            said = Text("noch von niemandem bestätigt", "nobody has vouched for it yet")
            return _proof(promise, ProofState.DUE, now, said, found_by="register: attestation")
        return _judge(promise, on_file[0], now)


def _judge(promise: Promise, newest: Attestation, now: datetime) -> Proof:
    evidence: dict[str, Any] = {"attested_at": newest.made_at.isoformat(), "role": newest.role}
    if newest.document_sha256:
        evidence["document_sha256"] = newest.document_sha256
    if newest.withdrawn_at is not None and newest.withdrawn_at <= now:
        said = Text("Bestätigung zurückgezogen", "attestation withdrawn")
    elif newest.valid_until <= now:
        said = Text("Bestätigung abgelaufen", "attestation expired")
    elif newest.version != promise.version:
        said = Text("Wortlaut seit der Bestätigung geändert", "wording changed since it was attested")
    else:
        said = Text(f"bestätigt durch Rolle {newest.role}", f"attested by role {newest.role}")
        return _proof(promise, ProofState.KEPT, now, said, until=newest.valid_until, evidence=evidence)
    return _proof(promise, ProofState.BROKEN, now, said, until=newest.valid_until, evidence=evidence, count=1,
                  oldest=newest.withdrawn_at or newest.valid_until)  # fmt: skip


def _void_in_law(promise: Promise, now: datetime) -> Text | None:
    """Why none of a transfer's safeguards covers it on that day, or None where one does."""
    if promise.kind != "transfer":
        return None
    reasons = []
    for safeguard in promise.terms["safeguards"]:
        verdict = transfer_allowed(
            promise.terms["country"], safeguard, now.date(), certified=promise.terms["certified"]
        )
        if verdict.allowed:
            return None
        reasons.append(verdict.reason)
    return Text("; ".join(r.says("de") for r in reasons), "; ".join(r.says("en") for r in reasons))


def _proof(promise: Promise, state: ProofState, now: datetime, said: Text, **seen: Any) -> Proof:
    return Proof(promise=promise.id, state=state, basis=Basis.ATTESTATION, at=now, text=said, **seen)
