"""Composite and self-referencing keys, circles, rows that stay, drift, drafts and grants, on every database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests.stores.conftest import MakeDatabase, count
from zusage.database.engines import BadUrl, create_engine
from zusage.declaration.strict_yaml import parse
from zusage.stores.drafting import draft_bindings
from zusage.stores.inspecting import drift, preflight
from zusage.stores.selection import Cut, Passed, Selection
from zusage.stores.sql.acting import TableAct, run
from zusage.stores.sql.database import Database
from zusage.stores.sql.grants import grants
from zusage.stores.sql.identity import Identity
from zusage.stores.sql.preflight import check_erase
from zusage.stores.subjects import erase_subject, find_subject

NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
SELECTION = Selection((Passed("ended", Cut(datetime(2025, 1, 1, tzinfo=UTC), date(2025, 1, 1))),), NOW)


def erase(database: Database, table: str) -> int:
    """Erase what ended before 2025 from a bound table, after its preflight."""
    database.install_journal()
    part = next(part for part in database.parts() if part.table == table)
    with database.reading() as connection:
        bound = database.bound(connection, part)
        found = database.closure(bound)
    assert list(check_erase("main", bound, found)) == []
    act = TableAct(id="a", promise="p", action="erase", table=bound, selection=SELECTION, closure=found)
    return sum(batch.hit for batch in run(database, act, NOW))


def execute(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_composite_keys(any_url: str, make_database: MakeDatabase) -> None:
    engine = create_engine(any_url)
    execute(
        engine,
        "CREATE TABLE booking (tenant INTEGER, number INTEGER, email VARCHAR(80), ended DATE, PRIMARY KEY (tenant, number))",
        "CREATE TABLE seat (id INTEGER PRIMARY KEY, tenant INTEGER, number INTEGER, label VARCHAR(9),"
        " FOREIGN KEY (tenant, number) REFERENCES booking (tenant, number))",
        "CREATE INDEX ix_seat ON seat (tenant, number)",
        *(
            f"INSERT INTO booking VALUES ({t}, {n}, 'p{t}{n}@example.org', '{2024 + t}-12-31')"
            for t in (0, 1)
            for n in range(5)
        ),
        *(f"INSERT INTO seat VALUES ({t * 10 + n}, {t}, {n}, 'A{n}')" for t in (0, 1) for n in range(5)),
    )
    database = make_database(
        batch=2,
        activities={
            "a": (
                {
                    "table": "booking",
                    "subject": {"email": "email"},
                    "columns": {"email": "c"},
                    "events": {"ended": "ended"},
                },
                {"table": "seat", "subject": {"email": "(tenant, number).email"}, "columns": {"label": "c"}},
            )
        },
    )
    found = {
        each.table: each.count for each in find_subject(database, [Identity("email", "p13@example.org")])
    }
    assert found == {"booking": 1, "seat": 1}
    assert erase(database, "booking") == 5
    assert (count(engine, "booking"), count(engine, "seat")) == (5, 5)
    erase_subject(database, [Identity("email", "p13@example.org")], "r", NOW)
    assert (count(engine, "booking"), count(engine, "seat")) == (4, 4)


def test_circles_and_rows_that_refer_to_themselves(any_url: str, make_database: MakeDatabase) -> None:
    engine = create_engine(any_url)
    execute(
        engine,
        "CREATE TABLE team (id INTEGER PRIMARY KEY, lead_id INTEGER, ended DATE)",
        "CREATE TABLE member (id INTEGER PRIMARY KEY, team_id INTEGER, buddy_id INTEGER, name VARCHAR(20),"
        " FOREIGN KEY (team_id) REFERENCES team (id), FOREIGN KEY (buddy_id) REFERENCES member (id))",
        "CREATE INDEX ix_member_team ON member (team_id)",
        "CREATE INDEX ix_member_buddy ON member (buddy_id)",
        "CREATE INDEX ix_team_lead ON team (lead_id)",
    )
    if not any_url.startswith("sqlite"):
        execute(engine, "ALTER TABLE team ADD FOREIGN KEY (lead_id) REFERENCES member (id)")
    for team, year in ((1, 2020), (2, 2026)):
        execute(
            engine,
            f"INSERT INTO team VALUES ({team}, NULL, '{year}-01-01')",
            f"INSERT INTO member VALUES ({team}0, {team}, NULL, 'A'), ({team}1, {team}, {team}0, 'B')",
            f"UPDATE team SET lead_id = {team}0 WHERE id = {team}",
        )
    execute(engine, "UPDATE member SET buddy_id = 10 WHERE id = 21")
    database = make_database(
        activities={
            "a": (
                {
                    "table": "team",
                    "events": {"ended": "ended"},
                    "dependents": {"also": ["team(lead_id)->member(id)"]},
                },
                {"table": "member", "columns": {"name": "c"}},
            )
        }
    )
    assert erase(database, "team") == 1
    assert (count(engine, "team"), count(engine, "member")) == (1, 2)
    assert count(engine, "member", "buddy_id IS NULL") == 2, "a reference to an erased row is emptied"


def test_rows_that_stay_lose_their_reference(any_url: str, make_database: MakeDatabase) -> None:
    engine = create_engine(any_url)
    execute(
        engine,
        "CREATE TABLE customer (id INTEGER PRIMARY KEY, email VARCHAR(80), ended DATE)",
        "CREATE TABLE invoice (id INTEGER PRIMARY KEY, customer_id INTEGER, buyer VARCHAR(40),"
        " FOREIGN KEY (customer_id) REFERENCES customer (id))",
        "CREATE INDEX ix_invoice ON invoice (customer_id)",
        "INSERT INTO customer VALUES (1, 'a@example.org', '2020-01-01')",
        "INSERT INTO invoice VALUES (7, 1, 'A. Muster')",
    )
    keep = {"keep": {"invoice": {"buyer": {"constant": "removed"}}}}
    dated = {"table": "customer", "columns": {"email": "c"}, "events": {"ended": "ended"}, "dependents": keep}
    assert erase(make_database(activities={"a": (dated,)}), "customer") == 1
    assert count(engine, "invoice", "customer_id IS NULL AND buyer = 'removed'") == 1


def test_drift_names_undeclared_tables_and_columns(shop: Engine, make_database: MakeDatabase) -> None:
    execute(
        shop,
        "CREATE TABLE survey (id INTEGER PRIMARY KEY, email VARCHAR(80))",
        "CREATE TABLE payroll (id INTEGER PRIMARY KEY, iban VARCHAR(40))",
        "CREATE TABLE colour (id INTEGER PRIMARY KEY, label VARCHAR(9))",
        "ALTER TABLE customer ADD COLUMN tax_id VARCHAR(20)",
        "ALTER TABLE customer ADD COLUMN shelf INTEGER",
    )
    found = {(each.code, each.place.key, each.severity.value) for each in drift(make_database())}
    assert found == {
        ("store/undeclared-table", "survey", "error"),
        ("store/looks-personal", "payroll", "warning"),
        ("store/undeclared-column", "customer.tax_id", "error"),
        ("store/undeclared-column", "customer.shelf", "warning"),
    }


def test_a_binding_that_does_not_fit_is_a_finding(shop: Engine, make_database: MakeDatabase) -> None:
    part = {"table": "customr", "columns": {}}
    codes = [each.code for each in preflight(make_database(activities={"a": (part,)}))]
    assert "store/misfit" in codes


def test_a_draft_says_what_was_guessed(shop: Engine, any_url: str, tmp_path: Path) -> None:
    said = draft_bindings(any_url, tmp_path)
    assert parse(said).data["stores"]["main"]["kind"] == "sql"
    uncommented = "\n".join(line.removeprefix("#") for line in said.splitlines())
    assert "- table: customer" in uncommented
    assert "subject: {email: email}  # guessed" in uncommented
    assert "order_id.customer_id.email" in uncommented


@pytest.mark.postgres
def test_a_password_is_not_written_into_a_draft(postgres_url: str, tmp_path: Path) -> None:
    (tmp_path / "url").write_text(postgres_url.replace("@127", ":geheim@127", 1))
    assert "geheim" not in draft_bindings(f"file:{tmp_path / 'url'}")
    with pytest.raises(BadUrl):
        draft_bindings(postgres_url.replace("@127", ":geheim@127", 1))


def test_grants_are_the_least(shop: Engine, make_database: MakeDatabase, any_url: str) -> None:
    said = "\n".join(grants(make_database(), "zusage"))
    if any_url.startswith("sqlite"):
        assert "no accounts" in said
        return
    assert "GRANT SELECT, DELETE ON customer TO" in said
    assert "ALL" not in said
    assert "GRANT UPDATE (answers) ON ticket TO" in said
