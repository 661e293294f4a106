"""No browser is a clear word and exit code 3."""

from __future__ import annotations

from pathlib import Path

import pytest

from zusage.keepers.consent.scan.launching import MissingBrowser, find_browser


def test_a_missing_browser_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("ZUSAGE_CHROMIUM", raising=False)
    with pytest.raises(MissingBrowser, match="apt-get install chromium") as missing:
        find_browser()
    assert missing.value.exit_code == 3


def test_a_named_browser_must_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZUSAGE_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(MissingBrowser, match="none"):
        find_browser()
    (tmp_path / "some").write_text("")
    assert find_browser(tmp_path / "some") == tmp_path / "some"
