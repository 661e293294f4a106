"""Every deployment loads, is bound without gaps, makes the same data again, and its promises can be kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.promises.scenario import at
from zusage.declaration import Declaration
from zusage.declaration.loading import load
from zusage.deployments import NAMES, create, deployment
from zusage.deployments.creating import engine_of
from zusage.deployments.registry import UnknownDeployment
from zusage.keepers.retention import RetentionKeeper
from zusage.keepers.retention.approving import approve
from zusage.law.retention import statutory
from zusage.promises import ProofState, Result
from zusage.stores.sql.database import Database
from zusage.workspace import Workspace

NOW = at("2026-03-01T09:00")


def made(folder: Path, name: str, **more: object) -> Workspace:
    """A deployment with few people."""
    return create(name, folder / name, size="tiny", now=NOW, **more)  # type: ignore[arg-type]


def declared(name: str) -> Declaration:
    """A deployment's declaration."""
    return load(deployment(name).folder)


@pytest.mark.parametrize("name", NAMES)
def test_every_text_is_there_in_both_languages(name: str) -> None:
    declaration = declared(name)
    assert set(declaration.languages) == {"de", "en"}
    for activity in declaration.activities.values():
        texts = [
            activity.title,
            *(purpose.text for purpose in activity.purposes),
            *(one.text for one in activity.data),
        ]
        for text in texts:
            assert text.says("de")
            assert text.says("en")
            assert text.says("de") != text.says("en") or " " not in text.says("de"), text.says("de")


@pytest.mark.parametrize("name", NAMES)
def test_a_law_is_named_where_one_is_meant(name: str) -> None:
    for _, _, rule in declared(name).rules():
        for step in rule.steps:
            if step.keep.statutory:
                assert statutory(step.keep.statutory).citation is not None


@pytest.mark.parametrize("name", NAMES)
def test_the_same_data_come_again(name: str, tmp_path: Path) -> None:
    digests = []
    for place in ("one", "two"):
        folder = tmp_path / place
        made(folder, name)
        digest = hashlib.sha256()
        for store, metadata in deployment(name).databases.items():
            engine = engine_of(folder / name, store)
            with engine.connect() as connection:
                for table in metadata.sorted_tables:
                    rows = connection.execute(select(table).order_by(*table.primary_key)).all()
                    digest.update(repr(rows).encode())
            engine.dispose()
        digests.append(digest.hexdigest())
    assert digests[0] == digests[1]


@pytest.mark.parametrize("name", NAMES)
def test_the_bindings_fit_and_leave_nothing_out(name: str, tmp_path: Path) -> None:
    """Every table is bound or said to hold nothing personal; every column of a bound table too."""
    context = made(tmp_path, name).context
    for store in context.stores.values():
        if not isinstance(store, Database):
            continue
        parts = list(store.parts())
        tables = deployment(name).databases[store.name].tables
        unbound = set(tables) - {part.table for part in parts} - set(store.binding.ignore)
        assert unbound == set(), f"{name}/{store.name}"
        with store.reading() as connection:
            for part in parts:
                store.bound(connection, part)


@pytest.mark.parametrize("name", NAMES)
def test_a_sweep_keeps_every_promise_that_can_be_kept_today(name: str, tmp_path: Path) -> None:
    context = made(tmp_path, name).context
    keeper = RetentionKeeper()
    before = [keeper.prove(context, promise, NOW).state for promise in keeper.promises(context.declaration)]
    assert ProofState.BROKEN in before, "the demo begins with promises that are overdue"
    plan = keeper.plan(context, NOW)
    assert [act.detail["not_covered"] for act in plan.acts if "not_covered" in act.detail] == []
    approve(context, plan, plan.needs_approval, "Dora Datenschutz", NOW)
    outcomes = list(keeper.keep(context, keeper.plan(context, NOW), NOW))
    assert {one.result for one in outcomes} <= {Result.DONE, Result.NOTHING_FOUND, Result.HELD}
    waiting = {
        step.id for step in keeper.promises(context.declaration) if step.terms.get("step", {}).get("notice")
    }
    for promise in keeper.promises(context.declaration):
        if promise.id not in waiting:
            assert keeper.prove(context, promise, NOW).state in (ProofState.KEPT, ProofState.UNBOUND), (
                promise.id
            )


@pytest.mark.parametrize(("store", "server"), [("office", "postgres_url"), ("desk", "mariadb_url")])
def test_a_store_may_lie_on_a_server(
    store: str, server: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server_url = str(request.getfixturevalue(server))
    workspace = made(tmp_path, "itservice", urls={store: server_url})
    kept = workspace.folder / "urls" / store
    assert kept.stat().st_mode & 0o077 == 0, "only its owner reads the address"
    assert server_url not in (workspace.folder / "stores.yaml").read_text(encoding="utf-8")
    keeper, context = RetentionKeeper(), workspace.context
    plan = keeper.plan(context, NOW)
    approve(context, plan, plan.needs_approval, "Dora Datenschutz", NOW)
    outcomes = list(keeper.keep(context, keeper.plan(context, NOW), NOW))
    assert {one.result for one in outcomes} <= {Result.DONE, Result.NOTHING_FOUND, Result.HELD}, outcomes
    assert sum(one.hit for one in outcomes if one.store == store) > 0
    engine = engine_of(workspace.folder, store)
    table = next(iter(deployment("itservice").databases[store].sorted_tables))
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(table)).scalar_one() >= 0
    engine.dispose()


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownDeployment, match="jobbord"):
        create("jobbord", tmp_path / "x", now=NOW)
    with pytest.raises(UnknownDeployment, match="huge"):
        create("jobboard", tmp_path / "x", size="huge", now=NOW)
    with pytest.raises(UnknownDeployment, match="no store"):
        create("jobboard", tmp_path / "x", now=NOW, urls={"bord": "sqlite://"})
    assert not (tmp_path / "x").exists()
