"""Rows that stay when the person goes: their references are emptied, each counted; and they never lose their way."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine, text

from tests.stores.conftest import ACTIVITIES, MakeDatabase, count
from zusage.stores.sql.drift import preflight
from zusage.stores.sql.identity import Identity
from zusage.stores.subjects import erase_subject

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ONE = [Identity("email", "person1@example.org"), Identity("customer-number", "K-1")]


def with_keep(keep: dict[str, object]) -> dict[str, object]:
    """The customer's binding with tables that stay."""
    first, *rest = ACTIVITIES["shop"]
    return {**ACTIVITIES, "shop": ({**first, "dependents": {"keep": keep}}, *rest)}


def test_two_emptied_references_of_one_table_are_both_counted(
    shop: Engine, make_database: MakeDatabase
) -> None:
    with shop.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE review (id INTEGER PRIMARY KEY, author INTEGER, about INTEGER,"
                " FOREIGN KEY (author) REFERENCES customer (id), FOREIGN KEY (about) REFERENCES customer (id))"
            )
        )
        connection.execute(text("CREATE INDEX ix_review_author ON review (author)"))
        connection.execute(text("CREATE INDEX ix_review_about ON review (about)"))
        connection.execute(text("INSERT INTO review VALUES (1, 1, 2), (2, 1, 2), (3, 2, 1)"))
    database = make_database(activities=with_keep({"review": {}}))
    done = {each.table: each for each in erase_subject(database, ONE, "a1", NOW)}
    assert done["customer"].dependents["review kept"] == 3
    assert count(shop, "review", "author = 1 OR about = 1") == 0
    assert count(shop, "review") == 3


def test_a_reference_that_must_not_be_empty_gets_the_recipe_s_constant(
    shop: Engine, make_database: MakeDatabase
) -> None:
    with shop.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE vote (id INTEGER PRIMARY KEY, voter INTEGER NOT NULL, reason VARCHAR(80),"
                " FOREIGN KEY (voter) REFERENCES customer (id))"
            )
        )
        connection.execute(text("CREATE INDEX ix_vote_voter ON vote (voter)"))
        connection.execute(text("INSERT INTO customer VALUES (99, 'nobody@example.org', NULL, 'nobody')"))
        connection.execute(text("INSERT INTO vote VALUES (1, 1, 'Grund'), (2, 2, 'Grund')"))
    keep: dict[str, object] = {"vote": {"voter": {"constant": 99}, "reason": None}}
    done = {
        each.table: each for each in erase_subject(make_database(activities=with_keep(keep)), ONE, "a1", NOW)
    }
    assert (done["customer"].hit, done["customer"].dependents["vote kept"]) == (1, 1)
    assert count(shop, "vote", "voter = 99 AND reason IS NULL") == 1
    assert count(shop, "vote", "voter = 2 AND reason = 'Grund'") == 1


def test_a_recipe_that_a_kept_row_cannot_follow_is_found_before_anything_runs(
    shop: Engine, make_database: MakeDatabase
) -> None:
    with shop.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE vote (id INTEGER PRIMARY KEY, voter INTEGER, reason VARCHAR(80),"
                " FOREIGN KEY (voter) REFERENCES customer (id))"
            )
        )
        connection.execute(text("CREATE INDEX ix_vote_voter ON vote (voter)"))
    database = make_database(activities=with_keep({"vote": {"reason": {"truncate": 3}}}))
    assert "store/kept-recipe" in {finding.code for finding in preflight(database)}
    database = make_database(activities=with_keep({"vote": {"reason": None}}))
    assert "store/kept-recipe" not in {finding.code for finding in preflight(database)}


def test_a_store_that_can_carry_no_hold_says_so_before_one_is_needed(
    shop: Engine, make_database: MakeDatabase
) -> None:
    assert "store/no-holds" in {finding.code for finding in preflight(make_database(journal=False))}
    assert "store/no-holds" not in {finding.code for finding in preflight(make_database())}
