# ruff: noqa: E501 declarations are data
"""A small shop with accounts, orders under a retention duty, a newsletter, and data held for two customers."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from tests.support.traces import no_traces
from zusage.database.engines import create_engine
from zusage.founding import create_workspace
from zusage.keepers.rights.identity import confirm
from zusage.keepers.rights.intake import Intake, Opened, open_request
from zusage.registers.requests import Kind, Request, outcomes_of, request_by
from zusage.working import tick_workspace
from zusage.workspace import Workspace

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

DECLARATION = """
zusage: 1
languages: [de, en]
as_of: "2026-01-01"
controller:
  name: Kiesel & Klee GmbH
  email: kontakt@kiesel.example
  address: {street: Musterweg 1, postcode: "80331", city: München, country: DE}
  land: BY
dpo: {email: dpo@kiesel.example}
authority: {id: DE-BY}
recipients:
  parcel: {name: Paketfuchs GmbH, country: DE, role: controller, notify: email, email: privacy@paket.example}
  printer: {name: Druckhaus Ahorn, country: DE, role: processor, notify: task}
  mailer: {name: Mailer Inc., country: US, role: processor, notify: webhook, transfers: [{country: US, safeguards: [scc]}]}
consents:
  news: {title: {de: Neuigkeiten, en: news}, text: {de: "Ich möchte Neuigkeiten.", en: "I want news."}, category: marketing}
activities:
  shop:
    title: {de: Konto, en: account}
    purposes: [{id: selling, text: {de: Verkauf, en: selling}, legal_bases: [{citation: "gdpr:6(1)(b)"}]}, {id: selling-checks, text: {de: Prüfung, en: checks}, legal_bases: [{citation: "gdpr:6(1)(f)", interest: {de: Sicherheit, en: safety}}]}]
    subjects: [{de: Kunden, en: customers}]
    data: [{id: contact, text: {de: Kontaktdaten, en: contact data}}, {id: notes, text: {de: Notizen, en: notes}, origin: derived}]
    recipients: [{to: printer}]
    risk: low
  orders:
    title: {de: Bestellungen, en: orders}
    purposes: [{id: contract, text: {de: Vertrag, en: contract}, legal_bases: [{citation: "gdpr:6(1)(b)"}]}]
    subjects: [{de: Kunden, en: customers}]
    data: [{id: order, text: {de: Bestelldaten, en: order data}}]
    recipients: [{to: parcel}]
    retention:
      - {id: vouchers, from: {event: issued, text: {de: Ausstellung, en: issue}}, keep: {statutory: ao-vouchers}, then: erase}
    risk: low
  health:
    title: {de: Beratung, en: advice}
    purposes: [{id: advice, text: {de: Beratung, en: advice}, legal_bases: [{citation: "gdpr:9(2)(a)"}]}]
    subjects: [{de: Kunden, en: customers}]
    data: [{id: advice, text: {de: Beratungsprotokolle, en: minutes of advice}, special: health}]
    risk: high
  news:
    title: {de: Neuigkeiten, en: news}
    purposes: [{id: newsletter, text: {de: Werbung, en: advertising}, direct_marketing: true, legal_bases: [{citation: "gdpr:6(1)(a)", consent: news}]}]
    subjects: [{de: Abonnenten, en: subscribers}]
    data: [{id: address, text: {de: Adresse, en: address}}]
    recipients: [{to: mailer}]
    risk: low
  hosted:
    title: {de: Chats für Kunden, en: chats for customers}
    purposes: [{id: chats, text: {de: Chats, en: chats}}]
    subjects: [{de: Besucher unserer Kunden, en: visitors of our customers}]
    data: [{id: chat, text: {de: Nachrichten, en: messages}}]
    on_behalf: true
rights:
  channels:
    - {kind: web}
    - {kind: email, to: kontakt@kiesel.example}
    - {kind: letter, identity: signature}
    - {kind: telephone, accepted: false, reason: {de: "Am Telefon sehen wir nicht, wer anruft.", en: "On the phone we cannot see who calls."}}
  deadlines:
    - {what: answer, within: P14D, rights: [access]}
    - {what: acknowledge, within: P30D}
on_behalf:
  text: {de: "Anfragen leiten wir an den Kunden weiter.", en: "We pass requests on to the customer."}
  pass_on_within: P3D
  activities: [hosted]
"""

STORES = """
stores:
  main:
    kind: sql
    url: env:ZUSAGE_TEST_STORE
    restricted: {to: %s}
    activities:
      shop:
        - table: customer
          subject: {email: email, customer-number: number}
          columns: {email: contact, name: contact, number: contact, remark: notes}
          dependents: {keep: {invoice: {customer_id: null}}}
      orders:
        - {table: invoice, subject: {email: email}, columns: {email: order, street: order}, events: {issued: issued_at}}
      health:
        - {table: advice, subject: {email: email}, columns: {email: advice, body: advice}}
      news:
        - {table: newsletter, subject: {email: email}, columns: {email: address}}
      hosted:
        - {table: chat, subject: {email: email}, columns: {email: chat, body: chat}, tenant: tenant}
"""

SCHEMA = (
    "CREATE TABLE customer (id INTEGER PRIMARY KEY, email VARCHAR(120), number VARCHAR(20), name VARCHAR(120), remark VARCHAR(200))",
    """CREATE TABLE invoice (id INTEGER PRIMARY KEY, customer_id INTEGER, email VARCHAR(120), street VARCHAR(120), issued_at TIMESTAMP NULL,
       FOREIGN KEY (customer_id) REFERENCES customer (id))""",
    "CREATE TABLE advice (id INTEGER PRIMARY KEY, email VARCHAR(120), body VARCHAR(200))",
    "CREATE TABLE newsletter (id INTEGER PRIMARY KEY, email VARCHAR(120))",
    "CREATE TABLE chat (id INTEGER PRIMARY KEY, tenant VARCHAR(40), email VARCHAR(120), body VARCHAR(200))",
    "CREATE INDEX ix_invoice_customer ON invoice (customer_id)",
)

PEOPLE = (
    "INSERT INTO customer VALUES (1, 'ada@mail.example', 'K-1', 'Ada Beispiel', '=1+1'), (2, 'ben@mail.example', 'K-2', 'Ben Muster', '<b>x</b>')",
    "INSERT INTO invoice VALUES (1, 1, 'ada@mail.example', 'Weg 1', '2026-01-10 10:00:00'), (2, 2, 'ben@mail.example', 'Weg 2', '2026-01-11 10:00:00')",
    "INSERT INTO newsletter VALUES (1, 'ada@mail.example'), (2, 'ben@mail.example')",
)


#: what leads to the shop's people, and nothing else is called
NAMES = ("ada@mail.example", "ben@mail.example", "Ada Beispiel", "Ben Muster")


@dataclass
class Shop:
    """The workspace, the application's own engine, and a clock that tests move."""

    workspace: Workspace
    engine: Engine
    now: datetime = NOW

    def ask(self, kind: Kind, address: str = "ada@mail.example", **more: Any) -> Opened:
        """File a request by web form unless told otherwise."""
        said = {"channel": "web", "identity_kind": "email", "language": "de"} | more
        return open_request(self.workspace.context, Intake(kind, identity=address, **said), self.now)

    def confirmed(self, kind: Kind, address: str = "ada@mail.example", **more: Any) -> Request:
        """File it, click the mailed link, and let the worker do what is due."""
        opened = self.ask(kind, address, **more)
        if opened.confirm_token:
            confirm(self.workspace.context, opened.confirm_token, self.now)
        self.work()
        return self.get(opened.request)

    def work(self, later: timedelta = timedelta()) -> None:
        """Do everything that is due, `later` than the clock stood."""
        self.now += later
        report = tick_workspace(self.workspace, self.now, "test", limit=1000)
        assert not report.failed, report.failed
        self.now += timedelta(minutes=5)
        again = tick_workspace(self.workspace, self.now, "test", limit=1000)
        assert not again.failed, again.failed

    def get(self, request: Request) -> Request:
        """The request as it stands now."""
        with self.workspace.state.connect() as connection:
            found = request_by(connection, id=request.id)
        assert found is not None
        return found

    def outcomes(self, request: Request) -> dict[str, dict[str, Any]]:
        """Table → outcome."""
        with self.workspace.state.connect() as connection:
            return {one["target"]: one for one in outcomes_of(connection, request.id)}

    def mails(self, to: str) -> list[EmailMessage]:
        """What was delivered to an address, the oldest first."""
        found = []
        for path in sorted(
            (self.workspace.folder / "mail" / "new").glob("*"), key=lambda p: p.stat().st_mtime_ns
        ):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if to in str(message["To"]):
                found.append(message)
        return found

    def letter(self, to: str, word: str) -> str:
        """The plain text of the newest mail whose subject holds `word`."""
        found = [one for one in self.mails(to) if word in str(one["Subject"])]
        assert found, [str(one["Subject"]) for one in self.mails(to)]
        body = found[-1].get_body(("plain",))
        assert body is not None
        return re.sub(r"=\n", "", body.get_content())

    def do(self, *statements: str) -> None:
        """SQL as the application."""
        with self.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def count(self, table: str, where: str = "1 = 1") -> int:
        """Rows of a table."""
        with self.engine.connect() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar_one())


MakeShop = Callable[..., Shop]


@pytest.fixture
def make_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeShop]:
    """Makes the shop on a database address; afterwards none of its people stands where nobody may be named."""
    states: list[Engine] = []

    def make(url: str, settings: str = "") -> Shop:
        engine = create_engine(url)
        with engine.begin() as connection:
            for statement in (*SCHEMA, *PEOPLE):
                connection.execute(text(statement))
        monkeypatch.setenv("ZUSAGE_TEST_STORE", url)
        place = (
            str(tmp_path / "restricted.db") if url.startswith("sqlite") else f"zr_{abs(hash(url)) % 10**8}"
        )
        workspace = create_workspace(tmp_path / "w", DECLARATION, STORES % place, settings)
        if workspace.state.dialect.name == "sqlite":  # others are gone by then
            states.append(workspace.state)
        return Shop(workspace, engine)

    with no_traces(states, NAMES):
        yield make


@pytest.fixture
def shop(make_shop: MakeShop, sqlite_url: str) -> Shop:
    """The shop on SQLite."""
    return make_shop(sqlite_url)


@pytest.fixture
def any_shop(make_shop: MakeShop, any_url: str) -> Shop:
    """The shop on SQLite, PostgreSQL and MariaDB in turn."""
    return make_shop(any_url)
