"""A store that may not hold our journal: counts are right, also after an interruption, where they are reconstructed."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect

from tests.keepers.retention.conftest import MakeContext, add_account, at, ids, sweep
from zusage.keepers.context import Context
from zusage.keepers.retention import RetentionKeeper, sweeping
from zusage.ledger import Wanted
from zusage.stores.sql.acting import run

RULE = "      - {id: inactive, from: last-login, keep: P24M, then: erase}\n"
NOW = at("2026-06-01T03:00")


def recorded(context: Context) -> list[tuple[int, bool]]:
    with context.state.connect() as connection:
        entries = context.ledger.entries(connection, Wanted(kind="retention/done"))
        return [(entry.facts["hit"], entry.facts["reconstructed"]) for entry in entries]


@pytest.fixture
def context(any_url: str, store_engine: Engine, make_context: MakeContext) -> Context:
    with store_engine.begin() as connection:
        for number in range(1, 31):
            add_account(connection, number, at("2024-01-15T10:00"))
    return make_context(any_url, RULE, options="journal: false\n    physical: none\n    batch: 10")


def test_nothing_of_ours_stands_in_the_store(context: Context, store_engine: Engine) -> None:
    (done,) = sweep(context, NOW)
    assert done.hit == 30
    assert ids(store_engine) == []
    assert sorted(inspect(store_engine).get_table_names()) == ["account", "message"]
    assert recorded(context) == [(30, False)]


def test_an_interrupted_sweep_is_reconstructed(
    context: Context, store_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: object, **named: object) -> object:
        batches = run(*arguments, **named)  # type: ignore[arg-type]
        yield next(batches)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sweeping, "run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            sweep(context, NOW)
    assert len(ids(store_engine)) == 20
    assert recorded(context) == []
    list(RetentionKeeper().keep(context, RetentionKeeper().plan(context, NOW), NOW))
    assert ids(store_engine) == []
    assert recorded(context) == [(10, True), (20, False)]
