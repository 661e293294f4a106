"""Promises: what the declaration says, as testable sentences; each is kept by one keeper and proven by a fresh look."""

from zusage.promises.compiling import compile_promises
from zusage.promises.keeper import Keeper
from zusage.promises.model import (
    Basis,
    Outcome,
    Plan,
    PlannedAct,
    Promise,
    Proof,
    ProofState,
    Result,
)

__all__ = [
    "Basis",
    "Keeper",
    "Outcome",
    "Plan",
    "PlannedAct",
    "Promise",
    "Proof",
    "ProofState",
    "Result",
    "compile_promises",
]
