"""`kill -9` at random points of a sweep: the next run finishes it, nothing is half erased, nothing is counted twice."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from multiprocessing.synchronize import Event

import pytest
from sqlalchemy import Engine, text

from tests.keepers.retention.conftest import SCHEMA, MakeContext, at, ids, sweep
from zusage.database.engines import create_engine
from zusage.keepers.context import Context
from zusage.keepers.retention import RetentionKeeper
from zusage.keepers.retention.approving import approve
from zusage.ledger import Wanted
from zusage.ledger.report import Verdict
from zusage.ledger.verification import verify

RULE = "      - {id: inactive, from: last-login, keep: P24M, then: erase}\n"
NOW = at("2026-06-01T03:00")
ACCOUNTS = 900


def fill(engine: Engine, first: int, count: int = ACCOUNTS) -> None:
    """Expired accounts with two messages each."""
    old = at("2024-01-15T10:00").replace(tzinfo=None)
    numbers = range(first, first + count)
    accounts = [{"id": number, "email": f"p{number}@example.org", "at": old} for number in numbers]
    messages = [{"id": number * 10 + place, "a": number} for number in numbers for place in (0, 1)]
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO account (id, email, name, last_login) VALUES (:id, :email, 'x', :at)"), accounts
        )
        connection.execute(text("INSERT INTO message (id, account_id, body) VALUES (:id, :a, 'x')"), messages)


def victim(make: Callable[[], Context], started: Event) -> None:
    """Runs in a process of its own: sweeps until it is done or killed."""
    context = make()
    plan = RetentionKeeper().plan(context, NOW)
    started.set()
    for _ in RetentionKeeper().keep(context, plan, NOW):
        pass
    os._exit(0)


def torment(engine: Engine, make: Callable[[], Context], kills: int, seed: int) -> None:
    """Kill sweeps at random points and look at the store after each; then let one finish and count."""
    chance, filled = random.Random(seed), 0
    fork = multiprocessing.get_context("fork")
    killed = 0
    while killed < kills:
        if len(ids(engine)) < ACCOUNTS // 3:
            fill(engine, 1 + filled)
            filled += ACCOUNTS
            approve_again(make())
        engine.dispose()
        started = fork.Event()
        process = fork.Process(target=victim, args=(make, started))
        process.start()
        started.wait(30)
        time.sleep(chance.uniform(0, 0.25))
        if process.is_alive():
            os.kill(process.pid or 0, signal.SIGKILL)
            killed += 1
        process.join()
        with engine.connect() as connection:
            orphans = "SELECT count(*) FROM message WHERE account_id NOT IN (SELECT id FROM account)"
            assert connection.execute(text(orphans)).scalar_one() == 0
            split = "SELECT count(*) FROM account WHERE (SELECT count(*) FROM message m WHERE m.account_id = account.id) <> 2"
            assert connection.execute(text(split)).scalar_one() == 0
    context = make()
    sweep(context, NOW)
    assert ids(engine) == []
    with context.state.connect() as connection:
        done = list(context.ledger.entries(connection, Wanted(kind="retention/done")))
    assert sum(entry.facts["hit"] for entry in done) == filled
    assert sum(entry.facts["dependents"]["message"] for entry in done) == 2 * filled
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM zusage_journal")).scalar_one() == 0
    assert context.ledger.seal(context.state, NOW) is not None
    assert verify(context.state, context.keys.public_keys().values()).verdict is Verdict.CONSISTENT


def approve_again(context: Context) -> None:
    plan = RetentionKeeper().plan(context, NOW)
    if plan.needs_approval:
        approve(context, plan, list(plan.needs_approval), "Dora", NOW)
    context.state.dispose()


@pytest.mark.parametrize("seed", [20260601])
@pytest.mark.timeout(240)
def test_twenty_kills(state_url: str, make_context: MakeContext, seed: int) -> None:
    run_torment(state_url, make_context, 20, seed)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_two_hundred_kills(state_url: str, make_context: MakeContext) -> None:
    run_torment(state_url, make_context, 200, random.SystemRandom().randrange(2**32))


def run_torment(url: str, make_context: MakeContext, kills: int, seed: int) -> None:
    print(f"seed {seed}")
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))

    def make() -> Context:
        return make_context(url, RULE, options="physical: none\n    batch: 20\n    batch_ms: 5")

    torment(engine, make, kills, seed)
