"""The IT provider in a real browser: one running scene a module, a fresh visitor a test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.promises.browsing import Scene, Visitor, browsing
from tests.promises.scenario import Scenario
from zusage.deployments.itservice.app import create_app
from zusage.deployments.sessions import check_value
from zusage.deployments.standins import Misbehaviour

HOSTS = ("www.strompfad.example", "wiki.strompfad.example")
START = "2026-05-05T10:00"
MARA = {"email": "mara@kundin.example", "password": "Wellenreiter-7"}


@pytest.fixture(scope="module")
def running_site(
    templates: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """The running deployment of a module's tests."""
    folder = tmp_path_factory.mktemp("site") / "itservice"
    shutil.copytree(templates("itservice"), folder)
    scenario = Scenario("itservice", folder)
    check = check_value(MARA["password"])
    scenario.put(
        "web", "portal_user", id=48117, name="Mara Beispiel", email=MARA["email"], password_check=check
    )
    with browsing(scenario, create_app, HOSTS, now=START) as scene:
        yield scene


@pytest.fixture
def running(running_site: Scene) -> Iterator[Scene]:
    """The running deployment on 2026-05-05 at ten, its stand-ins behaving as declared."""
    running_site.at(START)
    running_site.stand_ins.wrong = Misbehaviour()
    yield running_site
    while running_site.visitors:
        running_site.visitors.pop().context.close()


@pytest.fixture
def someone(running: Scene) -> Visitor:
    """A visitor who was never there."""
    return running.visitor()
