"""What a consent banner and its records must do (§ 25 TDDDG, Art. 4(11), 7 GDPR), as rules that tests can name.

Each rule says whether a statute, a judgment or only a guideline stands behind it. The figures are what the tests use;
where the law names none, that is said in the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from zusage.findings import Severity
from zusage.law.citations import Citation, parse_id
from zusage.law.duration import Duration
from zusage.law.facts import Source, known, load, said_surely, source_of
from zusage.text import Text

Weight = Literal["statute", "judgment", "guideline"]
Subject = Literal["device", "banner", "information", "record", "withdrawal", "signal", "service", "special"]


@dataclass(frozen=True, slots=True)
class ConsentRule:
    """One requirement, with what stands behind it."""

    id: str
    citation: Citation
    subject: Subject
    weight: Weight
    severity: Severity
    rule: Text
    source: Source


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of the tests. Only the ages, `phone_proof` and `review_after` are law."""

    quiet_seconds: int
    likeness_percent: int
    contrast: float
    consent_ages: Duration
    review_after: Duration
    age_de: int
    age_at: int
    phone_proof: Duration
    viewports: tuple[tuple[int, int], ...]


@lru_cache(maxsize=1)
def consent_rules() -> Mapping[str, ConsentRule]:
    """All rules by id (`c-08`)."""
    return {entry["id"]: _rule(entry) for entry in load("consent")["rules"]}


def consent_rule(rule_id: str) -> ConsentRule:
    """The rule with this id. Raises `LawError`."""
    found: ConsentRule = known("consent rule", rule_id, consent_rules())
    return found


@lru_cache(maxsize=1)
def figures() -> Figures:
    """The numbers that tests of banners use."""
    given = dict(load("consent")["figures"])
    for name in ("consent_ages", "review_after", "phone_proof"):
        given[name] = Duration.parse(given[name])
    given["viewports"] = tuple(_size(written) for written in given["viewports"])
    return Figures(**given)


def _size(written: str) -> tuple[int, int]:
    width, height = written.split("x")
    return int(width), int(height)


def _rule(entry: Mapping[str, Any]) -> ConsentRule:
    return ConsentRule(
        id=entry["id"],
        citation=parse_id(entry["citation"]),
        subject=entry["subject"],
        weight=entry["weight"],
        severity=Severity(entry["severity"]),
        rule=said_surely(entry, "rule"),
        source=source_of(entry, "consent"),
    )
