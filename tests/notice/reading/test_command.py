"""`zusage read` on files and standard input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from zusage.cli.main import run
from zusage.cli.read import read
from zusage.declaration.loading import load

CORPUS = Path(__file__).parent / "corpus"
NOTICE = "Logs\n\nWir speichern die IP-Adresse. Die Protokolle werden nach sieben Tagen gelöscht.\n"


def test_facts_have_exactly_the_gold_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "notice.txt"
    path.write_text(NOTICE, encoding="utf-8")
    assert run(["read", str(path), "--facts"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert all(list(fact) == ["type", "value", "quote", "line", "section"] for fact in facts)
    assert {
        "type": "data_category",
        "value": "IP-Adresse",
        "quote": "IP-Adresse",
        "line": 3,
        "section": "Logs",
    } in facts


def test_standard_input() -> None:
    result = CliRunner().invoke(read, ["-", "--facts"], input=NOTICE.encode(), standalone_mode=False)
    assert any(fact["type"] == "retention" for fact in json.loads(result.stdout))


def test_a_table_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "notice.txt"
    path.write_text(NOTICE, encoding="utf-8")
    assert run(["read", str(path)]) == 0
    assert "IP-Adresse" in capsys.readouterr().out


def test_draft_into_a_file(tmp_path: Path) -> None:
    target = tmp_path / "new" / "declaration.yaml"
    assert run(["read", str(CORPUS / "held_out" / "schweiz.txt"), "--draft", "-o", str(target)]) == 0
    assert load(target).controller.name == "Seeblick Physio AG"


def test_scores_as_a_table_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["read", "--eval", str(CORPUS / "held_out")]) == 0
    assert "legal_basis" in capsys.readouterr().out
    assert run(["read", "--eval", str(CORPUS / "held_out"), "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["types"]["right"]["f1"] > 0.9
    assert set(scores["notices"]) >= {"schweiz", "agentur"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "Le responsable du traitement est la société Mouette et nous traitons vos données pour la commande.",
            "German and English",
        ),
        ("", "empty"),
    ],
)
def test_what_cannot_be_read_is_said_with_exit_code_2(
    content: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "notice.txt"
    path.write_text(content, encoding="utf-8")
    assert run(["read", str(path), "--facts"]) == 2
    assert message in capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert run(["read", str(tmp_path / "nothing.txt")]) == 2


def test_a_folder_without_gold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["read", "--eval", str(tmp_path)]) == 2
    assert "gold" in capsys.readouterr().err
