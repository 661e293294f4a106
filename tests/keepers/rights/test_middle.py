# ruff: noqa: E501 declarations are data
"""A note refers to an invoice, the invoice to a customer: the invoice alone is under a duty and must not lose its way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.keepers.rights.conftest import DECLARATION, NOW, Shop
from zusage.database.engines import create_engine
from zusage.founding import create_workspace
from zusage.keepers.rights.lifecycle import Decision, decide
from zusage.registers.requests import Kind

STORES = """
stores:
  main:
    kind: sql
    url: env:ZUSAGE_TEST_STORE
    restricted: {to: %s}
    activities:
      shop:
        - table: customer
          subject: {email: email}
          columns: {email: contact}
          dependents: {keep: {invoice: {}}}
        - {table: note, subject: {email: invoice_id.customer_id.email}, columns: {body: notes}}
      orders:
        - {table: invoice, subject: {email: customer_id.email}, columns: {street: order}, events: {issued: issued_at}}
"""
SCHEMA = (
    "CREATE TABLE customer (id INTEGER PRIMARY KEY, email VARCHAR(120))",
    "CREATE TABLE invoice (id INTEGER PRIMARY KEY, customer_id INTEGER, street VARCHAR(120), issued_at TIMESTAMP NULL, FOREIGN KEY (customer_id) REFERENCES customer (id))",
    "CREATE TABLE note (id INTEGER PRIMARY KEY, invoice_id INTEGER, body VARCHAR(200), FOREIGN KEY (invoice_id) REFERENCES invoice (id))",
    "CREATE INDEX ix_invoice_customer ON invoice (customer_id)",
    "CREATE INDEX ix_note_invoice ON note (invoice_id)",
    "INSERT INTO customer VALUES (1, 'ada@mail.example'), (2, 'ben@mail.example')",
    "INSERT INTO invoice VALUES (1, 1, 'Weg 1', '2026-01-10 10:00:00'), (2, 2, 'Weg 2', '2026-01-11 10:00:00')",
    "INSERT INTO note VALUES (1, 1, 'Notiz 1'), (2, 2, 'Notiz 2')",
)


@pytest.fixture
def chain(any_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The three tables, with a restricted place."""
    engine = create_engine(any_url)
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))
    monkeypatch.setenv("ZUSAGE_TEST_STORE", any_url)
    sqlite = any_url.startswith("sqlite")
    place = str(tmp_path / "restricted.db") if sqlite else f"zm_{abs(hash(any_url)) % 10**8}"
    return Shop(create_workspace(tmp_path / "w", DECLARATION, STORES % place, ""), engine, NOW)


def test_a_row_under_a_duty_between_two_without_one_is_still_found_for_the_person(chain: Shop) -> None:
    request = chain.confirmed(Kind.ERASURE)
    decide(chain.workspace.context, request.id, Decision("grant"), "Dora", chain.now)
    chain.work()
    assert [chain.count(table, "id = 1") for table in ("customer", "invoice", "note")] == [0, 0, 0]
    assert [chain.count(table) for table in ("customer", "invoice", "note")] == [1, 1, 1]
    outcome = chain.outcomes(request)["invoice"]
    assert (outcome["result"], outcome["left"], outcome["reason"]) == ("held", 1, "ao-vouchers")
    chain.now += timedelta(days=1)
    again = chain.confirmed(Kind.ACCESS)
    assert chain.outcomes(again)["restricted.invoice"]["hit"] == 1
