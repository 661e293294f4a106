"""A service with a banner, and sites in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.client.hosts import HOSTS, Ask
from tests.keepers.consent.banner.declared import DECLARED
from zusage.founding import create_workspace
from zusage.server.app import create_app
from zusage.workspace import Workspace
from zusage_client import Zusage

KEY = "app-s3cret"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A controller with statistics, advertising, an embed and a newsletter."""
    made = create_workspace(tmp_path / "zusage", DECLARED)
    (made.folder / "app.secret").write_text(KEY)
    (made.folder / "parties.yaml").write_text('application: {secret: "file:app.secret"}\n')
    return made


@pytest.fixture
def service(workspace: Workspace) -> Iterator[TestClient]:
    """The service of that controller."""
    with TestClient(create_app(workspace), base_url="http://zusage.internal") as client:
        yield client


@pytest.fixture
def zusage(service: TestClient) -> Iterator[Zusage]:
    """The application's client, talking to the service without a socket."""
    with Zusage("http://zusage.internal", KEY, service._transport) as made:
        yield made


@pytest.fixture(params=sorted(HOSTS))
def host(request: pytest.FixtureRequest) -> Callable[..., Ask]:
    """Makes the site in each framework."""
    made: Callable[..., Any] = HOSTS[request.param]
    return made
