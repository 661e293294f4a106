"""The worker beside the server: a thread that ticks until it is told to stop."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from zusage import clock
from zusage.agenda import TickReport, work
from zusage.working import begin, handlers
from zusage.workspace import Workspace

log = logging.getLogger("zusage.worker")

#: how long to wait when nothing is due
PAUSE = timedelta(seconds=5)


def start_worker(workspace: Workspace, stop: threading.Event, pause: timedelta = PAUSE) -> threading.Thread:
    """Start ticking in a thread of its own; it ends soon after `stop` is set."""
    begin(workspace, clock.now())
    thread = threading.Thread(
        target=work,
        args=(workspace.state, handlers(workspace), clock.now, stop),
        kwargs={"every": pause, "after": report_failures, "ledger": workspace.context.ledger},
        name="zusage-worker",
        daemon=True,
    )
    thread.start()
    return thread


def report_failures(report: TickReport) -> None:
    """Failed steps by kind and code, never by a message."""
    for one in report.failed:
        log.error("step %s/%s failed: %s%s", one.kind, one.step, one.code, " (stuck)" if one.stuck else "")
