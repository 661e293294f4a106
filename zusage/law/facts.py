"""How law data are read: YAML files beside this module, without surprises, each loaded once.

Every entry says where it comes from. `Source` is that answer: a title a reader can look up, whether the fact was
confirmed there (`verified`), and the day on which it was last looked at (`as_of`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from zusage.errors import ZusageError
from zusage.text import Text

_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LawError(ZusageError):
    """A question the law data cannot answer: an unknown id, country, Land or time zone."""


class _FactsLoader(_BASE):  # type: ignore[misc]
    """Safe YAML in which `NO` is Norway and `on` is a word: only `true` and `false` are booleans."""


_FactsLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in _BASE.yaml_implicit_resolvers.items()
}
_FactsLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from. `verified` is False for what is general knowledge that nobody looked up yet."""

    title: str
    as_of: date
    verified: bool

    def __str__(self) -> str:
        return f"{self.title} ({self.as_of.isoformat()})"


@cache
def load(name: str) -> Mapping[str, Any]:
    """The data file `name` (without its ending) as it stands. Callers do not change it."""
    content = files("zusage.law").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.load(content, _FactsLoader)  # noqa: S506 - derived from the safe loader
    return loaded


def source_of(entry: Mapping[str, Any], file: str) -> Source:
    """The source of an entry: its own words, else those of its file's `meta`."""
    meta = load(file)["meta"]
    return Source(
        title=str(entry.get("source", meta["source"])),
        as_of=entry.get("as_of", meta["as_of"]),
        verified=entry.get("verified", meta.get("verified", False)) is True,
    )


def said(entry: Mapping[str, Any], key: str) -> Text | None:
    """The text under `key` in both languages, or None."""
    value = entry.get(key)
    return None if value is None else Text(**value) if isinstance(value, Mapping) else Text(value, value)


def said_surely(entry: Mapping[str, Any], key: str) -> Text:
    """The text under `key`, which must be there."""
    text = said(entry, key)
    if text is None:
        raise LawError(f"the law data lack the text '{key}' of {entry.get('id', entry)!r}")
    return text


def known(what: str, name: str, there: Mapping[str, Any]) -> Any:
    """`there[name]`, or a `LawError` that names the nearest known ids."""
    if name in there:
        return there[name]
    near = get_close_matches(name, there, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(sorted(there)[:8])} …"
    raise LawError(f"there is no {what} '{name}'", hint=hint)
