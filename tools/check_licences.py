"""Licences of everything Zusage needs at run time, core and extras, read from the installed packages' metadata."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution, requires
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
_CLASSIFIER = "License :: "


def needed(package: str = "zusage") -> dict[str, Distribution | None]:
    """The packages that `package` with all its extras leads to, by name; `None` for one that is not installed."""
    found: dict[str, Distribution | None] = {}
    waiting = [Requirement(line) for line in requires(package) or ()]
    # our own extras count, those of others only where they are asked for
    queue = [(each, _extras_of(each)) for each in waiting]
    while queue:
        requirement, extras = queue.pop()
        name = canonicalize_name(requirement.name)
        if not _applies(requirement, extras) or name in found:
            continue
        try:
            found[name] = distribution(requirement.name)
        except PackageNotFoundError:
            found[name] = None
            continue
        inner = [Requirement(line) for line in requires(requirement.name) or ()]
        queue += [(each, set(requirement.extras) | {""}) for each in inner]
    return found


def _extras_of(requirement: Requirement) -> set[str]:
    named = re.findall(r"""extra\s*==\s*['"]([^'"]+)""", str(requirement.marker or ""))
    return {"", *named}


def _applies(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras)


def licence(package: Distribution) -> str:
    """What the metadata say: the expression, or the classifiers, or the free field; empty if nothing."""
    metadata = package.metadata
    if "License-Expression" in metadata:
        return str(metadata["License-Expression"])
    named = [str(each) for each in metadata.get_all("Classifier") or () if str(each).startswith(_CLASSIFIER)]
    if named:
        return "; ".join(each.rpartition(" :: ")[2] for each in named)
    free = str(metadata["License"]).strip() if "License" in metadata else ""
    return free.splitlines()[0][:100] if free else ""


def problems(rules: Mapping[str, Any] | None = None) -> Iterator[str]:
    """Packages with a refused licence, or with none, that nobody accepted by name and reason."""
    if rules is None:
        rules = tomllib.loads((ROOT / "budgets.toml").read_text(encoding="utf-8"))["licences"]
    for name, package in sorted(needed().items()):
        if name in rules["accepted"]:
            continue
        if package is None:
            yield f"{name} is needed but not installed, so its licence cannot be read"
            continue
        said = licence(package)
        if not said or said.upper() == "UNKNOWN":
            yield f"{name}: its metadata name no licence"
        for refused in rules["refused"]:
            if re.search(rf"\b{re.escape(refused)}", said, re.IGNORECASE):
                yield f"{name}: {said!r} is refused ({refused})"
                break
