"""`kill -9` at random points of a sweep: the next run finishes it, nothing is half erased, nothing is counted twice."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests.keepers.retention.conftest import SCHEMA, at, ids, sweep
from tests.keepers.retention.victim import NOW, open_context, sweep_until_killed
from zusage.database.engines import create_engine
from zusage.keepers.context import Context
from zusage.keepers.retention import RetentionKeeper
from zusage.keepers.retention.approving import approve
from zusage.ledger import Wanted
from zusage.ledger.report import Verdict
from zusage.ledger.verification import verify

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


def torment(url: str, folder: Path, kills: int, seed: int) -> None:
    """Kill sweeps at random points and look at the store after each; then let one finish and count."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))
    chance, filled, killed = random.Random(seed), 0, 0
    # a fork of this process would inherit locks of its threads; the server of forks has none
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.keepers.retention.victim"])
    while killed < kills:
        if len(ids(engine)) < ACCOUNTS // 3:
            fill(engine, 1 + filled)
            filled += ACCOUNTS
            approve_again(open_context(url, folder))
        engine.dispose()
        started = processes.Event()
        process = processes.Process(target=sweep_until_killed, args=(url, folder, started))
        process.start()
        assert started.wait(60)
        time.sleep(chance.uniform(0, 0.25))
        killed += kill(process.pid)
        process.join()
        look(engine)
    finish(engine, open_context(url, folder), filled)


def kill(process: int | None) -> int:
    """1 if there was still something to kill: a sweep may end, and be reaped by the server of forks, at any moment."""
    assert process
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1


def look(engine: Engine) -> None:
    """No root row was split from its dependents."""
    with engine.connect() as connection:
        orphans = "SELECT count(*) FROM message WHERE account_id NOT IN (SELECT id FROM account)"
        assert connection.execute(text(orphans)).scalar_one() == 0
        split = "SELECT count(*) FROM account WHERE (SELECT count(*) FROM message m WHERE m.account_id = account.id) <> 2"
        assert connection.execute(text(split)).scalar_one() == 0


def finish(engine: Engine, context: Context, filled: int) -> None:
    """One more sweep; then everything is gone, counted once, and the ledger verifies."""
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
    """Approve what asks for it."""
    plan = RetentionKeeper().plan(context, NOW)
    if plan.needs_approval:
        approve(context, plan, list(plan.needs_approval), "Dora", NOW)
    context.state.dispose()


@pytest.mark.timeout(300)
def test_twenty_kills(any_url: str, tmp_path: Path) -> None:
    torment(any_url, tmp_path / "workspace", 20, seed=20260601)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_two_hundred_kills(any_url: str, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    torment(any_url, tmp_path / "workspace", 200, seed)
