"""What the law still needs is restricted at the promised date and erased at the statutory one."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from tests.keepers.retention.conftest import MakeContext, add_account, at, ids, sweep
from zusage.keepers.context import Context
from zusage.keepers.retention import RetentionKeeper
from zusage.promises import ProofState, Result

RULES = """
      - {id: inactive, from: last-login, keep: P24M, then: erase}
      - {id: vouchers, from: invoiced, keep: {statutory: hgb-vouchers}, then: erase}
"""


@pytest.fixture
def place(any_url: str, tmp_path: object) -> str:
    return (
        "restricted.db"
        if any_url.startswith("sqlite")
        else "locked_" + any_url.rsplit("/", 1)[1].split("?")[0]
    )


def test_blocked_then_erased(
    any_url: str, store_engine: Engine, make_context: MakeContext, place: str
) -> None:
    with store_engine.begin() as connection:
        connection.execute(text("ALTER TABLE account ADD COLUMN invoiced_at TIMESTAMP NULL"))
        add_account(connection, 1, at("2024-01-10T10:00"))
        add_account(connection, 2, at("2024-01-10T10:00"))
        connection.execute(
            text("UPDATE account SET invoiced_at = :at WHERE id = 1"),
            {"at": at("2023-05-05").replace(tzinfo=None)},
        )
    context = make_context(
        any_url,
        RULES,
        events="last-login: last_login, invoiced: invoiced_at",
        options=f"restricted: {{to: {place}}}\n    physical: none",
    )
    done = {
        (each.promise.rsplit("/", 1)[1], each.action): each for each in sweep(context, at("2026-03-01T04:00"))
    }
    assert done["inactive", "erase"].hit == 1
    assert done["inactive", "restrict"].hit == 1
    assert ids(store_engine) == []
    assert ids(store_engine, "message") == []

    keeper = RetentionKeeper()
    held = restricted(context, "account")
    assert [row[0] for row in held] == [1]
    assert len(restricted(context, "message")) == 2

    assert all(each.hit == 0 for each in sweep(context, at("2031-12-31T22:30")))
    assert len(restricted(context, "account")) == 1
    outcomes = sweep(context, at("2032-01-01T01:00"))
    assert ("restricted.account", Result.DONE, 1) in [
        (each.target, each.result, each.hit) for each in outcomes
    ]
    assert restricted(context, "account") == []
    assert restricted(context, "message") == []
    for promise in keeper.promises(context.declaration):
        assert keeper.prove(context, promise, at("2032-01-02T03:00")).state is ProofState.KEPT


def test_masked_where_rows_that_stay_refer_to_them(
    any_url: str, store_engine: Engine, make_context: MakeContext, place: str
) -> None:
    """`how: mask`: the row stays without its personal columns, whole in the place, and both go at the statutory date."""
    with store_engine.begin() as connection:
        connection.execute(text("ALTER TABLE account ADD COLUMN invoiced_at TIMESTAMP NULL"))
        for number in (1, 2):
            add_account(connection, number, at("2024-01-10T10:00"))
        connection.execute(text("UPDATE account SET invoiced_at = '2023-05-05 00:00:00' WHERE id = 1"))
    context = make_context(
        any_url,
        RULES,
        events="last-login: last_login, invoiced: invoiced_at",
        options=f"restricted: {{to: {place}, how: mask}}\n    physical: none",
    )
    for now in ("2026-03-01T04:00", "2026-03-02T04:00"):
        done = {(each.target, each.action): each for each in sweep(context, at(now))}
        first = now.startswith("2026-03-01")
        assert done["account", "restrict"].hit == int(first), "masked once"
    with store_engine.connect() as connection:
        live = connection.execute(text("SELECT id, email, name FROM account")).all()
    assert [tuple(row) for row in live] == [(1, None, None)]
    assert ids(store_engine, "message") == [1000, 1001]
    assert [row[:3] for row in restricted(context, "account")] == [(1, "person1@example.org", "Person 1")]
    sweep(context, at("2031-12-31T22:30"))
    assert len(restricted(context, "account")) == 1
    sweep(context, at("2032-01-01T01:00"))
    assert restricted(context, "account") == []
    assert ids(store_engine) == ids(store_engine, "message") == []


def restricted(context: Context, table: str) -> list[tuple[object, ...]]:
    database = context.stores["main"]
    with database.reading() as connection:  # type: ignore[attr-defined]
        found = database.place_schema(connection).tables[table]  # type: ignore[attr-defined]
        return [tuple(row) for row in connection.execute(found.select())]
