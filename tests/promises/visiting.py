"""A deployment's application as somebody without script meets it: the service behind it, and clients that keep cookies.

Nothing is listened on: both run in this process, and the application reaches its service as it does over a wire.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from tests.promises.scenario import Scenario, at
from tests.promises.staging import register_application
from zusage import clock
from zusage.clock import VARIABLE
from zusage.deployments.office import credentials
from zusage.server.app import create_app as create_service
from zusage.workspace import open_workspace
from zusage_client import Zusage

MakeApp = Callable[[Path, Zusage | None], Any]


@dataclass
class Site:
    """A running application under its own name; `guest()` makes a visitor with an empty cookie jar."""

    scenario: Scenario
    app: Any
    zusage: Zusage
    origin: str
    stack: ExitStack
    service: TestClient
    guests: list[TestClient] = field(default_factory=list)

    def at(self, said: str) -> Site:
        """Sets the clock of service and application."""
        os.environ[VARIABLE] = at(said).isoformat()
        return self

    def guest(self, **headers: str) -> TestClient:
        """A visitor that follows redirects and keeps cookies as a browser does."""
        made = self.stack.enter_context(TestClient(self.app, base_url=self.origin, headers=headers))
        self.guests.append(made)
        return made

    def staff(self, name: str) -> TestClient:
        """One of the controller's own people (a role, or the number of a user), signed on."""
        return self.guest(authorization=credentials(self.scenario.folder, name))


def choose(guest: TestClient, *purposes: str, button: str = "save") -> None:
    """What a visitor ticks on the settings page, which works without script: exactly these purposes."""
    origin = str(guest.base_url).rstrip("/")
    answer = guest.post(
        "/settings", data={"a": button, "purpose": list(purposes)}, headers={"origin": origin}
    )
    assert answer.status_code == 200, answer.text


def leave(guest: TestClient, page: str) -> None:
    """What the script of a page (its text) sends when the page is left."""
    shown = page.partition('data-page="')[2].partition('"')[0]
    assert shown, "the page does not say goodbye"
    assert guest.post(f"/session/closing?page={shown}").status_code == 204


def set_cookies(answer: Any) -> dict[str, str]:
    """Cookie name → the whole `Set-Cookie` value of an answer."""
    return {value.partition("=")[0]: value for value in answer.headers.get_list("set-cookie")}


@contextmanager
def visiting(scenario: Scenario, make: MakeApp, origin: str, *, now: str) -> Iterator[Site]:
    """The application that `make` makes, wired to the scenario's Zusage, at an instant."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = at(now).isoformat()
    try:
        with ExitStack() as stack:
            key = register_application(scenario.folder)
            service = stack.enter_context(
                TestClient(create_service(open_workspace(scenario.folder)), base_url="http://zusage.internal")
            )
            zusage = stack.enter_context(
                Zusage("http://zusage.internal", key, service._transport, now=clock.now)
            )
            yield Site(scenario, make(scenario.folder, zusage), zusage, origin, stack, service)
    finally:
        os.environ.pop(VARIABLE, None)
        if before is not None:
            os.environ[VARIABLE] = before
