"""Every data file: ids once, sources and days, citations that exist, both languages; and what the room may import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import zusage.law
from zusage.law import adequacy, authorities, consent_rules, deadlines, facts, mandatory, outdated, retention
from zusage.law.citations import Citation, exists
from zusage.law.facts import LawError, known, load
from zusage.law.laws import laws
from zusage.text import Text

ROOM = Path(zusage.law.__file__).parent
FILES = sorted(path.stem for path in (ROOM / "data").glob("*.yaml"))
ENTRIES: list[Any] = [
    *adequacy.decisions().values(),
    *authorities.authorities().values(),
    *consent_rules.consent_rules().values(),
    *deadlines.all_limits().values(),
    *mandatory.mandatory_items().values(),
    *outdated.all_outdated().values(),
    *retention.all_statutory().values(),
]


@pytest.mark.parametrize("name", FILES)
def test_every_file_says_where_it_comes_from_and_when(name: str) -> None:
    meta = load(name)["meta"]
    assert isinstance(meta["as_of"], date)
    assert isinstance(meta["verified"], bool)
    assert meta["source"]


@pytest.mark.parametrize("name", FILES)
def test_ids_are_given_once(name: str) -> None:
    for key, entries in load(name).items():
        if key != "holidays" and isinstance(entries, list) and isinstance(entries[0], dict):
            ids = [entry["id"] for entry in entries]
            assert len(ids) == len(set(ids)), key


@pytest.mark.parametrize("name", FILES)
def test_keys_are_given_once(name: str) -> None:
    node = yaml.compose((ROOM / "data" / f"{name}.yaml").read_text(encoding="utf-8"), yaml.SafeLoader)
    for mapping in _mappings(node):
        keys = [key.value for key, _ in mapping.value if key.value != "<<"]
        assert len(keys) == len(set(keys)), mapping.start_mark


def _mappings(node: Any) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _mappings(value)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_entry_has_source_day_and_both_languages(entry: Any) -> None:
    assert entry.source.title
    assert date(2026, 1, 1) <= entry.source.as_of <= date(2026, 12, 31)
    for field in fields(entry):
        value = getattr(entry, field.name)
        if isinstance(value, Text):
            assert value.has("de"), field.name
            assert value.has("en"), field.name


def cited() -> Iterator[Citation]:
    for entry in ENTRIES:
        for field in fields(entry):
            value = getattr(entry, field.name)
            for item in value if isinstance(value, tuple) else (value,):
                if isinstance(item, Citation) and not isinstance(entry, outdated.Outdated):
                    yield item


@pytest.mark.parametrize("citation", sorted(set(cited()), key=str), ids=str)
def test_every_law_cited_has_that_place(citation: Citation) -> None:
    answer = exists(citation)
    assert answer, answer.reason


def test_norway_and_other_words_stay_words() -> None:
    assert "NO" in load("adequacy")["eea"]["efta"]
    assert all(isinstance(code, str) for row in load("countries")["countries"] for code in row[:2])


def test_an_unknown_name_brings_the_nearest() -> None:
    with pytest.raises(LawError, match="no thing 'aple'") as refused:
        known("thing", "aple", {"apple": 1, "pear": 2})
    assert refused.value.hint == "did you mean apple?"


def test_laws_are_whole() -> None:
    for law in laws().values():
        assert law.unit in ("art", "sec")
        assert law.successor is None or law.successor in laws()
    gdpr = laws()["gdpr"]
    assert list(gdpr.parts) == [str(number) for number in range(1, 100)]


def test_the_ground_floor_imports_nothing_from_above() -> None:
    allowed = ("zusage.law", "zusage.errors", "zusage.text", "zusage.findings")
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("zusage"):
                assert node.module.startswith(allowed), f"{path.name}: {node.module}"


def test_data_are_loaded_once() -> None:
    assert facts.load("holidays") is facts.load("holidays")
