"""The shop behind a server, talked to without a socket."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from tests.keepers.rights.conftest import Shop, make_shop
from zusage import clock
from zusage.server.accounts import Role, create_account
from zusage.server.app import create_app
from zusage.server.console.access import _attempts

__all__ = ["make_shop"]

PASSWORD = "lang genug und geheim"


@pytest.fixture
def shop(make_shop: Callable[..., Shop], sqlite_url: str) -> Shop:
    """The shop on SQLite, now; its application may vouch for users."""
    made = make_shop(sqlite_url)
    made.now = clock.now()
    (made.workspace.folder / "app.secret").write_text("app-s3cret")
    (made.workspace.folder / "parties.yaml").write_text('application: {secret: "file:app.secret"}\n')
    return made


@pytest.fixture
def web(shop: Shop) -> Iterator[TestClient]:
    """A visitor."""
    with TestClient(
        create_app(shop.workspace), base_url="http://testserver", follow_redirects=False
    ) as client:
        yield client


@pytest.fixture
def staff(shop: Shop, web: TestClient) -> Callable[[Role], TestClient]:
    """Logs a member of staff in; the client is the visitor's own application with a session."""

    # what other tests of this process tried does not count here
    _attempts._filled.clear()

    def log_in(role: Role) -> TestClient:
        with shop.workspace.state.begin() as connection:
            create_account(connection, role.value, PASSWORD, role, shop.now)
        client = TestClient(web.app, base_url="http://testserver", follow_redirects=False)
        said = client.post("/console/login", data={"login": role.value, "password": PASSWORD})
        assert said.status_code == 303, said.text
        return client

    return log_in


def csrf_of(client: TestClient) -> str:
    """The session's token, as any page's form holds it."""
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/console/requests").text)
    assert found
    return found.group(1)
