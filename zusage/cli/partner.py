"""`zusage partner`: pages of partners, drafts with their guarantees, the record for the authority."""

from __future__ import annotations

from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import json_option, output_option, print_json, workspace_option
from zusage.partners import hand_over, path_of, send_draft
from zusage.workspace import open_workspace


@click.group()
def partner() -> None:
    """Partners of a processing contract: their page, the draft before it, the record for the authority."""


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
@click.option("--by", "person", required=True, help="Who sends it; the ledger keeps a pseudonym.")
@json_option
def draft(customer: str, folder: Path, person: str, as_json: bool) -> int:
    """Send CUSTOMER the draft with measures, sub-processors and certificates; refused where one of them is missing."""
    names = send_draft(open_workspace(folder), customer, person, clock.now())
    if as_json:
        print_json({"attached": names})
    else:
        click.echo("queued with " + ", ".join(names))
    return 0


@partner.command("record")
@workspace_option
@click.option("--to", "authority", required=True, help="The authority by its id, such as DE-BW.")
@click.option(
    "--file-number", required=True, help="The authority's file number; the ledger keeps its digest."
)
@click.option("--by", "person", required=True, help="Who verified the request.")
@output_option
def record(folder: Path, authority: str, file_number: str, person: str, output: Path | None) -> int:
    """Hand the record of processing activities to the competent authority (Art. 30(4)); to nobody else."""
    page = hand_over(open_workspace(folder), authority, file_number, person, clock.now())
    if output:
        output.write_bytes(page)
    else:
        click.echo(page.decode(), nl=False)
    return 0
