"""Mail as it arrives in a controller's inboxes, and the console as different people see it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

from fastapi.testclient import TestClient

from tests.promises.scenario import Scenario, _clock, at
from zusage.server import accounts
from zusage.server.accounts import Role
from zusage.server.app import create_app
from zusage.workspace import open_workspace

PASSWORD = "a long synthetic password"


def mail(sender: str, to: str, subject: str, text: str) -> bytes:
    """A message as a mail server hands it over."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = (
        sender,
        to,
        subject,
        f"<{len(text)}@mail.example>",
    )
    made.set_content(text)
    return made.as_bytes()


def receive(scene: Scenario, now: str, raw: bytes) -> dict[str, Any]:
    """What `zusage request receive` makes of a message."""
    place = scene.file("incoming.eml", "")
    place.write_bytes(raw)
    said = scene.zusage(now, "request", "receive", str(place), "--json")
    assert said.code == 0, said.err
    found: dict[str, Any] = said.json[0]
    return found


@contextlib.contextmanager
def console(scene: Scenario, now: str, **people: Role) -> Iterator[dict[str, tuple[TestClient, str]]]:
    """Logged-in clients by name, each with the account's id."""
    with _clock(now), contextlib.ExitStack() as stack:
        workspace = open_workspace(scene.folder)
        app = create_app(workspace)
        found = {}
        for name, role in people.items():
            with workspace.state.begin() as connection:
                account = accounts.create_account(connection, name, PASSWORD, role, at(now))
            client = stack.enter_context(TestClient(app, base_url="https://testserver"))
            said = client.post("/console/login", data={"login": name, "password": PASSWORD})
            assert said.url.path.rstrip("/") == "/console", said.url
            found[name] = (client, account)
        yield found
