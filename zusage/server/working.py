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


def start_worker(
    workspace: Workspace, stop: threading.Event, pause: timedelta = PAUSE, first: timedelta = timedelta()
) -> threading.Thread:
    """Start ticking in a thread of its own, `first` from now; it ends soon after `stop` is set."""
    begin(workspace, clock.now())
    ledger = workspace.context.ledger

    def ticking() -> None:
        if not stop.wait(first.total_seconds()):
            work(
                workspace.state, handlers(workspace), clock.now, stop,
                every=pause, after=report_failures, ledger=ledger,
            )  # fmt: skip

    thread = threading.Thread(target=ticking, name="zusage-worker", daemon=True)
    thread.start()
    return thread


def report_failures(report: TickReport) -> None:
    """Failed steps by kind and code, never by a message."""
    for one in report.failed:
        log.error("step %s/%s failed: %s%s", one.kind, one.step, one.code, " (stuck)" if one.stuck else "")
