"""A store that does not answer is named, and does not stop the others."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from tests.keepers.retention.conftest import at, declaration, ids, sweep
from zusage.database.engines import create_engine
from zusage.database.schema import metadata
from zusage.keepers.context import Context
from zusage.keepers.retention import RetentionKeeper
from zusage.keys import KeyRing
from zusage.ledger import Ledger
from zusage.mail.settings import MailSettings
from zusage.promises import Result
from zusage.stores import open_stores

RULE = "      - {id: inactive, from: last-login, keep: P24M, then: erase}\n"
STORES = """
stores:
  here: {kind: sql, url: here.db, physical: none, activities: {accounts: [{table: account, events: {last-login: at}}]}}
  away: {kind: sql, url: away.db, physical: none, activities: {accounts: [{table: account, events: {last-login: at}}]}}
"""
NOW = at("2026-06-01T03:00")


def test_the_reachable_store_is_swept(tmp_path: Path) -> None:
    (tmp_path / "stores.yaml").write_text(STORES, encoding="utf-8")
    engines = [create_engine(f"sqlite:///{tmp_path / name}.db") for name in ("here", "away")]
    for engine in engines:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE account (id INTEGER PRIMARY KEY, at TIMESTAMP)"))
            connection.execute(text("INSERT INTO account VALUES (1, '2020-01-01 00:00:00')"))
    said, keys = declaration(RULE), KeyRing.create(tmp_path / "keys")
    state = create_engine(f"sqlite:///{tmp_path / 'state.db'}")
    metadata.create_all(state)
    stores = open_stores(tmp_path / "stores.yaml", said)
    context = Context(said, stores, state, Ledger(keys), keys, MailSettings(), tmp_path)
    sweep(context, NOW)
    assert ids(engines[0]) == ids(engines[1]) == []
    for engine in engines:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO account VALUES (2, '2020-01-01 00:00:00')"))
        engine.dispose()
    for store in stores.values():
        store.close()  # type: ignore[attr-defined]
    (tmp_path / "away.db").rename(tmp_path / "elsewhere.db")
    plan = RetentionKeeper().plan(context, NOW)
    assert {act.store for act in plan.acts if "unreachable" in act.detail} == {"away"}
    outcomes = {outcome.store: outcome for outcome in RetentionKeeper().keep(context, plan, NOW)}
    assert (outcomes["here"].result, outcomes["here"].hit) == (Result.DONE, 1)
    assert (outcomes["away"].result, outcomes["away"].reason) == (Result.FAILED, "unreachable")
    assert ids(engines[0]) == []
