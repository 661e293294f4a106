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


def refused(scenario: Scenario, now: str) -> list[dict[str, Any]]:
    """Publishing is refused and nothing is published; the findings."""
    said = scenario.zusage(now, "publish", "--by", "Dora Datenschutz", "--no-stores", "--json")
    assert said.code == 1, said.out + said.err
    assert scenario.zusage(now, "publish", "--versions", "--json").json == []
    found: list[dict[str, Any]] = said.json
    return found


def said_in(found: list[dict[str, Any]], code: str, *names: str) -> bool:
    """Whether a finding of this code names all of these."""
    return any(
        one["code"] == code and all(name in json.dumps(one, ensure_ascii=False) for name in names)
        for one in found
    )


def word(scenario: Scenario, anchor: str, text: str, language: str = "de") -> None:
    """Put a text of the controller's own in the place of a section."""
    scenario.file(f"wording/{language}/{anchor}.md", text)


def section(scenario: Scenario, now: str, anchor: str, language: str = "de") -> list[dict[str, Any]]:
    """The blocks of a section of the notice, as data, without its heading."""
    made = scenario.zusage(now, "write", "notice", "--json", "--language", language).json
    blocks, inside = [], False
    for block in made["blocks"]:
        if block["block"] == "heading" and block["level"] == 2:
            inside = block["anchor"] == anchor
        elif inside:
            blocks.append(block)
    return blocks
