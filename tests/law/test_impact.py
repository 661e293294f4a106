"""The threshold check of Art. 35: one case of the law, or two criteria."""

from __future__ import annotations

from typing import get_args

import pytest

from zusage.law.facts import LawError
from zusage.law.impact import Criterion, impact_criteria, threshold


def test_the_model_names_what_the_data_hold() -> None:
    assert set(get_args(Criterion)) == set(impact_criteria())
    assert sum(one.alone for one in impact_criteria().values()) == 4


@pytest.mark.parametrize(
    ("held", "needed"),
    [
        ((), False),
        (("large-scale",), False),
        (("large-scale", "large-scale"), False),
        (("large-scale", "matching"), True),
        (("public-monitoring",), True),
        (("authority-list", "large-scale"), True),
    ],
)
def test_one_case_or_two_criteria(held: tuple[str, ...], needed: bool) -> None:
    assert threshold(held).needed is needed


def test_what_suffices_alone_is_named_with_its_law() -> None:
    assert "Art. 35 Abs. 3 lit. c" in threshold(("public-monitoring",)).why.says("de")


def test_an_unknown_criterion_is_an_error() -> None:
    with pytest.raises(LawError, match="largescale"):
        threshold(("largescale",))
