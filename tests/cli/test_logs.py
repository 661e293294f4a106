"""`zusage logs` from the first line to the last: taken in, counted, opened by two, expired."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from zusage.cli.main import run
from zusage.founding import create_workspace
from zusage.keepers.logs.tables import log_segment
from zusage.workspace import open_workspace

DECLARATION = """
zusage: 1
as_of: 2026-01-01
controller: {name: Beispiel Werbenetz GmbH, email: privacy@werbenetz.example}
activities:
  server-logs:
    title: {de: Zugriffsprotokolle, en: Access logs}
    purposes:
      - {id: statistics, text: {de: Statistik, en: Statistics}}
      - {id: misuse, text: {de: Missbrauchsprüfung, en: Prevention of misuse}}
    subjects: [{de: Besucher, en: visitors}]
    data: [{id: lines, text: {de: Zugriffszeilen, en: access lines}}]
    retention:
      - {id: lines, from: {event: recorded, start: end_of_month}, keep: P3M, then: erase}
    logs:
      parameters: [banner]
      dimensions: [path, "parameter:banner"]
      opened_by: [management, dpo]
      suppress_below: 5
      uses: {statistics: statistics, misuse: opening}
"""
BINDING = """
activities:
  server-logs:
    sources: [{path: raw/access.log, site: werbenetz.example, customer: own}]
    vault: vault
    key_store: keystore
"""
Cli = Callable[..., tuple[int, str]]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Runs `zusage logs …` in a fresh workspace at a given instant; gives exit code and standard output."""
    folder = tmp_path / "workspace"
    create_workspace(folder, DECLARATION)
    (folder / "logs.yaml").write_text(BINDING)
    (folder / "raw").mkdir()
    monkeypatch.setenv("ZUSAGE_WORKSPACE", str(folder))

    def call(*arguments: str, now: str = "2026-05-02T12:30:00+00:00") -> tuple[int, str]:
        monkeypatch.setenv("ZUSAGE_NOW", now)
        capfd.readouterr()
        code = run(arguments)
        return code, capfd.readouterr().out

    return call


@pytest.fixture
def people(cli: Cli, tmp_path: Path) -> dict[str, Path]:
    """Key files of a management, a data protection officer, an opener."""
    files = {}
    for role in ("management", "dpo", "opener"):
        files[role] = tmp_path / f"{role}.key"
        code, public = cli("logs", "keys", "new", str(files[role]))
        assert code == 0
        if role != "opener":
            assert (
                cli(
                    "logs",
                    "keys",
                    "add",
                    "--role",
                    role,
                    "--person",
                    f"P. {role}",
                    "--public",
                    public.strip(),
                )[0]
                == 0
            )
    return files


def _write(tmp_path: Path, count: int = 40) -> None:
    lines = [
        f"198.51.{n}.23 - - [02/May/2026:10:00:{n:02} +0000]"
        f' "GET /d?banner=W-{7 + n % 2}&mail=p{n}@example.org HTTP/1.1" 200 512 "-" "Testbrowser/1.0"\n'
        for n in range(count)
    ]
    (tmp_path / "workspace/raw/access.log").write_text("".join(lines))


def test_from_the_first_line_to_the_last(cli: Cli, people: dict[str, Path], tmp_path: Path) -> None:
    _write(tmp_path)
    code, out = cli("logs", "ingest", "--json")
    assert (code, json.loads(out)["counted"]) == (0, 40)
    code, out = cli("logs", "stats", "--purpose", "statistics", "--json")
    assert {tuple(each["values"]): each["count"] for each in json.loads(out)["cells"]} == {
        ("/d", "W-7"): 20, ("/d", "W-8"): 20,
    }  # fmt: skip
    scope = ["--from", "2026-05-02", "--to", "2026-05-03", "--parameter", "banner=W-7"]
    assert cli("logs", "case", "open", "M-3", "--suspicion", "Klickbetrug auf W-7 am 2. Mai", "--hold-until", "2026-09-01",
               "--by", "Ida Amtmann", *scope)[0] == 0  # fmt: skip
    public = people["opener"].read_text().split("public key: ")[1].split("\n")[0]
    request = [*"logs open request --case M-3 --json --by".split(), "Ida Amtmann", "--opener", public]
    code, out = cli(*request, "--reason", "120 Klicks je Minute aus einem Netz", *scope)
    opening = json.loads(out)["id"]
    (tmp_path / "bundle.json").write_text(cli("logs", "open", "bundle", opening)[1])
    for number, role in enumerate(("management", "dpo")):
        assert cli("logs", "open", "run", opening, "--identity", str(people["opener"]))[0] == 1
        bundle = [
            "--bundle",
            str(tmp_path / "bundle.json"),
            "--role",
            role,
            "--yes",
            "--identity",
            str(people[role]),
        ]
        (tmp_path / "approval.json").write_text(cli("logs", "open", "approve", *bundle)[1])
        assert cli("logs", "open", "accept", str(tmp_path / "approval.json"))[0] == 0
        assert len(json.loads(cli("logs", "open", "list", "--json")[1])[0]["approved"]) == number + 1
    code, out = cli("logs", "open", "run", opening, "--identity", str(people["opener"]), "--json")
    assert (code, json.loads(out)["lines"]) == (0, 20)
    shown = cli("logs", "open", "show", opening, "--by", "Ida Amtmann")[1]
    assert shown.count("\n") == 20
    assert "W-8" not in shown
    assert cli("logs", "open", "run", opening, "--identity", str(people["opener"]))[0] == 1
    # held while the case is open, gone when it is closed and due
    assert cli("logs", "expire", now="2026-08-31T20:00:00+00:00")[0] == 0
    assert _segments(tmp_path) == 1
    assert cli("logs", "case", "close", "M-3", "--by", "Ida Amtmann", now="2026-08-31T21:00:00+00:00")[0] == 0
    code, out = cli("logs", "expire", "--json", now="2026-08-31T21:30:00+00:00")
    assert json.loads(out)[0]["result"] == "done"
    assert _segments(tmp_path) == 0
    assert not list((tmp_path / "workspace/keystore").glob("*.shares"))
    assert (
        cli("logs", "open", "show", opening, "--by", "Ida Amtmann", now="2026-08-31T22:00:00+00:00")[0] == 1
    )


def _segments(tmp_path: Path) -> int:
    with open_workspace(tmp_path / "workspace").state.connect() as connection:
        return len(
            connection.execute(select(log_segment.c.id).where(log_segment.c.erased_at.is_(None))).all()
        )


def test_status_shows_the_promises_of_the_logs(cli: Cli, people: dict[str, Path], tmp_path: Path) -> None:
    _write(tmp_path)
    assert cli("logs", "ingest")[0] == 0
    states = {
        each["id"]: each
        for each in json.loads(cli("status", "--json")[1])["promises"]
        if each["id"].startswith("logs/")
    }
    assert {each["state"] for each in states.values()} == {"kept"}
    assert set(states) == {
        f"logs/server-logs/{what}"
        for what in ("fields", "statistics", "sealed", "opened", "purposes", "expire/lines")
    }
    overdue = json.loads(cli("status", "--json", now="2026-09-02T00:00:00+00:00")[1])["promises"]
    assert {each["id"]: each["state"] for each in overdue}["logs/server-logs/expire/lines"] == "broken"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["stats", "--purpose", "staff-performance"], 1),
        (["stats", "--purpose", "statistics", "--statistic", "nothing"], 2),
        (["read", "--purpose", "misuse", "--from", "2026-05-01", "--to", "2026-05-03"], 1),
        (["ingest", "--activity", "nothing"], 2),
        (["open", "run", "nothing", "--identity", "{key}"], 1),
        (["expire", "--from", "2026-05-01"], 2),
        (["read", "--purpose", "misuse", "--from", "yesterday", "--to", "2026-05-03"], 2),
    ],
)
def test_refusals_say_so_by_exit_code(
    cli: Cli, people: dict[str, Path], arguments: list[str], code: int
) -> None:
    filled = [each.replace("{key}", str(people["dpo"])) for each in arguments]
    assert cli("logs", *filled)[0] == code


def test_check_names_the_first_line_with_an_undeclared_field(cli: Cli, tmp_path: Path) -> None:
    _write(tmp_path, 3)
    log = tmp_path / "workspace/raw/access.log"
    assert cli("logs", "check", str(log))[0] == 0
    with log.open("a") as file:
        file.write(log.read_text().splitlines()[0] + ' "device-42"\nnonsense\n')
    code, out = cli("logs", "check", str(log), "--json")
    assert code == 1
    assert json.loads(out) == {
        "lines": 5, "declared_form": 3, "undeclared_fields": 1, "malformed": 1,
        "first": {"undeclared_fields": 4, "malformed": 5},
    }  # fmt: skip


def test_the_filter_reads_and_writes_files(cli: Cli, tmp_path: Path) -> None:
    _write(tmp_path, 5)
    source, target = str(tmp_path / "workspace/raw/access.log"), tmp_path / "cut.log"
    for more in ([], ["--processes", "2"]):
        assert cli("logs", "anonymise", *more, source, str(target))[0] == 0
        content: Any = target.read_text()
        assert [each.split(" ")[0] for each in content.splitlines()] == [f"198.51.{n}.0" for n in range(5)]
    assert cli("logs", "anonymise", "--v4", "32", source, str(target))[0] == 2
