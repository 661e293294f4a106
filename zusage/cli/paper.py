"""`zusage paper`: files on paper that must be destroyed because their data ended."""

from __future__ import annotations

from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import console, escape, json_option, person_option, print_json, table, workspace_option
from zusage.keepers.retention.papers import record_destruction
from zusage.registers.paper import open_tasks
from zusage.workspace import open_workspace


@click.group("paper")
def paper() -> None:
    """Files on paper that end with their data: list what is to be destroyed, record that it was."""


@paper.command("list")
@workspace_option
@json_option
def list_(folder: Path, as_json: bool) -> int:
    """Files that nobody has destroyed yet, by shelf mark. Exit code 1 where one is past its time."""
    now = clock.now()
    with open_workspace(folder).state.connect() as connection:
        waiting = open_tasks(connection)
    late = any(one.until <= now for one in waiting)
    if as_json:
        print_json(waiting)
        return int(late)
    rows = [
        (str(one.id), escape(one.shelf), f"{one.since:%Y-%m-%d}", f"{one.until:%Y-%m-%d}", one.promise)
        for one in waiting
    ]
    console().print(table("", ("task", "shelf", "since", "until", "promise"), rows))
    return int(late)


@paper.command("done")
@workspace_option
@click.argument("task", type=int)
@person_option("Who destroyed it")
def done(folder: Path, task: int, person: str) -> int:
    """Record that the file of TASK was destroyed."""
    record_destruction(open_workspace(folder).context, task, person, clock.now())
    click.echo(f"recorded: the file of task {task} was destroyed")
    return 0
