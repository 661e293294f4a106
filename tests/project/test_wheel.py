"""The wheel, as a user gets it: built, installed into an empty place without the source tree, and run there."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.support.needs import ROOT
from tools.measuring import build_wheel


@pytest.fixture(scope="module")
def committed() -> set[str]:
    """What is in the package folder and will be committed or is."""
    listed = subprocess.run(
        ["git", "ls-files", "zusage"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def wheel(committed: set[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from this tree."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel and a `zusage` command; dependencies come from this environment."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps", "--no-index", "--no-input"]
    subprocess.run([*command, "--target", str(folder), str(wheel)], check=True, stdin=subprocess.DEVNULL)
    return folder


def _run(installed: Path, empty: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    paths = [str(installed), os.environ.get("PYTHONPATH", "")]
    return subprocess.run(
        [sys.executable, str(installed / "bin/zusage"), *arguments],
        cwd=empty,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "HOME": str(empty)},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_the_command_runs_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    done = _run(installed, tmp_path, "--help")
    assert done.returncode == 0, done.stderr
    assert "status" in done.stdout
    program = f"import zusage; assert zusage.__file__.startswith({str(installed)!r}), zusage.__file__"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True)


def test_everything_in_the_package_folder_is_in_the_wheel(wheel: Path, committed: set[str]) -> None:
    assert committed - set(zipfile.ZipFile(wheel).namelist()) == set()


def test_the_wheel_holds_nothing_but_the_package_and_its_licence(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top.partition("-")[0] for top in tops} == {"zusage"}
    assert any(name.endswith("licenses/LICENSE") for name in zipfile.ZipFile(wheel).namelist())


def test_core_and_extras_are_what_the_plan_lists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["optional-dependencies"]) == {
        *("postgres", "mysql", "logs", "cluster", "pdf", "word", "read", "scan", "stamp", "oidc")
    }
    assert not [line for line in project["dependencies"] if line.startswith("fastapi[")]
