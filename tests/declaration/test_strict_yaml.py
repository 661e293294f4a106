"""YAML without surprises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.declaration.strict_yaml import BadInput, Mark, parse


def test_plain_words_stay_words() -> None:
    document = parse("country: NO\nversion: 1.10\nday: 2026-03-01\ntime: 12:30\noctal: 0123\nyes: on\n")
    assert document.data == {
        "country": "NO", "version": "1.10", "day": "2026-03-01", "time": "12:30", "octal": "0123", "yes": "on",
    }  # fmt: skip


def test_only_true_false_null_and_whole_numbers_are_more_than_text() -> None:
    assert parse("a: true\nb: false\nc: null\nd: 42\ne: '42'\nf: -7\n").data == {
        "a": True, "b": False, "c": None, "d": 42, "e": "42", "f": -7,
    }  # fmt: skip


def test_every_value_knows_its_place() -> None:
    document = parse("activities:\n  logs:\n    keep: P7D\n")
    assert document.marks["activities", "logs", "keep"] == Mark(3, 11)
    assert document.key_marks["activities", "logs"] == Mark(2, 3)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "given twice, first in line 1"),
        ("a: &x 1\nb: *x\n", 1, "anchors and aliases"),
        ("a: !python/object 1\n", 1, "tag"),
        ("a: 1\nb: c: d\n", 2, "not valid YAML"),
        ("a:\n\t- b\n", 2, "not valid YAML"),
        ("", 1, "empty"),
        ("? [a, b]\n: 1\n", 1, "a key is a plain word"),
        ("a: 1\n---\nb: 2\n", 2, "not valid YAML"),
    ],
)
def test_refusals_name_the_line(text: str, line: int, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(text, "declaration.yaml")
    assert said in str(refused.value)
    assert refused.value.problems[0].mark.line == line
    assert str(refused.value).startswith(f"declaration.yaml:{line}:")


def test_deep_nesting_is_refused_not_crashed_into() -> None:
    with pytest.raises(BadInput):
        parse("[" * 5000)


@given(st.text(max_size=300))
def test_no_text_makes_it_crash(text: str) -> None:
    try:
        parse(text)
    except BadInput as refused:
        assert refused.problems
