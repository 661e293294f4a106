"""A sweep interval longer than the gap between the earliest and the latest date is a finding."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.keepers.retention.conftest import declaration
from zusage.keepers.retention.intervals import interval_findings


@pytest.mark.parametrize(
    ("rule", "hours", "wrong"),
    [
        ("keep: P6M", 24, False),
        ("keep: P6M", 25, True),
        ("keep: P6M, within: PT1H", 2, True),
        ("keep: P6M, within: P1M", 24 * 28, False),
        ("keep: P6M/P7M", 24 * 20, False),
        ("keep: P6M/P6M", 1, True),
    ],
)
def test_the_gap_decides(rule: str, hours: int, wrong: bool) -> None:
    said = declaration(f"      - {{id: inactive, from: last-login, {rule}, then: erase}}\n")
    assert bool(list(interval_findings(said, timedelta(hours=hours)))) is wrong
