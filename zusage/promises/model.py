"""Promise, plan, outcome and proof: plain values that travel between keepers, the ledger, the pages and the reports.

None of them holds a direct identifier (DESIGN, rule 5): rows and persons appear as counts and keyed pseudonyms.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from zusage.text import Text


class Result(StrEnum):
    """What became of an act. There is no bare "complete" (DESIGN, "The words")."""

    DONE = "done"
    NOTHING_FOUND = "nothing_found"
    HELD = "held"
    NOT_COVERED = "not_covered"
    REFUSED = "refused"
    FAILED = "failed"


class ProofState(StrEnum):
    """What a fresh look found. `unbound`: declared, but no store is bound to look at."""

    KEPT = "kept"
    BROKEN = "broken"
    DUE = "due"
    UNBOUND = "unbound"


class Basis(StrEnum):
    """What a proof rests on; always shown."""

    STORE = "store"
    RECORD = "record"
    ATTESTATION = "attestation"


@dataclass(frozen=True, slots=True)
class Promise:
    """One testable sentence compiled from the declaration.

    `id` is stable over versions of the declaration as long as the promise stays the same thing
    (`retention/applications/erase-after-six-months`); `keeper` names the keeper that keeps it; `reference` is the
    legal reference as a citation id (`gdpr:17(1)(a)`); `version` changes whenever what is promised changes.
    """

    id: str
    keeper: str
    kind: str
    text: Text
    reference: str = ""
    activity: str = ""
    terms: Mapping[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Digest of what is promised, 16 hex digits: an approval or attestation counts for one version only."""
        content = {"id": self.id, "kind": self.kind, "text": self.text.as_json(), "terms": dict(self.terms)}
        canonical = json.dumps(
            content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str
        )
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class PlannedAct:
    """One thing a keeper would do to one part of a store now, with the count it was planned on.

    `held` are matching rows that a hold, restriction or condition keeps; `why` names them by reason with counts.
    `oldest` is when the longest overdue of `count` fell due.
    """

    promise: str
    store: str
    target: str
    action: str
    count: int
    held: int = 0
    of_total: int = 0
    oldest: datetime | None = None
    why: Mapping[str, int] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a keeper would do at `at`; made without touching anything.

    `digest` covers rule, binding and schema versions – not the counts – so that an approval of it stays valid for
    later sweeps of the same rule (DESIGN, rule 8). `needs_approval` names the acts that may not run yet, and why.
    """

    keeper: str
    at: datetime
    acts: tuple[PlannedAct, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    needs_approval: Mapping[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many rows or files would be touched."""
        return sum(act.count for act in self.acts)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done: under a named result, with the counts before (`planned`), `hit` and `left` after re-querying."""

    result: Result
    promise: str
    store: str = ""
    target: str = ""
    action: str = ""
    planned: int = 0
    hit: int = 0
    left: int = 0
    #: error class, constraint or table; a reason code; the law of a hold – never a database's message
    reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proof:
    """A fresh look at one promise: its state, what the look rests on, and what was seen.

    `found_by` is the statement or procedure that found a broken promise; `count` how much is overdue, `oldest` since
    when; `until` when an attestation or record runs out.
    """

    promise: str
    state: ProofState
    basis: Basis
    at: datetime
    text: Text
    count: int = 0
    oldest: datetime | None = None
    until: datetime | None = None
    found_by: str = ""
    store: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
