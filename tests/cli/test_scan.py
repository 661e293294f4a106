"""`zusage scan site` and `zusage scan evidence`, by the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.keepers.consent.banner.declared import DECLARED
from tests.keepers.consent.scan.known import known_site
from zusage.cli.main import run


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "declaration.yaml").write_text(DECLARED, encoding="utf-8")
    return tmp_path


@pytest.mark.browser
def test_a_site_is_looked_at(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with known_site() as port:
        url = f"http://known.localhost:{port}/"
        options = ["--state", "before", "--settle", "0.5", "--out", str(workspace / "out"), "--json"]
        assert run(["scan", "site", url, "-w", str(workspace), *options]) == 1
    report = json.loads(capsys.readouterr().out)
    codes = {finding["code"] for finding in report["findings"]}
    assert {"site/undeclared-item", "site/undeclared-host", "site/no-banner", "site/no-way-back"} <= codes
    assert (workspace / "out" / "report.json").is_file()
    assert (workspace / "out" / "before.har").is_file()


@pytest.mark.browser
def test_the_table_speaks_german(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with known_site() as port:
        url = f"http://known.localhost:{port}/unten"
        options = ["--state", "before", "--settle", "0.2", "--language", "de"]
        assert run(["scan", "site", url, "-w", str(workspace), *options]) == 1
    said = capsys.readouterr().out
    assert "before: 1 Seiten" in said
    assert "steht aber nicht in der Erklärung" in said


def test_without_a_browser_it_says_how_to_get_one(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZUSAGE_CHROMIUM", str(workspace / "none"))
    assert run(["scan", "site", "http://127.0.0.1:1/", "-w", str(workspace)]) == 3
    assert "apt-get install chromium" in capsys.readouterr().err


@pytest.mark.browser
def test_a_site_that_does_not_answer(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "site", "http://127.0.0.1:1/", "-w", str(workspace), "--state", "before"]) == 3
    assert "cannot be opened" in capsys.readouterr().err


def test_an_inspection_is_compared(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inspection = workspace / "inspection.json"
    inspection.write_text(
        json.dumps({"uri_ins": "https://shop.example/", "cookies": [{"name": "_aw", "session": True}]})
    )
    assert run(["scan", "evidence", str(inspection), "-w", str(workspace), "--json"]) == 1
    assert "site/without-consent" in capsys.readouterr().out
