"""A shop of 195,000 rows in five tables, and a workspace that answers requests over it: the data of `benchmarks.rights`.

Customer 10,000, address 15,000, orders 50,000, order_item 100,000, support_ticket 20,000. An ordinary person has
1 + 2 + 5 + 10 + 2 = 20 rows, the heavy one (customer 0) 1 + 2,000 + 20,000 = 22,001.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from zusage.founding import create_workspace
from zusage.workspace import Workspace

CUSTOMERS = 10_000
HEAVY_ORDERS, HEAVY_ITEMS = 2_000, 20_000
ORDINARY, HEAVY = 20, 1 + HEAVY_ORDERS + HEAVY_ITEMS
#: people with all 20 rows; the rest of the customers have what is left over
WHOLE = 7_000

SCHEMA = (
    "CREATE TABLE customer (id INTEGER PRIMARY KEY, email VARCHAR(80), name VARCHAR(40), phone VARCHAR(30))",
    (
        "CREATE TABLE address (id INTEGER PRIMARY KEY, customer_id INTEGER, street VARCHAR(60), city VARCHAR(40),"
        " FOREIGN KEY (customer_id) REFERENCES customer (id))"
    ),
    (
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, note VARCHAR(60),"
        " FOREIGN KEY (customer_id) REFERENCES customer (id))"
    ),
    (
        "CREATE TABLE order_item (id INTEGER PRIMARY KEY, order_id INTEGER, label VARCHAR(60),"
        " FOREIGN KEY (order_id) REFERENCES orders (id))"
    ),
    "CREATE TABLE support_ticket (id INTEGER PRIMARY KEY, email VARCHAR(80), content VARCHAR(200))",
    "CREATE INDEX ix_customer ON customer (email)",
    "CREATE INDEX ix_address ON address (customer_id)",
    "CREATE INDEX ix_orders ON orders (customer_id)",
    "CREATE INDEX ix_item ON order_item (order_id)",
    "CREATE INDEX ix_ticket ON support_ticket (email)",
)

DECLARATION = """
zusage: 1
languages: [de, en]
as_of: "2026-01-01"
controller:
  name: Benchmark GmbH
  email: kontakt@benchmark.example
  address: {street: Musterweg 1, postcode: "80331", city: München, country: DE}
  land: BY
dpo: {email: dpo@benchmark.example}
authority: {id: DE-BY}
activities:
  shop:
    title: {de: Konto, en: account}
    purposes:
      - {id: selling, text: {de: Verkauf, en: selling}, legal_bases: [{citation: "gdpr:6(1)(b)"}]}
    subjects: [{de: Kunden, en: customers}]
    data:
      - {id: contact, text: {de: Kontaktdaten, en: contact data}}
      - {id: order, text: {de: Bestelldaten, en: order data}}
      - {id: ticket, text: {de: Anfragen, en: support}}
    risk: low
rights:
  channels: [{kind: web}]
"""

STORES = """
stores:
  main:
    kind: sql
    url: env:ZUSAGE_BENCHMARK_STORE
    activities:
      shop:
        - {table: customer, subject: {email: email}, columns: {email: contact, name: contact, phone: contact}}
        - {table: address, subject: {email: customer_id.email}, columns: {street: contact, city: contact}}
        - {table: orders, subject: {email: customer_id.email}, columns: {note: order}}
        - {table: order_item, subject: {email: order_id.customer_id.email}, columns: {label: order}}
        - {table: support_ticket, subject: {email: email}, columns: {email: contact, content: ticket}}
"""


def address_of(number: int) -> str:
    """The address of a customer; number 0 is the heavy one."""
    return f"person{number}@mail.example"


def fill(engine: Engine) -> None:
    """The shop."""
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))
        for table, rows in _rows().items():
            marks = ", ".join(f":{name}" for name in rows[0])
            connection.execute(text(f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({marks})"), rows)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _rows() -> dict[str, list[dict[str, object]]]:
    """Table → rows: customers 1 to 7,000 have 20 each; what is left over belongs to the customers after them."""
    made: dict[str, list[dict[str, object]]] = {}
    made["customer"] = [
        {"id": n, "email": address_of(n), "name": f"Person {n}", "phone": f"+49 30 {n:07}"}
        for n in range(CUSTOMERS)
    ]
    owner = _spread(15_000, 2, 0)
    made["address"] = [{"id": n, "customer_id": of, "street": "Weg 1", "city": "Ort"} for n, of in owner]
    owner = _spread(50_000, 5, HEAVY_ORDERS)
    made["orders"] = [{"id": n, "customer_id": of, "note": "a note"} for n, of in owner]
    # the orders of a customer follow one another: two items each, ten for each order of the heavy one
    whole = [HEAVY_ORDERS + n // 2 for n in range(10 * WHOLE)]
    heavy = [n % HEAVY_ORDERS for n in range(HEAVY_ITEMS)]
    rest = [HEAVY_ORDERS + 5 * WHOLE + n for n in range(100_000 - len(whole) - len(heavy))]
    made["order_item"] = [
        {"id": n, "order_id": of, "label": "a thing"} for n, of in enumerate([*heavy, *whole, *rest])
    ]
    made["support_ticket"] = [
        {"id": n, "email": address_of(of), "content": "Where is my parcel?"}
        for n, of in _spread(20_000, 2, 0)
    ]
    return made


def _spread(rows: int, each: int, heavy: int) -> list[tuple[int, int]]:
    """Row number and owner: first those of the heavy person, then `each` for everybody with 20 rows, then the rest."""
    owners = [0] * heavy + [1 + n // each for n in range(each * WHOLE)]
    owners += [1 + WHOLE + n % (CUSTOMERS - WHOLE - 1) for n in range(rows - len(owners))]
    return list(enumerate(owners))


def workspace(folder: Path) -> Workspace:
    """A fresh workspace over the shop, whose URL stands in `ZUSAGE_BENCHMARK_STORE`."""
    return create_workspace(folder, DECLARATION, STORES)
