"""Every deployment on PostgreSQL and on MariaDB: filled, bound, swept, and every promise looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zusage.deployments import NAMES, create, deployment
from zusage.keepers.retention import RetentionKeeper
from zusage.keepers.retention.approving import approve
from zusage.promises import ProofState, Result
from zusage.stores.inspecting import drift

NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize("server", ["postgres", "mariadb"])
@pytest.mark.parametrize("name", NAMES)
def test_a_deployment_on_a_server_is_swept_and_proven(
    name: str, server: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    new: Callable[[], str] = request.getfixturevalue(f"new_{server}")
    urls = {store: new() for store in deployment(name).databases}
    context = create(name, tmp_path / name, size="tiny", now=NOW, urls=urls).context
    for store in urls:
        assert [one.code for one in drift(context.stores[store]) if one.severity.value == "error"] == []
    keeper = RetentionKeeper()
    plan = keeper.plan(context, NOW)
    assert [act.detail["not_covered"] for act in plan.acts if "not_covered" in act.detail] == []
    approve(context, plan, plan.needs_approval, "Dora Datenschutz", NOW)
    outcomes = list(keeper.keep(context, keeper.plan(context, NOW), NOW))
    assert {one.result for one in outcomes} <= {Result.DONE, Result.NOTHING_FOUND, Result.HELD}, outcomes
    assert sum(one.hit for one in outcomes if one.store in urls) > 0
    waiting = {
        one.id for one in keeper.promises(context.declaration) if one.terms.get("step", {}).get("notice")
    }
    states = {one.id: keeper.prove(context, one, NOW).state for one in keeper.promises(context.declaration)}
    late = {one: state for one, state in states.items() if state is ProofState.BROKEN and one not in waiting}
    assert late == {}
