"""Finding, exporting, erasing, restricting and correcting one person's rows."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError

from tests.stores.conftest import MakeDatabase, count
from zusage.stores.linking import linked_identities
from zusage.stores.restriction import restrict_subject, unrestrict_subject
from zusage.stores.sql import journal
from zusage.stores.sql.folding import fold
from zusage.stores.sql.identity import Identity
from zusage.stores.subjects import (
    NotCovered,
    erase_subject,
    export_subject,
    find_subject,
    rectify_subject,
)  # fmt: skip

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ONE = [Identity("email", "person1@example.org"), Identity("customer-number", "K-1")]


def test_find_and_export_over_several_hops(shop: Engine, make_database: MakeDatabase) -> None:
    database = make_database()
    found = {each.table: each.count for each in find_subject(database, ONE)}
    assert found == {"customer": 1, "orders": 2, "item": 2, "ticket": 2, "newsletter": 1}
    exported = {each.table: each.rows for each in export_subject(database, ONE)}
    assert exported["item"] == [
        {"id": 10_000, "engraving": "für M.", "order_id": 10_000},
        {"id": 10_001, "engraving": "für M.", "order_id": 10_001},
    ]


def test_identities_lead_to_further_ones(shop: Engine, make_database: MakeDatabase) -> None:
    found = linked_identities([make_database()], [Identity("email", "PERSON1@example.org ")])
    assert ("customer-number", "K-1") in [(each.kind, each.value) for each in found]


def test_erase_is_whole_and_spares_others(shop: Engine, make_database: MakeDatabase) -> None:
    done = {each.table: each for each in erase_subject(make_database(), ONE, "a1", NOW)}
    assert {name: (each.before, each.hit, each.left) for name, each in done.items()} == {
        "customer": (1, 1, 0), "orders": (2, 2, 0), "item": (2, 2, 0), "ticket": (2, 2, 0), "newsletter": (1, 1, 0),
    }  # fmt: skip
    assert [count(shop, table) for table in ("customer", "orders", "item", "ticket", "newsletter")] == [
        1,
        2,
        2,
        2,
        1,
    ]


@pytest.mark.parametrize(
    "said",
    ["Jürgen@Example.ORG", "  jürgen@example.org ", unicodedata.normalize("NFD", "jürgen@example.org")],
)
def test_letter_case_spaces_and_composition_do_not_hide_anybody(
    shop: Engine, make_database: MakeDatabase, said: str
) -> None:
    with shop.begin() as connection:
        connection.execute(text("INSERT INTO customer VALUES (9, 'jürgen@example.org', 'K-9', 'Jürgen')"))
    found = {each.table: each.count for each in find_subject(make_database(), [Identity("email", said)])}
    assert found["customer"] == 1


def test_every_way_of_writing_an_address_is_found(shop: Engine, make_database: MakeDatabase) -> None:
    sqlite = shop.dialect.name == "sqlite"
    said = [
        "K9@x.example", "k9@X.EXAMPLE", "  k9@x.example", "k9@x.example ", "kk9@x.example", "k9@x.exampl",
        "jü@x.example", "ju@x.example",
    ]  # fmt: skip
    # PostgreSQL and MariaDB have no rule for a letter that folds to two
    said += ["k9@x.example\t", "\N{KELVIN SIGN}9@x.example", "stra\u00dfe", "STRASSE"] if sqlite else []
    rows = [{"id": number, "email": each, "number": f"K-{number}"} for number, each in enumerate(said, 100)]
    with shop.begin() as connection:
        connection.execute(text("INSERT INTO customer VALUES (:id, :email, :number, 'N')"), rows)
    database = make_database()

    def found_of(email: str) -> int:
        found = find_subject(database, [Identity("email", email)])
        return next(each.count for each in found if each.table == "customer")

    forms = 6 if sqlite else 4
    found = [found_of(each) for each in ("k9@x.example", " K9@X.example", "ju@x.example")]
    assert found == [forms, forms, 1]
    assert found_of("strasse") == (2 if sqlite else 0)


def test_what_folds_to_plain_ascii_is_as_long_in_bytes() -> None:
    """The look at every row leaves out what is shorter than the identity: no letter grows when it is folded to ASCII."""
    beyond = [chr(code) for code in range(0x80, 0x20000) if not 0xD800 <= code < 0xE000]
    folded = {letter: fold(letter) or "" for letter in beyond}
    plain = {letter: said for letter, said in folded.items() if said.isascii() and said}
    assert all(len(said) <= len(letter.encode()) for letter, said in plain.items())
    same = {said for letter, said in plain.items() if len(said) == len(letter.encode())}
    assert same == {"ss", "ffi", "ffl"}


def test_another_letter_is_another_person(shop: Engine, make_database: MakeDatabase) -> None:
    with shop.begin() as connection:
        connection.execute(text("INSERT INTO customer VALUES (9, 'jurgen@example.org', 'K-9', 'Jurgen')"))
        connection.execute(text("INSERT INTO customer VALUES (8, 'jürgen@example.org', 'K-8', 'Jürgen')"))
    done = erase_subject(make_database(), [Identity("email", "Jürgen@example.org")], "a1", NOW)
    assert {each.table: each.hit for each in done}["customer"] == 1
    assert count(shop, "customer", "id = 9") == 1


def test_an_unknown_person_is_not_found(shop: Engine, make_database: MakeDatabase) -> None:
    done = erase_subject(make_database(), [Identity("email", "nobody@example.org")], "a1", NOW)
    assert [(each.before, each.hit) for each in done] == [(0, 0)] * 4
    assert count(shop, "customer") == 2


def test_a_hold_keeps_the_row_and_what_it_refers_to(shop: Engine, make_database: MakeDatabase) -> None:
    database = make_database()
    database.install_journal()
    with database.writing() as connection:
        journal.exclude(connection, [journal.Exclusion("orders", "10000", "hold", "h1", NOW)])
        journal.exclude(connection, [journal.Exclusion("customer", "1", "hold", "h1", NOW)])
    done = {each.table: each for each in erase_subject(database, ONE, "a1", NOW)}
    assert (done["orders"].hit, done["orders"].left, done["orders"].why) == (1, 1, {"hold": 1})
    assert (done["customer"].left, done["customer"].why) == (1, {"hold": 1})
    assert count(shop, "orders", "customer_id = 1") == 1
    assert count(shop, "item", "order_id = 10000") == 0


def test_an_undeclared_table_that_reaches_the_person_stops_everything(
    shop: Engine, make_database: MakeDatabase
) -> None:
    database = make_database()
    find_subject(database, ONE)  # the schema is cached by now
    with shop.begin() as connection:
        connection.execute(text("CREATE TABLE survey (id INTEGER PRIMARY KEY, email VARCHAR(100))"))
    with pytest.raises(NotCovered, match="survey"):
        erase_subject(database, ONE, "a1", NOW)
    assert count(shop, "customer") == 2


def test_a_failing_table_undoes_the_whole_erasure(
    shop: Engine, make_database: MakeDatabase, any_url: str
) -> None:
    if not any_url.startswith("sqlite"):
        pytest.skip("a trigger written for SQLite")
    with shop.begin() as connection:
        connection.execute(
            text(
                "CREATE TRIGGER no BEFORE DELETE ON customer BEGIN SELECT RAISE(ABORT, 'person1@example.org'); END"
            )
        )
    with pytest.raises(DBAPIError):
        erase_subject(make_database(), ONE, "a1", NOW)
    assert [count(shop, table) for table in ("customer", "orders", "item", "ticket", "newsletter")] == [
        2,
        4,
        4,
        4,
        2,
    ]


def test_the_number_of_statements_does_not_grow(shop: Engine, make_database: MakeDatabase) -> None:
    counts = []
    for customer, orders in ((3, 5), (4, 60), (5, 700)):
        with shop.begin() as connection:
            connection.execute(
                text("INSERT INTO customer VALUES (:id, :email, :number, 'x')"),
                {"id": customer, "email": f"person{customer}@example.org", "number": f"K-{customer}"},
            )
            rows = [{"id": customer * 10_000 + n, "c": customer} for n in range(orders)]
            connection.execute(text("INSERT INTO orders VALUES (:id, :c, 'x')"), rows)
        database = make_database()
        seen: list[str] = []
        database.install_journal()
        find_subject(database, ONE)
        event.listen(
            database.engine(writing=True),
            "before_cursor_execute",
            lambda *args, seen=seen: seen.append(args[2]),
        )
        done = erase_subject(
            database, [Identity("email", f"person{customer}@example.org")], f"a{customer}", NOW
        )
        assert {each.table: each.hit for each in done}["orders"] == orders
        counts.append(len(seen))
        database.close()
    assert counts[0] == counts[1] == counts[2]


def test_rectify(shop: Engine, make_database: MakeDatabase) -> None:
    changed = rectify_subject(make_database(), ONE, {"customer": {"name": "Maren Muster"}}, NOW)
    assert [(each.table, each.count) for each in changed] == [("customer", 1)]
    assert count(shop, "customer", "name = 'Maren Muster'") == 1


def test_restrict_and_back(shop: Engine, make_database: MakeDatabase, any_url: str) -> None:
    place = (
        "restricted.db"
        if any_url.startswith("sqlite")
        else "locked_" + any_url.rsplit("/", 1)[1].split("?")[0]
    )
    database = make_database(restricted={"to": place})
    restrict_subject(database, ONE, "request-1", NOW)
    assert [count(shop, table) for table in ("customer", "orders", "item", "ticket")] == [1, 2, 2, 2]
    found = {each.table: each.count for each in find_subject(database, ONE)}
    assert found["restricted.customer"] == 1
    assert found["restricted.item"] == 2
    exported = {each.table: each.rows for each in export_subject(database, ONE)}
    assert exported["restricted.customer"][0]["email"] == "person1@example.org"
    unrestrict_subject(database, "request-1")
    assert [count(shop, table) for table in ("customer", "orders", "item", "ticket")] == [2, 4, 4, 4]
    assert {each.table: each.count for each in find_subject(database, ONE)}["restricted.customer"] == 0


def test_erasure_reaches_the_restricted_place(
    shop: Engine, make_database: MakeDatabase, any_url: str
) -> None:
    place = (
        "restricted.db"
        if any_url.startswith("sqlite")
        else "locked2_" + any_url.rsplit("/", 1)[1].split("?")[0]
    )
    database = make_database(restricted={"to": place})
    restrict_subject(database, ONE, "request-1", NOW)
    with database.writing() as connection:
        journal.lift(connection, "request-1")
    done = {each.table: each for each in erase_subject(database, ONE, "a1", NOW)}
    assert done["restricted.customer"].hit == 1
    assert {each.table: each.count for each in find_subject(database, ONE)}["restricted.customer"] == 0
