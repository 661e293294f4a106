"""A declaration loads whole, or says where and why not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.declaration.conftest import SMALL
from zusage.declaration import Declaration
from zusage.declaration.loading import load, validate
from zusage.declaration.strict_yaml import BadInput, parse
from zusage.law.duration import Duration


def _load(text: str) -> Declaration:
    return validate(parse(text, "declaration.yaml"), Declaration)


def _refusal(text: str) -> BadInput:
    with pytest.raises(BadInput) as refused:
        _load(text)
    return refused.value


def test_a_whole_declaration_loads(small: str, tmp_path: Path) -> None:
    (tmp_path / "declaration.yaml").write_text(small, encoding="utf-8")
    declaration = load(tmp_path)
    applications = declaration.activities["applications"]
    assert declaration.recipients["host"].country == "NO"
    assert declaration.controller.address is not None
    assert declaration.controller.address.postcode == "80331"
    assert applications.retention[0].steps[0].keep.duration == Duration.parse("P6M")
    assert [step.then for step in applications.retention[1].steps] == ["notify", "erase"]
    assert applications.data[1].special == "health"


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "said"),
    [
        ("keep: P6M", "keep: P6.5M", 30, "activities.applications.retention[0]", "P6.5M"),
        ("keep: P6M", "kepe: P6M", 30, "activities.applications.retention[0].kepe", "did you mean 'keep'?"),
        ("country: NO", "country: Norwegen", 12, "recipients.host.country", "two capital letters"),
        ("to: host", "to: hots", 26, "activities.applications.recipients[0].to", "did you mean 'host'?"),
        ("special: health", "special: helth", 25, "activities.applications.data[1].special", "did you mean 'health'?"),
        ('"gdpr:6(1)(b)"', '"gdpr:6(1)(zz"', 21, "legal_bases[0].citation", "citation"),
        ("as_of: 2026-01-15", "as_of: 15.01.2026", 3, "as_of", "a date such as 2026-03-01"),
        ("accepted: false", "accepted: NO", 57, "rights.channels[1].accepted", "true or false"),
        ("no_consent: talent-pool", "no_consent: talent-poll", 33, "when.no_consent", "did you mean 'talent-pool'?"),
        ("necessary: true", "necessary: false", 48, "browser.items.session", "waits for"),
        ("  name: Beispielwerk GmbH\n", "", 4, "controller.name", "missing"),
        ("id: pool\n", "id: six-months\n", 34, "activities.applications.retention[1].id", "given twice"),
    ],
)  # fmt: skip
def test_an_error_names_line_key_and_way_out(
    small: str, old: str, new: str, line: int, key: str, said: str
) -> None:
    assert old in small
    refused = _refusal(small.replace(old, new, 1))
    assert said in str(refused)
    assert line in [problem.mark.line for problem in refused.problems if key in problem.key]


def test_every_problem_is_named_at_once(small: str) -> None:
    broken = (
        small.replace("P14D", "14 days")
        .replace("country: NO", "country: Norway")
        .replace("land: BY", "land: XX")
    )
    assert len(_refusal(broken).problems) >= 3


@given(st.randoms(use_true_random=False))
def test_damaged_declarations_give_errors_never_tracebacks(chance: random.Random) -> None:
    text = list(SMALL)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(text))
        if chance.random() < 0.5:
            del text[at]
        else:
            text.insert(at, chance.choice("{}[]:,#&*!|>'\"%@`-\t\n \u00e4\u2028a1"))
    try:
        _load("".join(text))
    except BadInput as refused:
        assert refused.problems
