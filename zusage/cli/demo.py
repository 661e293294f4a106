"""`zusage demo`: a complete deployment on synthetic data, looked at, swept, looked at again, and served."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zusage import clock
from zusage.cli.output import console

if TYPE_CHECKING:
    from zusage.workspace import Workspace

NAMES = ("jobboard", "marketplace", "messaging", "adserver", "itservice")


@click.command("demo")
@click.argument("name", type=click.Choice(NAMES), default="jobboard")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to (default: ./zusage-demo-NAME).",
)
@click.option(
    "--size", type=click.Choice(["small", "large"]), default="small", show_default=True, help="How much data."
)
@click.option("--port", default=8000, show_default=True, type=int, help="Port of the pages on 127.0.0.1.")
@click.option("--no-serve", is_flag=True, help="Stop after the terminal's part.")
@click.option("--fresh", is_flag=True, help="Remove an earlier demo in that folder first.")
def demo(name: str, folder: Path | None, size: str, port: int, no_serve: bool, fresh: bool) -> int:
    """A complete deployment called NAME in a folder of its own: synthetic data, overdue promises, a sweep, pages."""
    from zusage.deployments import create
    from zusage.workspace import open_workspace

    place = folder or Path(f"zusage-demo-{name}")
    out = console()
    if fresh and (place / "declaration.yaml").exists():
        shutil.rmtree(place)
    if (place / "declaration.yaml").exists():
        out.print(f"[dim]the demo in {place} goes on; --fresh begins anew[/]")
        workspace = open_workspace(place)
    else:
        out.print(f"[bold]1[/] making [bold]{name}[/] in {place} ({size}, synthetic data) …")
        create(name, place, size=size, now=clock.now())
        workspace = open_workspace(place)
        _sweep(workspace)
        if name == "adserver":
            _access_logs(workspace)
    login = _account(workspace)
    _what_next(place, port, login, no_serve)
    if no_serve:
        return 0
    _serve(workspace, port)
    return 0


def _sweep(workspace: Workspace) -> None:
    """Status with overdue promises; approve as the demo's DPO; sweep; status again."""
    from zusage.cli.retention import print_outcomes, run_sweep
    from zusage.cli.status import print_look
    from zusage.evidence.looking import look
    from zusage.keepers.retention.approving import approve
    from zusage.keepers.retention.keeper import RetentionKeeper

    out, now = console(), clock.now()
    out.print("\n[bold]2[/] what the notice promises, and what the stores say:\n")
    print_look(look(workspace, now), "en", only=("broken",))
    plan = RetentionKeeper().plan(workspace.context, now)
    covered = {act.promise for act in plan.acts if "not_covered" not in act.detail}
    chosen = [promise for promise in sorted(plan.needs_approval) if promise in covered]
    approve(workspace.context, plan, chosen, "demo data protection officer", now)
    out.print(
        f"\n[bold]3[/] the plan of {len(chosen)} rules is approved by the demo's data protection officer; sweeping …\n"
    )
    print_outcomes(run_sweep(workspace, RetentionKeeper().plan(workspace.context, now), show=True))
    out.print("\n[bold]4[/] looked at again:\n")
    print_look(look(workspace, clock.now()), "en", only=("broken", "kept"))


def _access_logs(workspace: Workspace) -> None:
    """Lines of a real nginx under load, counted and sealed; the officers' keys lie beside the demo, as on their machines."""
    import importlib.util

    from zusage.deployments import webserver

    out = console()
    if webserver.program() is None or not importlib.util.find_spec("duckdb"):
        out.print("\n[dim]access logs are left out: they need nginx and the extra \\[logs][/]")
        return
    from zusage.keepers.logs.intake import take_in
    from zusage.keepers.logs.vault import open_vault
    from zusage.sealing.keyholders import NewHolder, add
    from zusage.sealing.shares import new_identity

    vault = open_vault(workspace.context)
    keys = workspace.folder.parent / f"{workspace.folder.name}-keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    for role in vault.policy.opened_by:
        private, public = new_identity()
        (keys / f"{role}.key").write_text(private)
        add(vault, NewHolder(role, f"demo {role}", public), clock.now())
    log = vault.path(vault.binding.sources[0].path)
    log.parent.mkdir(parents=True, exist_ok=True)
    with webserver.serving(log) as port:
        rate = webserver.visit(port, webserver.advertising(3000))
    taken = take_in(vault, clock.now())
    out.print(
        f"\n[bold]5[/] a real nginx answered 3,000 invented visitors ({rate:,.0f} a second); of its {taken.lines:,} lines"
        f" {taken.counted:,} were counted without addresses and sealed in {taken.segments:,} segments;"
        f" the officers' keys: {keys}"
    )


def _account(workspace: Workspace) -> tuple[str, str] | None:
    """A console account with a random password, or None where the demo has one already."""
    from sqlalchemy import select

    from zusage.server.accounts import Role, account, create_account

    with workspace.state.begin() as connection:
        if connection.execute(select(account.c.id)).first():
            return None
        password = "-".join(
            secrets.choice("amber birch cedar delta ember fjord grove heron".split()) for _ in range(3)
        )
        password += f"-{secrets.randbelow(9000) + 1000}"
        create_account(connection, "dpo", password, Role.DPO, clock.now())
    return "dpo", password


def _what_next(place: Path, port: int, login: tuple[str, str] | None, no_serve: bool) -> None:
    out = console()
    out.print("\n[bold]what to try next[/]")
    for command, said in (
        ("status", "every promise and its proof"),
        ("forecast", "what will fall due"),
        ("prove", "the signed evidence report"),
        ("write notice --format md", "the notice, written from the declaration"),
        ("ledger verify", "the record of every act, verified"),
    ):
        out.print(f"  zusage {command} -w {place}  [dim]{said}[/]")
    if login:
        out.print(f"  console login: [bold]{login[0]}[/] / [bold]{login[1]}[/]  [dim](shown once)[/]")
    if no_serve:
        out.print(f"  zusage serve -w {place} --port {port}  [dim]pages and console[/]")


def _serve(workspace: Workspace, port: int) -> None:
    from dataclasses import replace

    import uvicorn

    from zusage.server import mailbox
    from zusage.server.app import create_app

    home = f"http://127.0.0.1:{port}"
    console().print(
        f"\n  privacy centre {home}/  ·  console {home}/console  ·  mails that people get {home}/mailbox"
        "  (Ctrl-C ends it)"
    )
    # links in mails lead to this server, whatever the invented controller calls its pages
    here = replace(workspace, context=replace(workspace.context, public_url=home))
    app = create_app(here, with_worker=True)
    app.include_router(mailbox.router)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False, server_header=False)
