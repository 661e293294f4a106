"""The whole suite runs under a guard: nothing may connect to, or ask a name server about, anything but this machine.

Zusage calls out by itself nowhere (DESIGN, rule 10). The guard is an audit hook of the interpreter, which no library
can go round in Python; child processes get it through `PYTHONPATH`. A forbidden call raises, and – because some library
might swallow that – is also remembered and fails the test that caused it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_FOLDER = str(Path(__file__).parent / "guard")
if not hasattr(sys.modules.get("sitecustomize"), "OutsideConnection"):
    # this process was started without the guard: it stands from here on
    sys.modules.pop("sitecustomize", None)
    sys.path.insert(0, _FOLDER)

import sitecustomize  # noqa: E402

guard = sitecustomize
OutsideConnection = sitecustomize.OutsideConnection


def pytest_configure() -> None:
    """Every Python process that a test starts is guarded, too."""
    paths = os.environ.get("PYTHONPATH", "")
    if _FOLDER not in paths.split(os.pathsep):
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [_FOLDER, paths]))


@pytest.fixture(autouse=True)
def nothing_calls_out() -> Iterator[None]:
    """Fails a test during which something tried to leave this machine, even if the attempt was swallowed."""
    guard.outside.clear()
    yield
    tried = list(guard.outside)
    guard.outside.clear()
    assert not tried, f"tried to reach another machine: {tried}"
