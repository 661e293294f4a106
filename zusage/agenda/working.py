"""A worker: ticks again and again until it is told to stop."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine

from zusage.agenda.handlers import Handlers
from zusage.agenda.ticking import LEASE, TickReport, tick
from zusage.ledger import Ledger


def worker_name() -> str:
    """This process, as the owner of leases: `host:pid`."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def work(
    engine: Engine,
    handlers: Handlers,
    clock: Callable[[], datetime],
    stop: threading.Event,
    *,
    every: timedelta = timedelta(seconds=5),
    after: Callable[[TickReport], None] = lambda report: None,
    ledger: Ledger | None = None,
    lease: timedelta = LEASE,
) -> None:
    """Tick until `stop` is set: at once again while there is work, else after `every`. `after` sees every report."""
    owner = worker_name()
    while not stop.is_set():
        report = tick(engine, handlers, clock(), owner, ledger=ledger, lease=lease)
        after(report)
        if not report.done:
            stop.wait(every.total_seconds())
