"""Two workers, killed at seeded moments in the middle of an erasure: in the store exactly once, one answer."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from datetime import timedelta

from sqlalchemy import text

from tests.keepers.rights.conftest import Shop
from zusage.keepers.rights.lifecycle import Decision, decide
from zusage.mail.outbox import OUTBOX
from zusage.registers.requests import Kind, State


def _worker(shop: Shop) -> subprocess.Popen[bytes]:
    program = "import sys; from zusage.cli.main import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "request", "run", "-w", str(shop.workspace.folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_killed_workers_erase_exactly_once(shop: Shop) -> None:
    request = shop.confirmed(Kind.ERASURE)
    for number in range(100, 400):
        shop.do(f"INSERT INTO newsletter VALUES ({number}, 'ada@mail.example')")
    decide(shop.workspace.context, request.id, Decision("grant"), "Dora", shop.now)
    os.environ["ZUSAGE_NOW"] = (shop.now + timedelta(minutes=5)).isoformat()
    chance, killed = random.Random(4), 0
    try:
        for _ in range(5):
            workers = [_worker(shop), _worker(shop)]
            time.sleep(chance.uniform(0.5, 2.5))
            for worker in workers:
                killed += worker.poll() is None
                worker.kill()
                worker.wait()
    finally:
        del os.environ["ZUSAGE_NOW"]
    with shop.workspace.state.begin() as connection:
        # leases run by the database's own clock: nobody waits a minute here
        connection.execute(text("UPDATE agenda_item SET lease_until = NULL, owner = NULL"))
        connection.execute(text("UPDATE mail_outbox SET lease_until = NULL"))
    shop.now += timedelta(hours=8)
    shop.work()
    shop.work()
    assert killed
    assert shop.get(request).state is State.ANSWERED
    assert shop.count("newsletter", "email = 'ada@mail.example'") == 0
    assert shop.count("newsletter") == 1
    assert shop.outcomes(request)["newsletter"]["hit"] == 301
    with shop.workspace.state.connect() as connection:
        answers = connection.execute(OUTBOX.select().where(OUTBOX.c.template == "request/answer")).all()
    assert len(answers) == 1
    assert len([one for one in shop.mails("ada@mail.example") if "Antwort" in str(one["Subject"])]) == 1
