"""A state database of another version, one without tables, one that cannot be reached, one that fails: said in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.keepers.retention.conftest import HEAD
from zusage.cli.main import run
from zusage.database.engines import create_engine
from zusage.founding import create_workspace

RULE = "      - {id: inactive, from: last-login, keep: P24M, then: erase}\n"


@pytest.fixture
def workspace(tmp_path: Path, state_url: str) -> Path:
    folder = tmp_path / "workspace"
    create_workspace(folder, HEAD + RULE, "stores: {}\n", f"state: {state_url}\n")
    return folder


def said(capsys: pytest.CaptureFixture[str], folder: Path, *command: str) -> tuple[int, str]:
    """Exit code, and what went to standard error."""
    code = run([*command, "-w", str(folder)])
    return code, capsys.readouterr().err


def test_a_state_database_that_does_not_fit_is_said_in_a_sentence(
    workspace: Path, state_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, workspace, "hold", "list") == (0, "")
    engine = create_engine(state_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE hold RENAME COLUMN matter TO kanaria"))
    code, err = said(capsys, workspace, "hold", "list")
    assert code == 3
    assert "a database failed" in err
    assert "matter" not in err, "a database's own words may quote rows"
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'initial_0'"))
    for command in (("hold", "list"), ("status",), ("plan",), ("worker", "--once")):
        code, err = said(capsys, workspace, *command)
        assert (code, "another version of Zusage (initial_0)" in err, "zusage migrate" in err) == (
            2,
            True,
            True,
        )
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    code, err = said(capsys, workspace, "status")
    assert (code, "no tables" in err, "zusage migrate" in err) == (2, True, True)


def test_a_state_database_that_cannot_be_reached(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "workspace.yaml").write_text("state: postgresql://nobody@127.0.0.1:1/x\n", encoding="utf-8")
    code, err = said(capsys, workspace, "status")
    assert (code, "is it up" in err, "nobody" in err) == (3, True, False)
