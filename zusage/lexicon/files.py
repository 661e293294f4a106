"""How the lexicon's files are read: YAML in which every scalar is text, so that `NO` is Norway and `on` is a word."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@cache
def load(name: str) -> Any:
    """The file `name` (without its ending) as lists, dictionaries and texts. Callers do not change it."""
    content = files("zusage.lexicon").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(content, _LOADER)  # noqa: S506 - the base loader makes nothing but texts, lists and dictionaries
