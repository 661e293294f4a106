"""`zusage publish`: the notice as a dated version that is kept, if it passes its check."""

from __future__ import annotations

from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import (
    console,
    json_option,
    language_option,
    person_option,
    print_findings,
    print_json,
    table,
    workspace_option,
)
from zusage.findings import Severity
from zusage.publishing import NotPublishable, examine
from zusage.publishing import publish as publish_notice
from zusage.registers.publications import publications
from zusage.text import Language
from zusage.workspace import open_workspace


@click.command("publish")
@workspace_option
@json_option
@language_option
@person_option("Who publishes", required=False)
@click.option("--check", is_flag=True, help="Only say what stands against it.")
@click.option("--versions", is_flag=True, help="List every version ever published.")
@click.option(
    "--no-stores", is_flag=True, help="Do not look whether the stores hold what the notice does not cover."
)
@click.option(
    "--told",
    is_flag=True,
    help="Everybody concerned was told of the changes: longer periods count for older data.",
)
def publish(
    folder: Path,
    as_json: bool,
    language: Language,
    person: str | None,
    check: bool,
    versions: bool,
    no_stores: bool,
    told: bool,
) -> int:
    """Publish the notice: refused where the check finds an error, where a store holds data that it does not cover, or
    where the text changed without a new date (exit code 1). Earlier versions stay, unchanged."""
    workspace, now = open_workspace(folder), clock.now()
    if versions:
        with workspace.state.connect() as connection:
            listed = publications(connection)
        if as_json:
            print_json(listed)
        else:
            rows = [
                (f"{one.as_of}", one.version or "", one.digest, f"{one.published_at:%Y-%m-%d %H:%M}")
                for one in listed
            ]
            console().print(table("", ("status", "version", "digest", "published"), rows))
        return 0
    if check:
        found = examine(workspace, now, look_at_stores=not no_stores)
        return print_findings(found, as_json=as_json, language=language)
    if not person:
        raise click.UsageError("name the person who publishes: --by 'NAME'")
    try:
        done = publish_notice(workspace, person, now, look_at_stores=not no_stores, told=told)
    except NotPublishable as refused:
        print_findings(refused.findings, as_json=as_json, language=language)
        return 1
    if as_json:
        print_json(done.publication)
    else:
        waiting = sum(finding.severity is Severity.WARNING for finding in done.noticed)
        console().print(
            f"[green]published[/] version of {done.publication.as_of} ({done.publication.digest}), {waiting} warnings"
        )
    return 0
