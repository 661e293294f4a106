"""Rows of the restricted place whose content is sealed: emptied, still dated, found by a pseudonym, and Art. 18 untouched."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select

from tests.stores.conftest import MakeDatabase, count
from zusage.stores.restriction import restrict_subject, unrestrict_subject
from zusage.stores.sql import journal
from zusage.stores.sql.database import Database
from zusage.stores.sql.identity import Identity
from zusage.stores.sql.sealed import count_clear, mark, sealed_rows, unsealed

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ONE = [Identity("email", "person1@example.org"), Identity("customer-number", "K-1")]
TWO = [Identity("email", "person2@example.org"), Identity("customer-number", "K-2")]


def _pseudonym(kind: str, value: str) -> str:
    return f"{kind}.{len(value)}"


@pytest.fixture
def database(make_database: MakeDatabase, shop: Engine, any_url: str) -> Database:
    """The shop with a sealed place."""
    name = any_url.rsplit("/", 1)[1].split("?")[0]
    place = "restricted.db" if any_url.startswith("sqlite") else f"sealed_{name}"
    sealed = {"folder": "archive", "key_store": "archive-keys"}
    return make_database(restricted={"to": place, "sealed": sealed})


def test_what_may_come_back_stays_and_the_rest_keeps_no_word(database: Database, shop: Engine) -> None:
    with database.writing() as connection:
        assert (count_clear(connection, database, ()), unsealed(connection, database, ())) == (0, [])
    restrict_subject(database, ONE, "erasure-1", NOW)
    restrict_subject(database, TWO, "restriction-2", NOW)
    with database.writing() as connection:
        assert unsealed(connection, database, ()) == [], "both may come back"
        journal.lift(connection, "erasure-1")
    with database.writing() as connection:
        assert unsealed(connection, database, {"erasure-1"}) == [], "it is still being worked on"
        assert count_clear(connection, database, ()) == 8
        assert len(unsealed(connection, database, (), limit=3)) == 3
        found = unsealed(connection, database, ())
        names = [record.table for record in found]
        assert sorted(names) == [
            "customer",
            "item",
            "item",
            "newsletter",
            "orders",
            "orders",
            "ticket",
            "ticket",
        ]
        (person,) = next(record for record in found if record.table == "customer").rows["customer"]
        assert person == {"id": 1, "email": "person1@example.org", "number": "K-1", "name": "Jemand"}
        marked = [(record, f"segment-{number}") for number, record in enumerate(found)]
        assert mark(connection, database, marked, _pseudonym) == 8
    with database.reading() as connection:
        assert count_clear(connection, database, ()) == 0
        rows = sealed_rows(connection, database)
        assert sorted(row.segment for row in rows) == [f"segment-{number}" for number in range(8)]
        mine = sealed_rows(connection, database, ("customer-number", "customer-number.3"))
        assert sorted(row.table for row in mine) == ["customer", "ticket", "ticket"]
        left = (
            connection.execute(select(database.place_schema(connection).tables["customer"])).mappings().all()
        )
    by_reference = {row["zusage_reference"]: row for row in left}
    assert by_reference["restriction-2"]["email"] == "person2@example.org"
    emptied = {name: value for name, value in by_reference["erasure-1"].items() if value is not None}
    assert emptied.pop("zusage_since").replace(tzinfo=UTC) == NOW
    assert emptied.pop("zusage_sealed") in {f"segment-{number}" for number in range(8)}
    assert emptied == {
        "zusage_key": "1", "zusage_root": "1", "zusage_reference": "erasure-1",
        "zusage_subject_email": "email.19", "zusage_subject_customer_number": "customer-number.3",
    }  # fmt: skip
    unrestrict_subject(database, "restriction-2")
    assert count(shop, "customer", "email = 'person2@example.org'") == 1
