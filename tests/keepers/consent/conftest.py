"""A small publisher: a newsletter with topics and tracking, single cases, a pool; asked over HTTP as its application asks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from zusage import clock
from zusage.founding import create_workspace
from zusage.mail import deliver
from zusage.server.app import create_app
from zusage.workspace import Workspace, open_workspace
from zusage_client.tokens import make_token

ADA, BEN, CLARA = "ada@example.org", "ben@example.org", "clara@example.org"
KEY = "publisher-s3cret"
DECLARATION = """\
zusage: 1
languages: [de, en]
as_of: 2025-01-01
version: "7"
controller:
  name: Verlag Nord GmbH
  email: privacy@nord.example
  land: SH
  address: {street: Hafen 1, postcode: "24103", city: Kiel, country: DE}
recipients:
  akademie: {name: Beispiel Akademie, country: DE, role: controller}
consents:
  newsletter:
    title: {de: Newsletter, en: newsletter}
    text: {de: Ich möchte den Newsletter erhalten., en: I want the newsletter.}
    asked: double-opt-in
    topics: {articles: {de: Fachartikel, en: articles}, prices: {de: Preisaktionen, en: price reductions}}
    confirm_within: P7D
    tracking: newsletter-tracking
    existing_customers: {de: Sie können jederzeit widersprechen., en: You can object at any time.}
  newsletter-tracking:
    title: {de: Messung der Öffnungen, en: measuring openings}
    text: {de: Öffnungen und Klicks dürfen mir zugeordnet werden., en: Openings and clicks may be assigned to me.}
    asked: double-opt-in
  club: {title: Club, text: {de: Ich trete bei., en: I join.}, asked: double-opt-in, minimum_age: 16}
  release:
    title: {de: Profil freigeben, en: release the profile}
    text: {de: Mein Profil darf diesem Empfänger gezeigt werden., en: My profile may be shown to this recipient.}
    asked: request
    per_case: true
    once: true
  pool:
    title: {de: Pool, en: pool}
    text: {de: Meine Bewerbung darf aufbewahrt werden., en: My application may be kept.}
    asked: form
    chosen_until: true
    valid_for: P2Y
  calls: {title: {de: Anrufe, en: calls}, text: {de: Rufen Sie mich an., en: Call me.}, asked: form}
  intranet-photo:
    title: {de: Foto im Intranet, en: photo on the intranet}
    text: {de: "Mein Foto darf ins Intranet; das kann ich jederzeit widerrufen.", en: "My photo may be there, until I withdraw."}
    asked: paper
  ringing:
    title: {de: Werbeanrufe, en: advertising calls}
    text: {de: Werben Sie am Telefon., en: Advertise by phone.}
    asked: form
    telephone: true
activities:
  letters:
    title: {de: Newsletter, en: newsletter}
    subjects: [{de: Leser, en: readers}]
    purposes:
      - id: news
        text: {de: Neues senden, en: send news}
        direct_marketing: true
        legal_bases: [{citation: "gdpr:6(1)(a)", consent: newsletter}]
    data: [{id: email, text: {de: E-Mail-Adresse, en: e-mail address}}]
"""


@dataclass
class Publisher:
    """The publisher at a moment that the test sets; its web pages and its application's API."""

    workspace: Workspace
    client: TestClient
    monkeypatch: pytest.MonkeyPatch
    now: datetime = field(default=datetime(2025, 3, 1, 9, tzinfo=UTC))

    def at(self, said: str) -> None:
        """Let it be another moment (UTC)."""
        self.now = datetime.fromisoformat(said).replace(tzinfo=UTC)
        self.monkeypatch.setenv(clock.VARIABLE, self.now.isoformat())

    def api(self, path: str, body: Mapping[str, Any] | None = None, status: int = 200) -> Any:
        """Ask as the application does; POST with a body, else GET."""
        headers = {"authorization": f"Bearer {make_token(KEY, {'application': True}, self.now)}"}
        method = "GET" if body is None else "POST"
        said = self.client.request(method, f"/api/v1/{path}", json=body, headers=headers)
        assert said.status_code == status, said.text
        return said.json()

    def mails(self, address: str) -> list[EmailMessage]:
        """Everything that was sent to an address so far, the oldest first."""
        transport = self.workspace.settings.mail.open(self.workspace.folder)
        deliver(self.workspace.state, transport, self.now)
        folder = self.workspace.folder / "mail" / "new"
        paths = sorted(folder.glob("*"), key=lambda path: path.stat().st_mtime_ns)
        sent = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
        return [one for one in sent if address in str(one["To"]) and isinstance(one, EmailMessage)]

    def link(self, mail: EmailMessage, kind: str) -> str:
        """The path of the link of a kind (`confirm`, `unsubscribe`) in a mail."""
        text = mail.get_body(("plain",))
        assert text is not None
        found = re.search(rf"https?://[^/\s]+(/{kind}/[A-Za-z0-9_-]+)", text.get_content())
        assert found, text.get_content()
        return found.group(1)

    def confirm(self, address: str) -> None:
        """Click the button behind the newest link that an address got."""
        said = self.client.post(self.link(self.mails(address)[-1], "confirm"))
        assert said.status_code == 200, said.text

    def subscribe(self, address: str, **further: Any) -> Any:
        """Enter an address."""
        return self.api("subscriptions", {"purpose": "newsletter", "address": address} | further, 202)

    def mailing(self, *addresses: Any, status: int = 200, **further: Any) -> Any:
        """Send an issue."""
        issue = {"purpose": "newsletter", "subject": "Neues", "text": "Neues.\n\n{unsubscribe}\n"}
        return self.api("mailings", issue | {"addresses": list(addresses)} | further, status)

    def may(self, purpose: str, address: str) -> Any:
        """What a decision says."""
        return self.api("decisions", {"purpose": purpose, "subject": {"kind": "email", "value": address}})

    def sweep(self) -> None:
        """What the worker does each hour."""
        for keeper in self.workspace.keepers:
            list(keeper.keep(self.workspace.context, keeper.plan(self.workspace.context, self.now), self.now))


BROWSER = """\
browser:
  origins: ["https://nord.example"]
  items:
    visits: {name: "_visits_*", provider: akademie, purpose: {de: zählt, en: counts}, keep: P1M, consent: statistics}
  services:
    stats: {recipient: akademie, hosts: [stats.example], consent: statistics}
"""
STATISTICS = """\
consents:
  statistics: {title: {de: Statistik, en: statistics}, text: {de: Wir zählen., en: We count.}, category: statistics}
"""


def _publish(
    folder: Path, declaration: str, monkeypatch: pytest.MonkeyPatch, state: str = ""
) -> Iterator[Publisher]:
    monkeypatch.setenv(clock.VARIABLE, "2025-03-01T09:00:00+00:00")
    elsewhere = f'state: "{state}"\n' if state else ""
    create_workspace(folder, declaration, settings=f'public_url: "https://nord.example"\n{elsewhere}')
    (folder / "app.secret").write_text(KEY)
    (folder / "parties.yaml").write_text('application: {secret: "file:app.secret"}\n')
    workspace = open_workspace(folder)
    with TestClient(create_app(workspace), base_url="https://nord.example", follow_redirects=False) as client:
        yield Publisher(workspace, client, monkeypatch)


@pytest.fixture
def publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """The publisher on 1 March 2025."""
    yield from _publish(tmp_path / "w", DECLARATION, monkeypatch)


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """The publisher with a banner."""
    declaration = DECLARATION.replace("consents:\n", STATISTICS) + BROWSER
    yield from _publish(tmp_path / "w", declaration, monkeypatch)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> Iterator[Publisher]:
    """The publisher whose own records lie on PostgreSQL."""
    yield from _publish(tmp_path / "w", DECLARATION, monkeypatch, postgres_url)
