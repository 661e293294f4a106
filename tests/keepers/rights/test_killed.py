"""Two workers, each killed before each of its commits in turn: in every database exactly once, one answer, one word outside.

A worker is a forked process of its own engines. What `kill -9` does is done by the process itself, at the very moment: so
every step of an erasure is interrupted, not those that a clock happens to meet.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from tests.keepers.rights.conftest import MakeShop, Shop
from tests.keepers.rights.test_others import Hook, hook, parties
from tests.support.traces import traces
from zusage.cli.main import run
from zusage.keepers.rights.finding import databases
from zusage.keepers.rights.lifecycle import Decision, decide
from zusage.mail.outbox import OUTBOX
from zusage.registers.requests import Kind, State
from zusage.working import tick_workspace
from zusage.workspace import open_workspace

__all__ = ["hook"]

ADA = "ada@mail.example"
#: more commits than an erasure with its mails and webhooks takes
_MOST = 40


def _worker(folder: Path, now: datetime, kill_before: int) -> int:
    """A worker in a process of its own that dies before its n-th commit, wherever that is; its process."""
    child = os.fork()
    if child:
        return child
    try:
        left = kill_before

        def count(_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "commit", count)
        tick_workspace(open_workspace(folder), now, f"killed:{os.getpid()}", limit=1000)
    finally:
        os._exit(0)


def _both(shop: Shop, first: int, second: int) -> int:
    """Two workers at once; how many of them were killed."""
    shop.workspace.state.dispose()
    shop.engine.dispose()
    for database in databases(shop.workspace.context):
        database.close()  # no connection is open that a fork could share
    workers = [_worker(shop.workspace.folder, shop.now, each) for each in (first, second)]
    return sum(os.WIFSIGNALED(os.waitpid(each, 0)[1]) for each in workers)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_killed_before_every_commit_workers_erase_exactly_once(
    kind: str, request: pytest.FixtureRequest, make_shop: MakeShop, hook: tuple[Hook, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    new: Callable[[], str] = request.getfixturevalue(f"new_{kind}")
    monkeypatch.setenv("HOOK_SECRET", "s3cret")
    monkeypatch.setenv("ZUSAGE_TEST_STATE", new())
    shop = make_shop(new(), "state: env:ZUSAGE_TEST_STATE\n")
    kept, url = hook
    parties(shop, None, f'recipients:\n  mailer: {{webhook: "{url}", secret: "env:HOOK_SECRET"}}\n')
    asked = shop.confirmed(Kind.ERASURE)
    shop.do(*(f"INSERT INTO newsletter VALUES ({number}, '{ADA}')" for number in range(100, 130)))
    decide(shop.workspace.context, asked.id, Decision("grant"), "Dora", shop.now)
    killed = died = 0
    for number in range(1, _MOST):
        # the second one comes further, so that each has work that the other one left
        died = _both(shop, number, number + 2)
        killed += died
        _leases_end(shop)
        shop.now += timedelta(minutes=10)
        if not died:
            break
    assert not died, "work that never ends"
    assert killed > 10
    _once_in_every_database(shop, asked.id)
    assert len({one[0]["idempotency-key"] for one in kept.seen}) == 1, "told at least once, as one act"
    answers = [one for one in shop.mails(ADA) if "Antwort" in str(one["Subject"])]
    assert len({one["Message-ID"] for one in answers}) == 1, "sent at least once, as one message"
    assert run(["ledger", "verify", "-w", str(shop.workspace.folder)]) == 0
    assert traces(shop.workspace.state, (ADA, "Ada Beispiel")) == []


def _leases_end(shop: Shop) -> None:
    """Leases run by the database's own clock: nobody waits a minute here."""
    with shop.workspace.state.begin() as connection:
        connection.execute(text("UPDATE agenda_item SET lease_until = NULL, owner = NULL"))
        connection.execute(text("UPDATE mail_outbox SET lease_until = NULL"))


def _once_in_every_database(shop: Shop, identifier: str) -> None:
    shop.work()
    shop.work()
    with shop.workspace.state.connect() as connection:
        rows = connection.execute(text("SELECT state FROM request WHERE id = :id"), {"id": identifier}).all()
        mails = connection.execute(OUTBOX.select().where(OUTBOX.c.template == "request/answer")).all()
        answered = connection.execute(
            text("SELECT count(*) FROM ledger_entry WHERE kind = 'request/answered'")
        ).scalar_one()
        hits = connection.execute(
            text(
                "SELECT target, sum(hit), count(*) FROM request_outcome WHERE request = :id GROUP BY target"
            ),
            {"id": identifier},
        ).all()
    assert [State(row.state) for row in rows] == [State.ANSWERED]
    assert (len(mails), answered) == (1, 1)
    done = {row[0]: (int(row[1]), row[2]) for row in hits}
    assert (done["newsletter"], done["customer"]) == ((31, 1), (1, 1)), "each row counted once"
    assert shop.count("newsletter", f"email = '{ADA}'") == shop.count("customer", "id = 1") == 0
    assert (shop.count("newsletter"), shop.count("customer")) == (1, 1)
