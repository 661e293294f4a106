"""`zusage plan`, `approve`, `sweep`, `forecast` and `hold`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import (
    coloured,
    console,
    escape,
    json_option,
    person_option,
    print_json,
    table,
    workspace_option,
)
from zusage.cli.terminal import Bar
from zusage.keepers.retention.approving import approve as approve_plan
from zusage.keepers.retention.forecasting import daily
from zusage.keepers.retention.forecasting import forecast as forecast_of
from zusage.keepers.retention.keeper import RetentionKeeper
from zusage.keepers.retention.planning import UNPUBLISHED
from zusage.promises import Outcome, Plan, PlannedAct, Result
from zusage.workspace import Workspace, open_workspace

_BAD = (Result.FAILED, Result.NOT_COVERED, Result.REFUSED)


@click.command("plan")
@workspace_option
@json_option
def plan(folder: Path, as_json: bool) -> int:
    """What is due now, with counts; touches nothing."""
    workspace = open_workspace(folder)
    made = RetentionKeeper().plan(workspace.context, clock.now())
    if as_json:
        print_json(made)
    else:
        print_plan(made)
    return 3 if any("unreachable" in act.detail for act in made.acts) else 0


def print_plan(made: Plan) -> None:
    """The plan as a table, with what waits for approval."""
    rows = []
    for act in made.acts:
        note = (
            "not covered" if "not_covered" in act.detail else made.needs_approval.get(act.promise, "approved")
        )
        oldest = f"{act.oldest:%Y-%m-%d}" if act.oldest else ""
        rows.append(
            (escape(act.promise), act.store, act.target, act.action, f"{act.count:,}", f"{act.held:,}", f"{act.of_total:,}",
             oldest, escape(note))
        )  # fmt: skip
    out = console()
    columns = ("promise", "store", "target", "action", "due", "held", "of", "oldest", "state")
    out.print(table("", columns, rows, right=("due", "held", "of")))
    waiting = sorted(made.needs_approval)
    if waiting:
        out.print(
            f"{len(waiting)} wait for approval: [bold]zusage approve {escape(waiting[0])}[/] (or --all)"
        )


@click.command("approve")
@workspace_option
@json_option
@click.argument("promises", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that wait.")
@person_option("Who approves")
def approve(folder: Path, as_json: bool, promises: tuple[str, ...], everything: bool, person: str) -> int:
    """Approve what a rule's plan would do now, so that sweeps run it."""
    now = clock.now()
    workspace = open_workspace(folder)
    made = RetentionKeeper().plan(workspace.context, now)
    chosen: Sequence[str] = promises
    if everything:
        covered = {act.promise for act in made.acts if "not_covered" not in act.detail}
        asking = [one for one, why in made.needs_approval.items() if why != UNPUBLISHED]
        chosen = [promise for promise in sorted(asking) if promise in covered]
    if not chosen and not everything:
        raise click.UsageError("name the promises to approve, or --all; `zusage plan` lists them")
    count = approve_plan(workspace.context, made, chosen, person, now)
    if as_json:
        print_json({"approved": list(chosen)})
    else:
        console().print(
            f"[green]approved[/] {count} rule{'' if count == 1 else 's'}: `zusage sweep` runs them"
        )
    return 0


@click.command("sweep")
@workspace_option
@json_option
def sweep(folder: Path, as_json: bool) -> int:
    """Do what is due and approved. Exit code 1 where something was refused, failed or not covered; 3 for a lost store."""
    now = clock.now()
    workspace = open_workspace(folder)
    made = RetentionKeeper().plan(workspace.context, now)
    outcomes = run_sweep(workspace, made, show=not as_json)
    # what moved into the restricted place for good is sealed, what the law no longer needs leaves the archive
    archive = workspace.keeper("archive")
    outcomes += archive.keep(workspace.context, archive.plan(workspace.context, now), now)
    # our own records end as well
    consents = workspace.keeper("consent")
    outcomes += consents.keep(workspace.context, consents.plan(workspace.context, now), now)
    if as_json:
        print_json(outcomes)
    else:
        print_outcomes(outcomes)
    if any(outcome.reason == "unreachable" for outcome in outcomes):
        return 3
    return int(any(outcome.result in _BAD for outcome in outcomes))


def run_sweep(workspace: Workspace, made: Plan, *, show: bool) -> list[Outcome]:
    """Sweep with a progress bar on a terminal."""
    now = clock.now()
    with Bar(show and console(err=True).is_terminal) as bar:

        def progress(act: PlannedAct, hit: int) -> None:
            bar.update(f"{act.action} {act.target}", hit, act.count)

        return list(RetentionKeeper(progress).keep(workspace.context, made, now))


def print_outcomes(outcomes: Sequence[Outcome]) -> None:
    """What was done, as a table."""
    rows = [
        (coloured(each.result.value), escape(each.promise), each.store, each.target, each.action, f"{each.planned:,}",
         f"{each.hit:,}", f"{each.left:,}", escape(each.reason))
        for each in outcomes
    ]  # fmt: skip
    columns = ("result", "promise", "store", "target", "action", "planned", "hit", "left", "reason")
    console().print(table("", columns, rows, right=("planned", "hit", "left")))


@click.command("forecast")
@workspace_option
@json_option
@click.option("--days", type=click.IntRange(1, 4000), default=90, show_default=True, help="How far ahead.")
@click.option(
    "--every", type=click.IntRange(1, 366), default=1, show_default=True, help="Look every so many days."
)
def forecast(folder: Path, as_json: bool, days: int, every: int) -> int:
    """What will fall due, given no further events."""
    now = clock.now()
    context = open_workspace(folder).context
    looks = daily(now, days, context.declaration.time_zone, every)
    expected = list(forecast_of(context, now, looks))
    if as_json:
        print_json(expected)
        return 0
    rows = [
        (f"{each.at:%Y-%m-%d}", escape(each.promise), each.store, each.target, each.action, f"{each.count:,}")
        for each in expected
    ]
    out = console()
    out.print(table("", ("from", "promise", "store", "target", "action", "rows"), rows, right=("rows",)))
    out.print(f"{sum(each.count for each in expected):,} within {days} days, given no further events")
    return 0
