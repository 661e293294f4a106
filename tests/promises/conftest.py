"""Deployments for acceptance tests: made once a session, copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.promises.scenario import Scenario, at
from zusage.deployments import create

#: the instant at which each deployment's synthetic data lie there; scenarios happen later
BEGIN = {
    "jobboard": "2023-02-01",
    "itservice": "2026-02-01",
    "adserver": "2026-02-01",
    "messaging": "2025-01-01",
    "marketplace": "2022-06-01",
}

MakeScenario = Callable[[str], Scenario]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a deployment that no test changes."""
    made: dict[str, Path] = {}

    def template(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp("deployments") / name
            create(name, made[name], size="tiny", now=at(BEGIN[name]))
        return made[name]

    return template


@pytest.fixture
def scenario(templates: Callable[[str], Path], tmp_path: Path) -> MakeScenario:
    """Makes a scenario of the deployment called NAME."""

    def make(name: str) -> Scenario:
        folder = tmp_path / name
        shutil.copytree(templates(name), folder)
        return Scenario(name, folder)

    return make


@pytest.fixture
def jobboard(scenario: MakeScenario) -> Scenario:
    """The job board."""
    return scenario("jobboard")


@pytest.fixture
def itservice(scenario: MakeScenario) -> Scenario:
    """The IT provider."""
    return scenario("itservice")


@pytest.fixture
def adserver(scenario: MakeScenario) -> Scenario:
    """The ad server."""
    return scenario("adserver")


@pytest.fixture
def messaging(scenario: MakeScenario) -> Scenario:
    """The messaging platform."""
    return scenario("messaging")


@pytest.fixture
def marketplace(scenario: MakeScenario) -> Scenario:
    """The marketplace."""
    return scenario("marketplace")
