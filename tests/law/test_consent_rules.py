"""Rules for consent banners, with what stands behind them."""

from __future__ import annotations

import pytest

from zusage.law.consent_rules import consent_rule, consent_rules, figures
from zusage.law.facts import LawError


def test_all_are_there_and_numbered() -> None:
    assert list(consent_rules()) == [f"c-{number:02}" for number in range(1, 40)]


def test_guidelines_are_not_passed_off_as_statutes() -> None:
    assert consent_rule("c-01").weight == "statute"
    assert consent_rule("c-08").weight == "judgment"
    assert consent_rule("c-24").weight == "guideline"
    assert consent_rule("c-29").severity == "note"


def test_figures() -> None:
    given = figures()
    assert (given.age_de, given.age_at, str(given.phone_proof), str(given.consent_ages)) == (
        16,
        14,
        "P5Y",
        "P12M",
    )
    assert given.viewports == ((360, 640), (1280, 800))
    assert given.contrast == 4.5


def test_unknown() -> None:
    with pytest.raises(LawError):
        consent_rule("c-40")
