"""From a declared rule to rows that are gone: plan, approve, sweep, prove, on all three databases."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.keepers.retention.conftest import MakeContext, add_account, at, ids
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
