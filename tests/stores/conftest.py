"""A shop with customers, orders, items and tickets, bound for tests of the stores themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from zusage.database.engines import create_engine
from zusage.stores.bindings import SqlStore
from zusage.stores.sql.database import Database

SCHEMA = (
    "CREATE TABLE customer (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL, number VARCHAR(20), name VARCHAR(120))",
    """CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, note VARCHAR(200),
       FOREIGN KEY (customer_id) REFERENCES customer (id))""",
    """CREATE TABLE item (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, engraving VARCHAR(200),
       FOREIGN KEY (order_id) REFERENCES orders (id))""",
    """CREATE TABLE ticket (id INTEGER PRIMARY KEY, customer_id INTEGER, answers INTEGER, body VARCHAR(200),
       FOREIGN KEY (customer_id) REFERENCES customer (id), FOREIGN KEY (answers) REFERENCES ticket (id))""",
    "CREATE TABLE newsletter (id INTEGER PRIMARY KEY, email VARCHAR(120))",
    "CREATE INDEX ix_orders_customer ON orders (customer_id)",
    "CREATE INDEX ix_item_order ON item (order_id)",
    "CREATE INDEX ix_ticket_customer ON ticket (customer_id)",
    "CREATE INDEX ix_ticket_answers ON ticket (answers)",
)

ACTIVITIES = {
    "shop": (
        {"table": "customer", "subject": {"email": "email", "customer-number": "number"},
         "columns": {"email": "contact", "name": "contact", "number": "contact"}},
        {"table": "orders", "subject": {"email": "customer_id.email"}, "columns": {"note": "content"}},
        {"table": "item", "subject": {"email": "order_id.customer_id.email"}, "columns": {"engraving": "content"}},
        {"table": "ticket", "subject": {"customer-number": "customer_id.number"}, "columns": {"body": "content"}},
    ),
    "news": ({"table": "newsletter", "subject": {"email": "email"}, "columns": {"email": "contact"}},),
}  # fmt: skip

MakeDatabase = Callable[..., Database]


@pytest.fixture
def shop(any_url: str) -> Engine:
    """The shop's own engine; two customers with orders, items and tickets."""
    engine = create_engine(any_url)
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))
        fill(connection.execute)
    return engine


def fill(execute: Callable[..., object], customers: int = 2, orders: int = 2) -> None:
    """Customers `1…n`, each with orders, items and a ticket that answers another."""
    for one in range(1, customers + 1):
        execute(
            text("INSERT INTO customer VALUES (:id, :email, :number, 'Jemand')"),
            {"id": one, "email": f"person{one}@example.org", "number": f"K-{one}"},
        )
        execute(
            text("INSERT INTO newsletter VALUES (:id, :email)"),
            {"id": one, "email": f"person{one}@example.org"},
        )
        for two in range(orders):
            number = one * 10_000 + two
            execute(text("INSERT INTO orders VALUES (:id, :c, 'klingeln')"), {"id": number, "c": one})
            execute(text("INSERT INTO item VALUES (:id, :o, 'für M.')"), {"id": number, "o": number})
            execute(
                text("INSERT INTO ticket VALUES (:id, :c, :a, 'Frage')"),
                {"id": number, "c": one, "a": number - 1 if two else None},
            )


@pytest.fixture
def make_database(any_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeDatabase:
    """Makes the bound store `main`; keyword arguments go into its binding."""

    def make(**more: object) -> Database:
        monkeypatch.setenv("ZUSAGE_TEST_STORE", any_url)
        said = {"kind": "sql", "url": "env:ZUSAGE_TEST_STORE", "activities": ACTIVITIES} | more
        return Database("main", SqlStore.model_validate(said), tmp_path)

    return make


def count(engine: Engine, table: str, where: str = "1 = 1") -> int:
    """How many rows a table holds."""
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar_one())
