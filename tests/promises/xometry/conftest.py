"""The marketplace in a real browser: one running scene a module, a fresh visitor a test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.promises.browsing import Scene, Visitor, browsing
from tests.promises.choosing import put_back
from tests.promises.scenario import Scenario
from zusage.deployments.marketplace.app import create_app
from zusage.deployments.standins import Misbehaviour

#: the website and, on another of the controller's own names, the portal
HOSTS = ("www.spanwerk.example", "portal.spanwerk.example")
START = "2022-07-01T10:00"


@pytest.fixture(scope="module")
def running_site(
    templates: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """The running deployment of a module's tests; `site` gives it to each with its clock set back."""
    folder = tmp_path_factory.mktemp("site") / "marketplace"
    shutil.copytree(templates("marketplace"), folder)
    with browsing(Scenario("marketplace", folder), create_app, HOSTS, now=START) as scene:
        yield scene


@pytest.fixture
def original(site: Scene) -> Iterator[Scene]:
    """The site for a test that publishes another version; the declaration is put back afterwards."""
    with put_back(site):
        yield site


@pytest.fixture
def site(running_site: Scene) -> Iterator[Scene]:
    """The running deployment on 2022-07-01 at ten, its stand-ins behaving as declared."""
    running_site.at(START)
    running_site.stand_ins.wrong = Misbehaviour()
    running_site.edge.cookies.clear()
    yield running_site
    while running_site.visitors:
        running_site.visitors.pop().context.close()


@pytest.fixture
def someone(site: Scene) -> Visitor:
    """A visitor who was never there."""
    return site.visitor()
