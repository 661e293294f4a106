"""Canonical bytes: one form for one meaning."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.ledger import NotCanonical, canonical
from zusage.ledger.canonical import LARGEST

_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | _text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_text, inner, max_size=4),
    max_leaves=12,
)


def _nfc(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_nfc(inner) for inner in value]
    if isinstance(value, dict):
        return {_nfc(key): _nfc(inner) for key, inner in value.items()}
    return value


@given(_values)
def test_it_says_the_same_and_only_once(value: Any) -> None:
    try:
        content = canonical(value)
    except NotCanonical:
        assert len(json.dumps(_nfc(value))) != len(json.dumps(value))  # keys that NFC makes equal
        return
    back = json.loads(content)
    assert back == _nfc(value)
    assert canonical(back) == content


def test_the_form() -> None:
    value = {"b": [1, True, None], "a": "Zwölf", "é": {"z": "", "A": -3}}
    assert canonical(value).decode() == '{"a":"Zwölf","b":[1,true,null],"é":{"A":-3,"z":""}}'


def test_composed_and_decomposed_are_one() -> None:
    assert canonical("Zwo\u0308lf") == canonical("Zw\u00f6lf")


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        datetime(2026, 1, 1, tzinfo=UTC),
        b"x",
        {1: 2},
        LARGEST + 1,
        "\ud800",
        {"e\u0301": 1, "\u00e9": 2},
        {1, 2},
    ],
    ids=str,
)  # fmt: skip
def test_what_has_no_form_is_refused_by_place_and_never_quoted(value: Any) -> None:
    with pytest.raises(NotCanonical) as caught:
        canonical({"facts": [value]})
    assert "$.facts[0]" in str(caught.value)
