"""The checks on the project notice what they are there to notice – and find nothing in this tree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools import check_licences, check_structure, promises_report
from tools.check_structure import Module

_HOUSE: dict[str, Any] = {
    "floors": [["errors"], ["law"], ["stores"], ["keepers"], ["cli"]],
    "lazy": ["duckdb"],
    "lazy_rooms": ["cli"],
}


def _modules(root: Path, files: dict[str, str]) -> list[Module]:
    for name, content in files.items():
        path = root / "zusage" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return check_structure.modules(root)


def test_this_tree_is_built_as_planned() -> None:
    assert check_structure.problems() == []


def test_no_licence_is_refused() -> None:
    assert list(check_licences.problems()) == []


def test_a_licence_is_refused_unless_accepted_by_name() -> None:
    rules = {"refused": ["LGPL"], "accepted": {}}
    assert [line for line in check_licences.problems(rules) if line.startswith("psycopg:")]


def test_an_import_that_goes_up_is_seen(tmp_path: Path) -> None:
    found = _modules(
        tmp_path, {"law/periods.py": "from zusage.stores import open_stores\n", "stores/__init__.py": ""}
    )
    assert [line for line in check_structure.wrong_arrows(found, _HOUSE) if "higher floor" in line]


def test_a_keeper_that_imports_another_is_seen(tmp_path: Path) -> None:
    files = {
        "keepers/context.py": "",
        "keepers/rights/__init__.py": "",
        "keepers/rights/service.py": "from zusage.keepers.context import Context\n",
        "keepers/consent/__init__.py": "",
        "keepers/consent/service.py": "from zusage.keepers.rights.service import open_request\n",
        "keepers/consent/registry.py": "from zusage.keepers.rights import service\n",
    }
    wrong = list(check_structure.wrong_arrows(_modules(tmp_path, files), _HOUSE))
    assert len(wrong) == 2
    assert all("keepers/consent" in line for line in wrong)


def test_a_circle_is_seen_and_what_only_a_type_checker_reads_is_not_one(tmp_path: Path) -> None:
    files = {"law/a.py": "from zusage.law import b\n", "law/b.py": "import zusage.law.a\n"}
    assert list(check_structure.cycles(_modules(tmp_path, files)))
    files["law/b.py"] = "if TYPE_CHECKING:\n    import zusage.law.a\n"
    assert not list(check_structure.cycles(_modules(tmp_path, files)))


@pytest.mark.parametrize(
    ("file", "name", "seen"),
    [("law/a.py", "json", True), ("law/a.py", "duckdb", False), ("cli/a.py", "json", False)],
)
def test_an_import_hidden_in_a_function(tmp_path: Path, file: str, name: str, seen: bool) -> None:
    found = _modules(tmp_path, {file: f"def f() -> None:\n    import {name}\n"})
    assert bool(list(check_structure.hidden_imports(found, _HOUSE))) is seen


def test_a_room_without_a_floor_is_seen(tmp_path: Path) -> None:
    found = _modules(tmp_path, {"attic/__init__.py": "", "attic/box.py": ""})
    assert [line for line in check_structure.wrong_arrows(found, _HOUSE) if "no floor" in line]


def test_the_address_of_a_package_host_is_seen(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_text("index = https://" + "files.python" + "hosted.org/simple\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "setup.cfg"], cwd=tmp_path, check=True)
    assert list(check_structure.package_hosts(tmp_path)) == [
        "setup.cfg:1: names the address of a package host"
    ]


def test_the_promise_table_counts_per_notice_and_owner() -> None:
    shown = {"aim3-001": "passed", "aim3-002": "failed", "xometry-001": "attested"}
    owned = {"aim3-001": "spine", "aim3-002": "rights", "aim3-003": "spine", "xometry-001": "spine"}
    rows = {(notice, owner): dict(counts) for notice, owner, counts in promises_report.table(shown, owned)}
    assert rows["aim3", "spine"] == {"passed": 1, "untested": 1}
    assert rows["all", "spine"] == {"passed": 1, "untested": 1, "attested": 1}
    assert rows["all", "all"] == {"passed": 1, "failed": 1, "untested": 1, "attested": 1}


def test_the_promise_report_is_written_by_a_test_run(tmp_path: Path) -> None:
    """Two runs, the second in a worker: results add up, and a promise nobody made fails."""
    program = (
        "import sys, pytest\n"
        "from pathlib import Path\n"
        "from tests.support import promises\n"
        "class Here:\n"
        "    def pytest_configure(self, config):\n"
        "        if not hasattr(config, 'workerinput'):\n"
        "            folder = Path(sys.argv[1])\n"
        "            recorder = promises.PromiseRecorder(folder / 'promises.json', folder / 'tests.json')\n"
        "            config.pluginmanager.register(recorder, 'mine')\n"
        "promises._still_there = lambda nodeid: True\n"
        "promises.pytest_configure = lambda config: None\n"
        "sys.exit(pytest.main(['-q', '-p', 'tests.support.promises', '-c', sys.argv[2], *sys.argv[3:]], [Here()]))\n"
    )
    tests = {
        "test_one.py": "@pytest.mark.promise('aim3-001', 'aim3-002')\ndef test_a(): pass\n"
        "@pytest.mark.promise('aim3-003', attested=True)\ndef test_b(): pass\n",
        "test_two.py": "@pytest.mark.promise('aim3-002')\ndef test_a(): assert 0\n"
        "@pytest.mark.promise('aim3-004')\ndef test_b(): pytest.skip('why')\n"
        "@pytest.mark.promise('aim3-x')\ndef test_c(): pass\n",
    }
    for name, content in tests.items():
        (tmp_path / name).write_text("import pytest\n" + content)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    promise: x\n")
    for arguments in (["test_one.py"], ["test_two.py", "-n", "1"]):
        command = [sys.executable, "-c", program, str(tmp_path), str(tmp_path / "pytest.ini"), *arguments]
        here = {"cwd": tmp_path, "capture_output": True, "text": True, "check": False}
        subprocess.run(command, env=_with_root_on_path(), **here)  # type: ignore[call-overload]
    written = (tmp_path / "promises.json").read_text()
    assert json.loads(written) == {
        "aim3-001": "passed",
        "aim3-002": "failed",
        "aim3-003": "attested",
        "aim3-004": "skipped",
        "aim3-x": "failed",
    }


def _with_root_on_path() -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": f"{check_structure.ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
    }
