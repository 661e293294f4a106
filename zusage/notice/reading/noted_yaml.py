"""YAML with a comment behind every value: what a draft is written in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./:()-]*(?<![:.])|\d{4}-\d\d-\d\d")
_WORDS = frozenset("true false yes no on off null none y n".split())
_LONGEST = 110


@dataclass(frozen=True, slots=True)
class Noted:
    """A scalar with the note that stands behind it."""

    value: Any
    note: str


def written(tree: Mapping[str, Any], head: Sequence[str] = ()) -> str:
    """The YAML text of a tree of mappings, sequences, scalars and `Noted` scalars; `head` are comment lines on top."""
    lines = [f"# {line}".rstrip() for line in head]
    lines += _mapping(tree, "")
    return "\n".join(lines) + "\n"


def _mapping(tree: Mapping[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for key, value in tree.items():
        lines += _entry(f"{indent}{key}:", value, indent)
    return lines


def _entry(start: str, value: Any, indent: str) -> list[str]:
    if isinstance(value, Noted):
        return [f"{start} {scalar(value.value)}  # {_comment(value.note)}"]
    if isinstance(value, Mapping):
        if not value:
            return [f"{start} {{}}"]
        if set(value) <= {"de", "en"} and not any(isinstance(part, Noted) for part in value.values()):
            return [f"{start} {{{', '.join(f'{key}: {scalar(part)}' for key, part in value.items())}}}"]
        return [start, *_mapping(value, indent + "  ")]
    if isinstance(value, Sequence) and not isinstance(value, str):
        if not value:
            return [f"{start} []"]
        return [start, *(line for item in value for line in _item(item, indent + "  "))]
    return [f"{start} {scalar(value)}"]


def _item(item: Any, indent: str) -> list[str]:
    if isinstance(item, Mapping):
        lines = _mapping(item, indent + "  ")
        return [f"{indent}- {lines[0].lstrip()}", *lines[1:]]
    return [_entry(f"{indent}-", item, indent)[0]]


def scalar(value: Any) -> str:
    """A scalar that YAML reads back as the same text, number or truth."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {scalar(part)}" for key, part in value.items()) + "}"
    text = str(value)
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def _comment(note: str) -> str:
    squeezed = " ".join(note.split())
    return squeezed if len(squeezed) <= _LONGEST else squeezed[: _LONGEST - 1] + "…"
