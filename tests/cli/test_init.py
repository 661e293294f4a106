"""`zusage init --scan`: bindings drafted from a database, guesses marked; checked and filled in, the draft loads."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.stores.conftest import SCHEMA
from zusage.cli.main import run
from zusage.database.engines import create_engine
from zusage.declaration.strict_yaml import parse
from zusage.stores.bindings import Bindings, SqlStore

FILLED_IN = {"TODO-activity": "shop", "TODO-category": "contact", "    activities: {}\n": ""}


def test_a_draft_from_a_schema_becomes_bindings(
    any_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with create_engine(any_url).begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))
    assert run(["init", str(tmp_path / "new"), "--scan", any_url]) == 0, capsys.readouterr().err
    drafted = (tmp_path / "new" / "stores.yaml").read_text(encoding="utf-8")
    assert run(["store", "preflight", "-w", str(tmp_path / "new")]) == 0, "nothing guessed counts as said"
    assert drafted.count("# guessed") >= 6
    said = "\n".join(line.removeprefix("# ") for line in drafted.splitlines()[3:]) + "\n"
    for sign, meant in FILLED_IN.items():
        said = said.replace(sign, meant)
    store = Bindings.model_validate(parse(said, "stores.yaml").data).stores["main"]
    assert isinstance(store, SqlStore)
    parts = {part.table: part for part in store.activities["shop"]}
    assert set(parts) == {"customer", "orders", "item", "ticket", "newsletter"}
    assert parts["customer"].subject == {"email": "email"}
    assert parts["ticket"].subject == {"email": "customer_id.email"}, "the shortest way"
    assert parts["item"].subject == {"email": "order_id.customer_id.email"}
    assert parts["customer"].columns["name"] == "contact"
