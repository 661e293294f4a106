"""The worker: does what falls due, again and again. Alone (`zusage worker`) or beside the server."""

from __future__ import annotations

import logging
import os
import secrets
import threading

from zusage import clock
from zusage.errors import ZusageError
from zusage.ticking import tick_workspace
from zusage.workspace import Workspace

log = logging.getLogger("zusage.worker")

#: seconds between two ticks when nothing is due
PAUSE = 5.0


class Worker(threading.Thread):
    """Ticks until `stop` is set. An error is logged by class and does not end it."""

    def __init__(self, workspace: Workspace, stop: threading.Event, pause: float = PAUSE) -> None:
        super().__init__(name="zusage-worker", daemon=True)
        self.workspace, self.stopped, self.pause = workspace, stop, pause
        self.owner = f"{os.getpid()}-{secrets.token_hex(4)}"

    def run(self) -> None:
        """Until stopped."""
        while not self.stopped.is_set():
            try:
                done = tick_workspace(self.workspace, clock.now(), self.owner)
            except (ZusageError, OSError) as error:
                log.error("tick failed: %s", type(error).__name__)
                done = 0
            if not done:
                self.stopped.wait(self.pause)
