"""What a test needs from the machine: in CI it must be there, elsewhere its absence is a skip with its reason."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: What is generated for tests and by them; never committed.
BUILD = ROOT / "build"


def required() -> bool:
    """Whether a missing server, browser or file is a failure rather than a skip."""
    return bool(os.environ.get("CI")) or os.environ.get("ZUSAGE_REQUIRE_SERVERS") == "1"


def missing(reason: str) -> NoReturn:
    """Ends the test: it fails where everything must be there, and is skipped with `reason` elsewhere."""
    if required():
        pytest.fail(f"{reason} (and CI or ZUSAGE_REQUIRE_SERVERS=1 says it must be there)", pytrace=False)
    pytest.skip(reason)


def program(name: str, *folders: str, package: str) -> Path:
    """The path of a program, looked for in `folders` (patterns such as `/usr/lib/postgresql/*/bin`) and the PATH."""
    for pattern in folders:
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True):
            if (folder / name).is_file():
                return folder / name
    found = shutil.which(name)
    if found is None:
        missing(f"{name} is not installed; on Debian: apt-get install {package}")
    return Path(found)


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
