"""`zusage partner`: pages of partners, drafts with their guarantees, the record for the authority."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from zusage import clock
from zusage.audits import record_answer, register
from zusage.cli.output import json_option, output_option, person_option, print_json, workspace_option
from zusage.partners import hand_over, path_of, send_draft
from zusage.registers.audits import audits
from zusage.workspace import open_workspace


@click.group()
def partner() -> None:
    """Partners of a processing contract: their page, the draft before it, their audits, the record for the authority."""


@partner.command("link")
@click.argument("customer")
@workspace_option
def link(customer: str, folder: Path) -> int:
    """The address of CUSTOMER's page with the documents of the contract."""
    workspace = open_workspace(folder)
    click.echo(workspace.context.link(path_of(workspace, customer)))
    return 0


@partner.command("draft")
@click.argument("customer")
@workspace_option
@person_option("Who sends it")
@json_option
def draft(customer: str, folder: Path, person: str, as_json: bool) -> int:
    """Send CUSTOMER the draft with measures, sub-processors and certificates; refused where one of them is missing."""
    names = send_draft(open_workspace(folder), customer, person, clock.now())
    if as_json:
        print_json({"attached": names})
    else:
        click.echo("queued with " + ", ".join(names))
    return 0


@partner.command("audit")
@click.argument("customer")
@workspace_option
@click.option("--received", type=click.DateTime(["%Y-%m-%d"]), help="The day it came (default: today).")
@person_option("Who registers it")
@json_option
def audit(customer: str, folder: Path, received: datetime | None, person: str, as_json: bool) -> int:
    """Put CUSTOMER's audit request on file (Art. 28(3)(h)): due date, version of the measures, evidence held for it."""
    now = clock.now()
    came = received.replace(tzinfo=UTC) if received else now
    made = register(open_workspace(folder), customer, person, came, now)
    if as_json:
        print_json(asdict(made))
    else:
        click.echo(f"{made.id}: due {made.due:%Y-%m-%d}, measures of {made.measures_as_of}")
        for one in made.evidence:
            click.echo("  " + ", ".join(f"{name} {value}" for name, value in one.items() if value))
    return 0


@partner.command("audits")
@workspace_option
@click.option("--answered", type=int, help="Record that the evidence of this request was handed over.")
@person_option("Who handed it over.", kept="", required=False)
@json_option
def listed(folder: Path, answered: int | None, person: str | None, as_json: bool) -> int:
    """All audit requests with what is due when. Exit code 1 where one is late."""
    workspace, now = open_workspace(folder), clock.now()
    if answered is not None:
        if not person:
            raise click.UsageError("name who handed it over: --by 'NAME'")
        record_answer(workspace, answered, person, now)
    with workspace.state.connect() as connection:
        found = audits(connection)
    if as_json:
        print_json([asdict(one) | {"late": one.late(now)} for one in found])
    else:
        for one in found:
            state = f"answered {one.answered_at:%Y-%m-%d}" if one.answered_at else f"due {one.due:%Y-%m-%d}"
            click.echo(f"{one.id} {one.customer} {state}{' LATE' if one.late(now) else ''}")
    return int(any(one.late(now) for one in found))


@partner.command("record")
@workspace_option
@click.option("--to", "authority", required=True, help="The authority by its id, such as DE-BW.")
@click.option(
    "--file-number", required=True, help="The authority's file number; the ledger keeps its digest."
)
@person_option("Who verified the request.", kept="")
@output_option
def record(folder: Path, authority: str, file_number: str, person: str, output: Path | None) -> int:
    """Hand the record of processing activities to the competent authority (Art. 30(4)); to nobody else."""
    page = hand_over(open_workspace(folder), authority, file_number, person, clock.now())
    if output:
        output.write_bytes(page)
    else:
        click.echo(page.decode(), nl=False)
    return 0
