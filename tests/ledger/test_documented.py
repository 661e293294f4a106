"""docs/ledger.md is a contract: the verification by hand that it prints works, and finds what it should."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ledger.conftest import Book
from tests.support.needs import ROOT
from zusage.keys import Purpose
from zusage.ledger import Damage, export

_PAGE = ROOT / "docs" / "ledger.md"


@pytest.fixture
def by_hand(tmp_path: Path) -> Path:
    (block,) = re.findall(r"```python\n(.*?)```", _PAGE.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "by_hand.py"
    path.write_text(block, encoding="utf-8")
    return path


def _run(script: Path, ledger: Path, key: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, script, ledger, key], capture_output=True, text=True, check=False)


def test_by_hand(sqlite_book: Book, by_hand: Path, tmp_path: Path) -> None:
    sqlite_book.fill(3, 5, 1)
    path = tmp_path / "ledger.txt"
    export(sqlite_book.engine, path)
    key = sqlite_book.keys.folder / "public" / f"{sqlite_book.keys.signing_key_id}.pub"
    assert _run(by_hand, path, key).stdout == "9 entries are genuine\n"
    path.write_bytes(path.read_bytes().replace(b'"count":1', b'"count":2', 1))
    tampered = _run(by_hand, path, key)
    assert tampered.returncode != 0
    assert "wrong before entry 3" in tampered.stderr


def test_every_kind_of_damage_and_every_purpose_is_explained() -> None:
    said = _PAGE.read_text(encoding="utf-8")
    assert [each.value for each in Damage if each.value not in said] == []
    assert [
        each.value for each in Purpose if f"`{each.value}" not in said and f"/{each.value}" not in said
    ] == []
