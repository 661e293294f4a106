"""What a notice owes under which conditions."""

from __future__ import annotations

import pytest

from zusage.findings import Severity
from zusage.law.facts import LawError
from zusage.law.mandatory import Condition, mandatory_item, mandatory_items, owed


def ids(*conditions: Condition, from_subject: bool = True, from_elsewhere: bool = False) -> set[str]:
    return {item.id for item in owed(conditions, from_subject=from_subject, from_elsewhere=from_elsewhere)}


def test_what_is_always_owed_for_data_from_the_person() -> None:
    always = ids()
    assert {
        "m-13-1-a-controller", "m-13-1-c-purposes", "m-13-1-c-basis", "m-13-2-a-retention", "m-13-2-b-access",
        "m-13-2-b-rectification",
        "m-13-2-b-erasure", "m-13-2-b-restriction", "m-13-2-b-portability", "m-13-2-d-complaint",
    } <= always  # fmt: skip
    assert not any(item.startswith("m-14") for item in always)
    assert "m-13-1-f-transfer" not in always
    assert "m-13-2-f-automated" not in always


@pytest.mark.parametrize(
    ("condition", "added"),
    [
        ("officer", {"m-13-1-b-dpo"}),
        ("legitimate-interest", {"m-13-1-d-interest"}),
        ("objectable", {"m-13-2-b-objection", "m-21-4-separate"}),
        ("recipients", {"m-13-1-e-recipients"}),
        ("transfer", {"m-13-1-f-transfer", "m-13-1-f-safeguard"}),
        ("transfer-by-safeguard", {"m-13-1-f-copy"}),
        ("consent", {"m-13-2-c-withdrawal", "m-7-3"}),
        ("asked-for-data", {"m-13-2-e-must"}),
        ("automated-decisions", {"m-13-2-f-automated"}),
        ("joint-controllers", {"m-26-2"}),
        ("device-access", {"m-tdddg-25-info", "m-tdddg-25-basis"}),
        ("representative-needed", {"m-13-1-a-representative"}),
    ],
)
def test_a_condition_adds_what_it_demands(condition: Condition, added: set[str]) -> None:
    assert ids(condition) - ids() == added


def test_two_conditions_together() -> None:
    assert "m-8-child" not in ids("children")
    assert "m-8-child" in ids("children", "consent")


def test_data_from_elsewhere() -> None:
    elsewhere = ids("asked-for-data", from_subject=False, from_elsewhere=True)
    assert {"m-14-1-d-categories", "m-14-2-f-source"} <= elsewhere
    assert not any(
        item.startswith("m-13-2") for item in elsewhere
    )  # Art. 14 knows no duty to say what must be given
    assert "m-14-1-d-categories" not in ids()
    both = ids(from_elsewhere=True)
    assert {"m-13-2-a-retention", "m-14-2-a"} <= both


def test_letters_of_the_two_articles_differ() -> None:
    assert str(mandatory_item("m-13-1-d-interest").citation) == "gdpr:13(1)(d)"
    assert str(mandatory_item("m-14-2-b").citation) == "gdpr:14(2)(b)"


def test_unknown_words_are_refused() -> None:
    with pytest.raises(LawError, match="rain"):
        owed(["rain"])  # type: ignore[list-item]
    with pytest.raises(LawError):
        mandatory_item("m-13-1-z")


def test_items_of_the_regulation_are_errors_when_missing() -> None:
    soft = {
        item.id
        for item in mandatory_items().values()
        if item.severity is not Severity.ERROR and item.id.startswith(("m-13", "m-14"))
    }
    assert soft == {"m-13-1-f-copy", "m-13-3-new-purpose"}
