"""From a declared rule to rows that are gone: plan, approve, sweep, prove, on all three databases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, text

from tests.keepers.retention.conftest import MakeContext, add_account, at, ids, sweep
from zusage.keepers.retention import RetentionKeeper
from zusage.keepers.retention.approving import approve
from zusage.promises import ProofState, Result

RULE = "      - {id: inactive, from: last-login, keep: P24M, then: erase}\n"
NOW = at("2026-03-02T03:00")


def test_a_rule_from_plan_to_proof(any_url: str, store_engine: Engine, make_context: MakeContext) -> None:
    with store_engine.begin() as connection:
        add_account(connection, 1, at("2024-02-29T22:59:59"))  # 24 months end on 28 February 2026
        add_account(connection, 2, at("2024-03-02T10:00"))  # is kept through 2 March 2026
        add_account(connection, 3, None)
    context, keeper = make_context(any_url, RULE), RetentionKeeper()
    promise = next(iter(keeper.promises(context.declaration)))
    assert promise.id == "retention/accounts/inactive"

    assert keeper.prove(context, promise, NOW).state is ProofState.BROKEN
    plan = keeper.plan(context, NOW)
    assert [(act.target, act.count, act.of_total) for act in plan.acts] == [("account", 1, 3)]
    assert set(plan.needs_approval) == {promise.id}
    refused = list(keeper.keep(context, plan, NOW))
    assert [outcome.result for outcome in refused] == [Result.REFUSED]
    assert ids(store_engine) == [1, 2, 3]

    approve(context, plan, [promise.id], "Dora Datenschutz", NOW)
    (done,) = keeper.keep(context, keeper.plan(context, NOW), NOW)
    assert (done.result, done.planned, done.hit, done.left) == (Result.DONE, 1, 1, 0)
    assert ids(store_engine) == [2, 3]
    assert ids(store_engine, "message") == [2000, 2001, 3000, 3001]
    assert keeper.prove(context, promise, NOW).state is ProofState.KEPT


def test_an_event_dated_by_rows_that_go_along_and_two_floors_of_dependents(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    with store_engine.begin() as connection:
        for statement in (
            "ALTER TABLE message ADD COLUMN posted TIMESTAMP NULL",
            (
                "CREATE TABLE attachment (id INTEGER PRIMARY KEY, message_id INTEGER NOT NULL,"
                " FOREIGN KEY (message_id) REFERENCES message (id))"
            ),
            "CREATE INDEX ix_attachment_message ON attachment (message_id)",
        ):
            connection.execute(text(statement))
        for number, last in (
            (1, "2023-05-01 10:00:00"),
            (2, "2026-01-01 10:00:00"),
            (3, "2022-05-01 10:00:00"),
        ):
            add_account(connection, number, at("2020-01-01"), messages=2)
            connection.execute(
                text("UPDATE message SET posted = :at WHERE account_id = :id AND id % 10 = 0"),
                {"at": datetime.fromisoformat(last), "id": number},
            )
        connection.execute(text("INSERT INTO attachment SELECT id, id FROM message"))
    context = make_context(
        any_url,
        RULE,
        more="dependents: {erase: [message, attachment]}",
        events='last-login: {sql: "(SELECT max(posted) FROM message m WHERE m.account_id = account.id)"}',
    )
    (done,) = sweep(context, NOW)
    assert (done.result, done.hit, done.left) == (Result.DONE, 2, 0)
    assert ids(store_engine) == [2]
    assert ids(store_engine, "message") == ids(store_engine, "attachment") == [2000, 2001]
