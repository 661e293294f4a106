"""When processing needs an impact assessment (Art. 35 GDPR): cases of the law, the authority's list, criteria of WP 248."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from zusage.law.citations import Citation, parse_id
from zusage.law.duration import Duration
from zusage.law.facts import Source, known, load, said_surely, source_of
from zusage.text import Text

#: what may hold of an activity; the first four suffice alone
Criterion = Literal[
    "systematic-evaluation", "special-data-large-scale", "public-monitoring", "authority-list",
    "evaluation", "automated-decision", "systematic-monitoring", "sensitive-data", "large-scale", "matching",
    "vulnerable-persons", "new-technology", "prevents-exercise",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImpactCriterion:
    """One thing that makes a high risk likely. `alone`: it suffices without others."""

    id: str
    alone: bool
    citation: Citation
    title: Text
    source: Source


@dataclass(frozen=True, slots=True)
class Threshold:
    """Whether an assessment is needed, and why or why not."""

    needed: bool
    why: Text


@lru_cache(maxsize=1)
def impact_criteria() -> Mapping[str, ImpactCriterion]:
    """All criteria by id, those that suffice alone first."""
    return {entry["id"]: _criterion(entry) for entry in load("impact")["criteria"]}


def review_every() -> Duration:
    """How often an assessment is looked at again where nothing else is said."""
    return Duration.parse(load("impact")["review_every"])


def threshold(held: Collection[str]) -> Threshold:
    """The threshold check over the criteria that hold. Raises `LawError` for one that there is not."""
    there = impact_criteria()
    found = [known("impact criterion", name, there) for name in dict.fromkeys(held)]
    alone = [one for one in found if one.alone]
    if alone:
        said = alone[0].citation
        return Threshold(True, Text(f"nötig nach {said.text('de')}", f"needed under {said.text('en')}"))
    enough = int(load("impact")["enough"])
    count = len(found)
    if count >= enough:
        return Threshold(
            True,
            Text(
                f"nötig: {count} Kriterien des WP 248 treffen zu", f"needed: {count} criteria of WP 248 hold"
            ),
        )
    return Threshold(
        False,
        Text(
            f"nicht nötig: {count} von {enough} Kriterien des WP 248 treffen zu",
            f"not needed: {count} of {enough} criteria of WP 248 hold",
        ),
    )


def _criterion(entry: Mapping[str, Any]) -> ImpactCriterion:
    return ImpactCriterion(
        id=entry["id"],
        alone=entry["weight"] == "case",
        citation=parse_id(entry["citation"]),
        title=said_surely(entry, "title"),
        source=source_of(entry, "impact"),
    )
