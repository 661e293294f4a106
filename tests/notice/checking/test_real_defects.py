"""The findings on the real notices, where they are at hand: how many of the recorded defects they name, and how many are right.

What a person judged stands in `judged/`; a finding that is new there and wrong belongs into `judged/wrong.tsv`.
"""

from __future__ import annotations

import pytest

from benchmarks.checking import NOTICES, Score, defects, scores


@pytest.fixture(scope="module")
def measured() -> list[Score]:
    if not NOTICES.is_dir():
        pytest.skip("the real notices are not at hand (../shared/notices)")
    return scores()


def test_three_fifths_of_the_visible_defects_are_found(measured: list[Score]) -> None:
    visible = sum(len(one.visible) for one in measured)
    missed = [f"{one.notice}-{lost.id}" for one in measured for lost in one.missed]
    assert 1 - len(missed) / visible >= 0.65, missed


def test_of_what_is_reported_nineteen_in_twenty_are_right(measured: list[Score]) -> None:
    reported = sum(len(one.reported) for one in measured)
    wrong = [str(finding) for one in measured for finding in one.wrong]
    assert 1 - len(wrong) / reported >= 0.95, wrong


def test_no_more_is_reported_than_was_judged(measured: list[Score]) -> None:
    """A check that suddenly reports twice as much has not been judged by anybody."""
    assert sum(len(one.reported) for one in measured) <= 150


def test_each_defect_is_told_once() -> None:
    ids = [(one.notice, one.id) for one in defects()]
    assert len(ids) == len(set(ids)) > 300
