"""What is assessed: activities (Art. 35), and purposes that rest on a legitimate interest (Art. 6(1)(f))."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from zusage.declaration import Activity, Declaration
from zusage.declaration.activities import LegalBasis, Purpose
from zusage.law.citations import LEGITIMATE_INTEREST
from zusage.law.duration import Duration
from zusage.law.impact import Threshold, review_every, threshold
from zusage.registers.assessments import Kind
from zusage.text import Text

_RESTS = Threshold(True, Text("beruht auf Art. 6 Abs. 1 lit. f DSGVO", "rests on Art. 6(1)(f) GDPR"))
#: the parts of an assessment: Art. 35(7)(a)–(d); interest, necessity and balance (CJEU C-13/16)
PARTS: dict[Kind, tuple[str, ...]] = {
    "impact": ("description", "necessity", "risks", "measures"),
    "interest": ("interest", "necessity", "balance"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that is, or may have to be, assessed. `id` is an activity, or `activity/purpose`.

    `verdict` is the threshold check (None: nobody made it yet); `promised`: the declaration makes it a promise;
    `balanced`: for interests, when the declaration itself says that they were balanced.
    """

    kind: Kind
    id: str
    title: Text
    activity: Activity
    verdict: Threshold | None
    promised: bool
    purpose: Purpose | None = None
    basis: LegalBasis | None = None
    balanced: datetime | None = None

    @property
    def promise(self) -> str:
        """The id of the promise."""
        return f"assessment/{self.kind}/{self.id}"

    @property
    def every(self) -> Duration:
        """How often it is looked at again."""
        if self.basis is not None:
            return self.basis.balance_every or review_every()
        return (self.activity.impact and self.activity.impact.review_every) or review_every()

    @property
    def version(self) -> str:
        """Digest of the processing as it is declared: an assessment counts for this one only."""
        said: dict[str, Any]
        if self.purpose is not None and self.basis is not None:
            interest = self.basis.interest
            said = {"purpose": self.purpose.text.as_json(), "interest": interest and interest.as_json()}
            said["data"] = self.activity.model_dump(mode="json", include={"data", "subjects"})
        else:
            about = {"purposes", "subjects", "data", "sources", "recipients", "profiling"}
            said = self.activity.model_dump(mode="json", include=about)
        canonical = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def subjects(declaration: Declaration) -> Iterator[Subject]:
    """Every activity, and every purpose of a legitimate interest, in declared order."""
    for name, activity in declaration.activities.items():
        yield _impact(name, activity)
        for purpose in activity.purposes:
            basis = next((one for one in purpose.legal_bases if one.citation == LEGITIMATE_INTEREST), None)
            if basis is not None:
                yield _interest(declaration, name, activity, purpose, basis)


def required_roles(declaration: Declaration, kind: Kind) -> tuple[str, ...]:
    """Who signs. The controller answers for an impact assessment, the officer's advice is sought (Art. 35(1), (2))."""
    officer = ("dpo",) if declaration.dpo else ()
    return ("management", *officer) if kind == "impact" else officer or ("management",)


def suggested(activity: Activity) -> tuple[str, ...]:
    """Criteria that the declaration itself shows to hold; what it cannot know, a person must add."""
    held = []
    profiling = activity.profiling
    if (profiling and profiling.takes_place) or any(one.by_profile for one in activity.purposes):
        held.append("evaluation")
    if profiling and profiling.automated_decision:
        held.append("automated-decision")
    if any(one.special for one in activity.data):
        held.append("sensitive-data")
    return tuple(held)


def _impact(name: str, activity: Activity) -> Subject:
    verdict = threshold(activity.impact.criteria) if activity.impact else None
    return Subject("impact", name, activity.title, activity, verdict, verdict is not None and verdict.needed)


def _interest(
    declaration: Declaration, name: str, activity: Activity, purpose: Purpose, basis: LegalBasis
) -> Subject:
    title = Text(
        f"{activity.title.says('de')}: {purpose.text.says('de')}",
        f"{activity.title.says('en')}: {purpose.text.says('en')}",
    )
    return Subject(
        "interest", f"{name}/{purpose.id}", title, activity, _RESTS, basis.balance_every is not None, purpose, basis,
        _midnight(basis.balanced, declaration.time_zone),
    )  # fmt: skip


def _midnight(day: date | None, zone: str) -> datetime | None:
    return datetime.combine(day, time(), ZoneInfo(zone)) if day else None
