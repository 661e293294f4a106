"""A look at the pages, and changes of the declaration, for tests of published notices."""

from __future__ import annotations

import contextlib
import io
import json
import os
from typing import Any

from starlette.testclient import TestClient

from tests.promises.scenario import Scenario, at
from zusage.cli.main import run
from zusage.server.app import create_app
from zusage.workspace import open_workspace


def page(scenario: Scenario, now: str, path: str) -> tuple[int, str]:
    """Status and text of a public page at an instant, asked for without cookies and login."""
    before = os.environ.get("ZUSAGE_NOW")
    os.environ["ZUSAGE_NOW"] = at(now).isoformat()
    try:
        with TestClient(
            create_app(open_workspace(scenario.folder)), headers={"accept-language": "de"}
        ) as client:
            answer = client.get(path)
            return answer.status_code, answer.text
    finally:
        if before is None:
            del os.environ["ZUSAGE_NOW"]
        else:
            os.environ["ZUSAGE_NOW"] = before


def edit(scenario: Scenario, old: str, new: str) -> None:
    """Change the declaration as its author would."""
    path = scenario.folder / "declaration.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def publish(scenario: Scenario, now: str) -> tuple[int, list[str]]:
    """Publish; the exit code and the codes of what stands against it."""
    said = scenario.zusage(now, "publish", "--by", "Dora Datenschutz", "--json")
    found = said.json
    return said.code, [one["code"] for one in found] if isinstance(found, list) else []


def checked(path: str, as_of: str) -> list[dict[str, Any]]:
    """The findings of `zusage check PATH` by the law of a day."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        run(["check", path, "--as-of", as_of, "--json"])
    found: list[dict[str, Any]] = json.loads(out.getvalue())
    return found
