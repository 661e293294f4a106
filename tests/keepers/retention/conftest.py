"""A small controller: accounts with messages, on a database of any kind, and everything a keeper is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from zusage.database.engines import create_engine
from zusage.database.schema import metadata
from zusage.declaration import Declaration
from zusage.declaration.loading import validate
from zusage.declaration.strict_yaml import parse
from zusage.keepers.context import Context
from zusage.keepers.retention import RetentionKeeper
from zusage.keepers.retention.approving import approve
from zusage.keys import KeyRing
from zusage.ledger import Ledger
from zusage.mail.settings import MailSettings
from zusage.promises import Outcome
from zusage.stores import open_stores

HEAD = """
zusage: 1
languages: [de, en]
as_of: "2026-01-01"
controller:
  name: Beispielwerk GmbH
  email: datenschutz@beispielwerk.example
  address: {street: Musterweg 1, postcode: "10115", city: Berlin, country: DE}
consents:
  talent-pool:
    title: {de: Talentpool, en: talent pool}
    text: {de: Ich möchte im Talentpool bleiben., en: I want to stay in the talent pool.}
activities:
  accounts:
    title: {de: Konten, en: accounts}
    purposes:
      - id: service
        text: {de: Betrieb der Konten, en: running the accounts}
        legal_bases: [{citation: "gdpr:6(1)(b)"}]
    subjects: [{de: Nutzer, en: users}]
    data:
      - {id: contact, text: {de: Kontaktdaten, en: contact data}}
      - {id: content, text: {de: Nachrichten, en: messages}}
    retention:
"""

SCHEMA = (
    (
        "CREATE TABLE account (id INTEGER PRIMARY KEY, email VARCHAR(120), name VARCHAR(120), active INTEGER NOT NULL DEFAULT 1,"
        " last_login TIMESTAMP NULL)"
    ),
    (
        "CREATE TABLE message (id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, body VARCHAR(500),"
        " FOREIGN KEY (account_id) REFERENCES account (id))"
    ),
    "CREATE INDEX ix_message_account ON message (account_id)",
)

STORES = """
stores:
  main:
    kind: sql
    url: env:ZUSAGE_TEST_STORE
    {options}
    activities:
      accounts:
        - table: account
          subject: {{email: email}}
          columns: {{{columns}}}
          events: {{{events}}}
          ignore: [active]
          {more}
        - table: message
          subject: {{email: account_id.email}}
          columns: {{body: content}}
"""

MakeContext = Callable[..., Context]


def at(said: str) -> datetime:
    """An instant in UTC from `2026-03-01` or `2026-03-01T10:00`."""
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


def declaration(rules: str) -> Declaration:
    """The small controller with these retention rules."""
    return validate(parse(HEAD + rules, "declaration.yaml"), Declaration)


@pytest.fixture
def make_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeContext:
    """Makes a context from a store's URL, rules and further lines of the binding."""

    def make(
        url: str,
        rules: str,
        more: str = "",
        options: str = "physical: none",
        events: str = "last-login: last_login",
        columns: str = "email: contact, name: contact",
    ) -> Context:
        monkeypatch.setenv("ZUSAGE_TEST_STORE", url)
        said = declaration(rules)
        folder = tmp_path / "workspace"
        folder.mkdir(exist_ok=True)
        (folder / "stores.yaml").write_text(
            STORES.format(more=more, options=options, events=events, columns=columns), encoding="utf-8"
        )
        keys = (
            KeyRing.open(folder / "keys") if (folder / "keys").exists() else KeyRing.create(folder / "keys")
        )
        state = create_engine(f"sqlite:///{folder / 'state.db'}")
        metadata.create_all(state)
        return Context(
            said, open_stores(folder / "stores.yaml", said), state, Ledger(keys), keys, MailSettings(), folder
        )

    return make


@pytest.fixture
def store_engine(any_url: str) -> Engine:
    """The host application's own engine on a fresh database with the small schema."""
    engine = create_engine(any_url)
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))
    return engine


def add_account(connection: Connection, number: int, last_login: datetime | None, messages: int = 2) -> None:
    """An account with messages."""
    connection.execute(
        text("INSERT INTO account (id, email, name, last_login) VALUES (:id, :email, :name, :at)"),
        {
            "id": number,
            "email": f"person{number}@example.org",
            "name": f"Person {number}",
            "at": last_login and last_login.replace(tzinfo=None),
        },
    )
    for position in range(messages):
        connection.execute(
            text("INSERT INTO message (id, account_id, body) VALUES (:id, :account, 'hallo')"),
            {"id": number * 1000 + position, "account": number},
        )


def sweep(context: Context, now: datetime) -> list[Outcome]:
    """Plans, approves whatever asks for it, and sweeps; outcomes in the order of the plan."""
    keeper = RetentionKeeper()
    plan = keeper.plan(context, now)
    covered = [act.promise for act in plan.acts if "not_covered" not in act.detail]
    asking = [promise for promise in plan.needs_approval if promise in covered]
    if asking:
        approve(context, plan, asking, "Dora Datenschutz", now)
        plan = keeper.plan(context, now)
    return list(keeper.keep(context, plan, now))


def ids(engine: Engine, table: str = "account") -> list[int]:
    """The ids that are there."""
    with engine.connect() as connection:
        return [row[0] for row in connection.execute(text(f"SELECT id FROM {table} ORDER BY id"))]
