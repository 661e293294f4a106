"""A fresh look at every promise of a workspace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from zusage.errors import StoreUnreachable
from zusage.promises import Promise, Proof, ProofState, compile_promises
from zusage.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Look:
    """What was promised and what was found, at one instant. `unreachable` names promises whose store did not answer."""

    at: datetime
    promises: Mapping[str, Promise]
    proofs: Mapping[str, Proof]
    unreachable: Mapping[str, str] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """How many promises are in which state, in the order of `ProofState`, unreachable ones last."""
        counts = {state.value: 0 for state in ProofState}
        for proof in self.proofs.values():
            counts[proof.state.value] += 1
        return counts | {"unreachable": len(self.unreachable)}

    def rows(self) -> Iterator[tuple[Promise, Proof | None]]:
        """Every promise with its proof; broken ones first, then due, unbound, kept; otherwise in declared order."""
        order = [ProofState.BROKEN, ProofState.DUE, ProofState.UNBOUND, ProofState.KEPT]

        def rank(promise: Promise) -> int:
            proof = self.proofs.get(promise.id)
            return -1 if proof is None else order.index(proof.state)

        for promise in sorted(self.promises.values(), key=rank):
            yield promise, self.proofs.get(promise.id)

    @property
    def exit_code(self) -> int:
        """3 where a store could not be reached, 1 where a promise is broken, else 0."""
        if self.unreachable:
            return 3
        return 1 if any(proof.state is ProofState.BROKEN for proof in self.proofs.values()) else 0


def look(workspace: Workspace, now: datetime) -> Look:
    """Prove every promise of the workspace at `now`. A store that does not answer does not stop the others."""
    keepers = {keeper.name: keeper for keeper in workspace.keepers}
    promises = compile_promises(workspace.declaration, workspace.keepers)
    proofs: dict[str, Proof] = {}
    unreachable: dict[str, str] = {}
    for promise in promises.values():
        try:
            proofs[promise.id] = keepers[promise.keeper].prove(workspace.context, promise, now)
        except StoreUnreachable as error:
            unreachable[promise.id] = error.message
    return Look(at=now, promises=promises, proofs=proofs, unreachable=unreachable)
