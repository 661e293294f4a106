"""Requests in a scenario: filed, run, decided and answered through the command line, decisions over HTTP."""

from __future__ import annotations

import email
import email.policy
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from tests.promises.scenario import PERSON, Scenario, _clock, at
from zusage import clock
from zusage.server.app import create_app
from zusage.workspace import open_workspace
from zusage_client import Zusage
from zusage_client.account import sign

SECRET = "synthetic-secret"


def give_key(folder: Path) -> None:
    """Give the controller's application a key of its own, where there is none yet."""
    (folder / "app.secret").write_text(SECRET, encoding="utf-8")
    place = folder / "parties.yaml"
    if not place.exists():
        place.write_text('application: {secret: "file:app.secret"}\n', encoding="utf-8")


def application(folder: Path, server: TestClient) -> Zusage:
    """The client of the controller's application, talking to a server without a socket."""
    give_key(folder)
    return Zusage("http://testserver", SECRET, server._transport, now=clock.now)


@dataclass(frozen=True)
class Desk:
    """The people who work on requests in one scenario."""

    scenario: Scenario

    def file(self, now: str, kind: str, who: str, *more: str, channel: str = "letter") -> str:
        """File a request with identity proven by signature, as a clerk does; returns its reference."""
        proof = () if "--proof" in more else ("--proof", "signature")
        said = self.scenario.zusage(
            now,
            "request",
            "new",
            "--kind",
            kind,
            "--identity",
            who,
            "--channel",
            channel,
            *proof,
            *more,
            "--json",
        )
        assert said.code == 0, said.err
        return str(said.json["reference"])

    def run(self, now: str) -> None:
        """What the worker does at an instant, mail included."""
        for step in ("00", "03", "06"):
            day = now if "T" in now else f"{now}T10:00"
            moment = f"{day[:-2]}{int(day[-2:]) + int(step):02d}"
            said = self.scenario.zusage(moment, "request", "run", "--json")
            assert said.code == 0, said.out + said.err

    def decide(self, now: str, reference: str, decision: str = "grant", *more: str) -> int:
        """A person decides; the exit code."""
        said = self.scenario.zusage(now, "request", "decide", reference, decision, *more, "--by", PERSON)
        return said.code

    def show(self, now: str, reference: str) -> Mapping[str, Any]:
        """One request with plan and outcomes."""
        said = self.scenario.zusage(now, "request", "show", reference, "--json")
        assert said.code == 0, said.err
        shown: Mapping[str, Any] = said.json
        return shown

    def carried_out(self, now: str, kind: str, who: str, *more: str, channel: str = "letter") -> str:
        """Filed, looked up, granted where a person must, done and answered."""
        reference = self.file(now, kind, who, *more, channel=channel)
        self.run(now)
        if self.show(now, reference)["state"] == "awaiting-decision":
            assert self.decide(now, reference) == 0
            self.run(now)
        return reference

    def answer(self, now: str, reference: str) -> str:
        """The answer as text."""
        said = self.scenario.zusage(now, "request", "answer", reference, "--format", "md")
        assert said.code == 0, said.err
        return said.out

    def package(self, now: str, reference: str) -> zipfile.ZipFile:
        """What the link in the answer downloads."""
        found = re.search(r"/rights/download/([\w.\-]+)", self.answer(now, reference))
        assert found, "the answer leads to no package"
        with _clock(now), TestClient(create_app(open_workspace(self.scenario.folder))) as client:
            said = client.get(f"/rights/download/{found.group(1)}")
        assert said.status_code == 200
        return zipfile.ZipFile(io.BytesIO(said.content))

    def data(self, now: str, reference: str) -> dict[str, dict[str, list[dict[str, Any]]]]:
        """The package's data.json: activity → table → rows."""
        made: dict[str, dict[str, list[dict[str, Any]]]] = json.loads(
            self.package(now, reference).read("data.json")
        )
        return made

    def mails(self, to: str) -> list[str]:
        """Subject and plain text of every mail to an address."""
        found = []
        for path in sorted(
            (self.scenario.folder / "mail" / "new").glob("*"), key=lambda one: one.stat().st_mtime_ns
        ):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            body = message.get_body(("plain",))
            if to in str(message["To"]) and body is not None:
                found.append(f"{message['Subject']}\n{body.get_content()}")
        return found

    def may(self, now: str, purpose: str, who: str) -> Mapping[str, Any]:
        """What an application hears when it asks whether it may."""
        client = TestClient(create_app(open_workspace(self.scenario.folder)))
        with _clock(now), client, application(self.scenario.folder, client) as zusage:
            return asdict(zusage.may(purpose, ("email", who)))

    def account(self, now: str, who: str, method: str, path: str, **body: str) -> Any:
        """What the application asks for its logged-in user."""
        give_key(self.scenario.folder)
        headers = {"authorization": f"Bearer {sign(SECRET, 'email', who, at(now))}"}
        with _clock(now), TestClient(create_app(open_workspace(self.scenario.folder))) as client:
            said = client.request(method, f"/api/v1/account/{path}", json=body or None, headers=headers)
        assert said.status_code < 300, said.text
        return said.json()
