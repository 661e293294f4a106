"""What stopped the strongest open-source peer, and what may go wrong in mid-sweep: nothing half done, nothing leaked."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from tests.keepers.retention.conftest import SCHEMA, MakeContext, add_account, at, ids, sweep
from tests.support.canaries import Canaries
from zusage.database.engines import create_engine
from zusage.errors import StoreUnreachable
from zusage.keepers.context import Context
from zusage.keepers.retention import RetentionKeeper
from zusage.keepers.retention.approving import NothingToApprove, approve
from zusage.promises import Outcome, Plan, ProofState, Result
from zusage.stores.inspecting import drift, preflight
from zusage.stores.sql.database import Database

RULE = "      - {id: inactive, from: last-login, keep: P24M, then: erase}\n"
NOW = at("2026-06-01T03:00")
OLD = at("2024-01-15T10:00")


def old_accounts(engine: Engine, *numbers: int) -> None:
    with engine.begin() as connection:
        for number in numbers:
            add_account(connection, number, OLD)


def test_a_column_that_must_not_be_empty_stops_before_anything_is_touched(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    old_accounts(store_engine, 1, 2)
    rules = "      - {id: old, from: last-login, keep: P12M, then: anonymise}\n"
    context = make_context(any_url, rules, "recipes: {anonymise: {name: null, active: null}}")
    plan = RetentionKeeper().plan(context, NOW)
    assert plan.acts[0].detail["codes"] == ["store/not-null"]
    with pytest.raises(NothingToApprove):
        approve(context, plan, [plan.acts[0].promise], "Dora", NOW)
    with store_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM account WHERE name IS NULL")).scalar_one() == 0


def test_a_new_table_that_reaches_the_subject_is_not_covered_and_a_drift_finding(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    old_accounts(store_engine, 1)
    context = make_context(any_url, RULE)
    approve_all(context)
    with store_engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE badge (id INTEGER PRIMARY KEY, account_id INTEGER,"
                " FOREIGN KEY (account_id) REFERENCES account (id))"
            )
        )
        connection.execute(text("ALTER TABLE account ADD COLUMN tax_id VARCHAR(20)"))
    keeper = RetentionKeeper()
    plan = keeper.plan(context, NOW)
    (outcome,) = keeper.keep(context, replace_approval(plan), NOW)
    assert (outcome.result, outcome.reason) == (Result.NOT_COVERED, "store/undeclared-neighbour")
    assert ids(store_engine) == [1]
    codes = {(finding.code, finding.place.key) for finding in drift(context.stores["main"])}
    assert ("store/undeclared-table", "badge") in codes
    assert ("store/undeclared-column", "account.tax_id") in codes
    promise = next(iter(keeper.promises(context.declaration)))
    assert keeper.prove(context, promise, NOW).state is ProofState.BROKEN


def approve_all(context: Context) -> None:
    plan = RetentionKeeper().plan(context, NOW)
    approve(context, plan, list(plan.needs_approval), "Dora", NOW)


def replace_approval(plan: Plan) -> Plan:
    """The plan as if a person had approved it all."""
    return replace(plan, needs_approval={})


def test_a_changed_schema_needs_a_new_approval(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    old_accounts(store_engine, 1)
    context = make_context(any_url, RULE)
    approve_all(context)
    assert RetentionKeeper().plan(context, NOW).needs_approval == {}
    with store_engine.begin() as connection:
        connection.execute(text("ALTER TABLE account ADD COLUMN colour VARCHAR(20)"))
    assert list(RetentionKeeper().plan(context, NOW).needs_approval) == ["retention/accounts/inactive"]


def test_a_missing_index_on_the_child_side_is_said_with_the_statement(
    new_sqlite: object, sqlite_url: str, make_context: MakeContext
) -> None:
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT, name TEXT, active INTEGER, last_login TIMESTAMP)"
            )
        )
        connection.execute(
            text(
                "CREATE TABLE message (id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES account, body TEXT)"
            )
        )
    context = make_context(sqlite_url, RULE)
    found = [
        finding for finding in preflight(context.stores["main"]) if finding.code == "store/missing-index"
    ]
    assert found[0].instead
    assert found[0].instead.en == "CREATE INDEX ix_message_account_id ON message (account_id)"
    assert sweep(context, NOW)[0].result in (Result.NOT_COVERED, Result.REFUSED)


def test_without_a_primary_key_the_counts_match_the_table(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    with store_engine.begin() as connection:
        connection.execute(text("DROP TABLE message"))
        connection.execute(text("DROP TABLE account"))
        connection.execute(
            text(
                "CREATE TABLE account (email VARCHAR(99), name VARCHAR(99), active INTEGER, last_login TIMESTAMP NULL)"
            )
        )
        connection.execute(
            text("CREATE TABLE message (id INTEGER PRIMARY KEY, account_id INTEGER, body VARCHAR(99))")
        )
        for year in (2020, 2020, 2026):
            connection.execute(
                text(
                    "INSERT INTO account (email, name, active, last_login) VALUES ('same@example.org', 'x', 1, :at)"
                ),
                {"at": at(f"{year}-01-01").replace(tzinfo=None)},
            )
    context = make_context(any_url, RULE)
    plan = RetentionKeeper().plan(context, NOW)
    approve(context, plan, list(plan.needs_approval), "Dora", NOW)
    (done,) = RetentionKeeper().keep(context, RetentionKeeper().plan(context, NOW), NOW)
    assert (done.planned, done.hit, done.left) == (2, 2, 0)
    with store_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM account")).scalar_one() == 1


def test_a_database_error_that_quotes_a_row_leaks_nothing(
    any_url: str, store_engine: Engine, make_context: MakeContext, canaries: Canaries, tmp_path: Path
) -> None:
    with store_engine.begin() as connection:
        add_account(connection, 1, OLD)
        connection.execute(
            text("UPDATE account SET email = :e, name = :n"), {"e": canaries.email, "n": canaries.name}
        )
        # a reference that no binding and no reflection sees in time: added after the preflight, by a trigger's error
        for statement in _failing_trigger(any_url):
            connection.execute(text(statement))
    context = make_context(any_url, RULE)
    (outcome,) = sweep(context, NOW)
    assert outcome.result is Result.FAILED
    assert outcome.hit == 0
    assert ids(store_engine) == [1]
    assert ids(store_engine, "message") == [1000, 1001], "dependents of the same batch were put back"
    assert not any(value in str(outcome) for value in canaries.values())
    canaries.assert_absent(context.folder)


def _failing_trigger(url: str) -> list[str]:
    if url.startswith("sqlite"):
        return [
            (
                "CREATE TRIGGER no BEFORE DELETE ON account BEGIN"
                " SELECT RAISE(ABORT, 'kanaria.quittenbaum@voliere-7f3a.example'); END"
            )
        ]
    if url.startswith("postgresql"):
        return [
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '%', OLD.email; END $$",
            "CREATE TRIGGER no BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION no()",
        ]
    return [
        "CREATE TRIGGER no BEFORE DELETE ON account FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = OLD.email"
    ]


def test_a_login_between_plan_and_keep_counts(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    old_accounts(store_engine, 1, 2)
    context, keeper = make_context(any_url, RULE), RetentionKeeper()
    approve_all(context)
    plan = keeper.plan(context, NOW)
    with store_engine.begin() as connection:
        connection.execute(
            text("UPDATE account SET last_login = :at WHERE id = 1"),
            {"at": at("2026-05-31").replace(tzinfo=None)},
        )
    (done,) = keeper.keep(context, plan, NOW)
    assert (done.planned, done.hit) == (2, 1)
    assert ids(store_engine) == [1]


def test_two_sweeps_at_once_erase_everything_once(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    old_accounts(store_engine, *range(1, 61))
    context = make_context(any_url, RULE, options="physical: none\n    batch: 7")
    approve_all(context)
    plan = RetentionKeeper().plan(context, NOW)
    outcomes: list[Outcome] = []

    def run() -> None:
        outcomes.extend(RetentionKeeper().keep(context, plan, NOW))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ids(store_engine) == []
    assert ids(store_engine, "message") == []
    assert sum(outcome.hit for outcome in outcomes) == 60
    assert {outcome.result for outcome in outcomes} <= {Result.DONE, Result.NOTHING_FOUND}, outcomes


def test_a_lost_store_in_mid_sweep_fails_and_is_finished_later(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    old_accounts(store_engine, *range(1, 41))
    context = make_context(any_url, RULE, options="physical: none\n    batch: 10")
    approve_all(context)
    database = context.stores["main"]
    assert isinstance(database, Database)
    database.install_journal()
    seen = []

    @event.listens_for(database.engine(writing=True), "begin")
    def lost(connection: object) -> None:
        seen.append(1)
        if len(seen) == 3:
            raise ConnectionResetError("the network cable")

    with pytest.raises(ConnectionResetError):
        list(RetentionKeeper().keep(context, RetentionKeeper().plan(context, NOW), NOW))
    left = len(ids(store_engine))
    assert 0 < left < 40
    assert len(ids(store_engine, "message")) == 2 * left
    event.remove(database.engine(writing=True), "begin", lost)
    (done,) = sweep(context, NOW)
    assert done.hit == left
    assert ids(store_engine) == []


def test_an_unreachable_store_does_not_stop_others(make_context: MakeContext, tmp_path: Path) -> None:
    context = make_context(f"sqlite:///{tmp_path / 'missing.db'}", RULE)
    with pytest.raises(StoreUnreachable, match="main"):
        RetentionKeeper().plan(context, NOW)


def test_a_read_only_store_is_a_failure_with_a_name(
    sqlite_url: str, make_context: MakeContext, tmp_path: Path
) -> None:
    engine = create_engine(sqlite_url, keep_journal_mode=True)
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))
    old_accounts(engine, 1)
    context = make_context(sqlite_url, RULE)
    approve_all(context)
    database = context.stores["main"]
    assert isinstance(database, Database)

    @event.listens_for(database.engine(writing=True), "connect")
    def read_only(connection: object, record: object) -> None:
        connection.execute("PRAGMA query_only=ON")  # type: ignore[attr-defined]

    outcomes = list(RetentionKeeper().keep(context, RetentionKeeper().plan(context, NOW), NOW))
    assert [outcome.result for outcome in outcomes] == [Result.FAILED]
    assert "READONLY" in outcomes[0].reason
    assert ids(engine) == [1]


def test_a_full_disk_leaves_whole_batches(sqlite_url: str, make_context: MakeContext) -> None:
    engine = create_engine(sqlite_url, keep_journal_mode=True)
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))
    old_accounts(engine, *range(1, 201))
    context = make_context(sqlite_url, RULE, options="physical: none\n    batch: 20")
    approve_all(context)
    database = context.stores["main"]
    assert isinstance(database, Database)

    @event.listens_for(database.engine(writing=True), "connect")
    def small(connection: object, record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]  # type: ignore[attr-defined]
        connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    (outcome,) = list(RetentionKeeper().keep(context, RetentionKeeper().plan(context, NOW), NOW))
    assert outcome.result is Result.FAILED
    assert "FULL" in outcome.reason
    assert len(ids(engine, "message")) == 2 * len(ids(engine))


def test_the_stop_rule_asks_before_an_unusual_sweep(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    old_accounts(store_engine, 1)
    context, keeper = make_context(any_url, RULE), RetentionKeeper()
    sweep(context, NOW)
    old_accounts(store_engine, *range(100, 150))
    plan = keeper.plan(context, NOW)
    assert list(plan.needs_approval.values()) == ["more rows than the stop rule lets through"]
    (refused,) = keeper.keep(context, plan, NOW)
    assert refused.result is Result.REFUSED
    assert len(ids(store_engine)) == 50
    (done,) = sweep(context, NOW)
    assert done.hit == 50
