"""The job board over HTTP, on the morning on which most scenes begin; a module whose day is another has a `site` of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.promises.board_scene import HOST
from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.jobboard.app import create_app


@pytest.fixture
def site(jobboard: Scenario) -> Iterator[Site]:
    """The running board, on 2025-03-03 at a quarter to ten."""
    with visiting(jobboard, create_app, HOST, now="2025-03-03T09:45") as made:
        yield made
