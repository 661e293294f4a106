"""`zusage worker` and `zusage serve`."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

import click

from zusage.cli.output import workspace_option


@click.command("worker")
@workspace_option
@click.option("--once", is_flag=True, help="One tick, then stop.")
def worker(folder: Path, once: bool) -> int:
    """Do what falls due: sweeps, mails, requests, sealing. Any number of workers may run."""
    from zusage import clock
    from zusage.agenda import worker_name
    from zusage.server.working import report_failures, start_worker
    from zusage.working import tick_workspace
    from zusage.workspace import open_workspace

    workspace = open_workspace(folder)
    if once:
        report = tick_workspace(workspace, clock.now(), worker_name())
        report_failures(report)
        click.echo(f"{report.done} steps done, {len(report.failed)} failed")
        return 1 if report.failed else 0
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    start_worker(workspace, stop)
    click.echo("worker started; Ctrl-C ends it", err=True)
    stop.wait()
    return 0


@click.command("serve")
@workspace_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Loopback unless you put TLS in front.")
@click.option("--port", default=8000, show_default=True, type=int, help="Where to listen.")
@click.option("--no-worker", is_flag=True, help="Pages only; run `zusage worker` beside it.")
def serve(folder: Path, host: str, port: int, no_worker: bool) -> int:
    """Pages, API and console, with a worker unless --no-worker."""
    # fastapi asks of every type whether it is one of pydantic 1; we have none, and asking costs 1.7 MB
    sys.modules.setdefault("pydantic.v1", None)  # type: ignore[arg-type]
    import uvicorn

    from zusage.server.app import create_app
    from zusage.server.patience import Impatient
    from zusage.workspace import open_workspace

    app = create_app(open_workspace(folder), with_worker=not no_worker)
    uvicorn.run(
        app, host=host, port=port, log_level="warning", access_log=False, server_header=False, http=Impatient
    )
    return 0
