"""`zusage scan`: reality against the declaration."""

from __future__ import annotations

from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import json_option, language_option, print_findings, print_json, workspace_option
from zusage.cli.scan_plain import code, insecure_option, links, pages, places_of, resolve_option
from zusage.errors import ZusageError
from zusage.text import Language


@click.group()
def scan() -> None:
    """Reality against the declaration: a site, its pages, the notice's links, an application's code, a store."""


scan.add_command(pages)
scan.add_command(links)
scan.add_command(code)


@scan.command()
@click.argument("url")
@workspace_option
@click.option(
    "--page", "pages", multiple=True, help="A further page of the site; may be given several times."
)
@click.option("--depth", default=0, show_default=True, help="Follow links and the sitemap this many steps.")
@click.option("--limit", default=20, show_default=True, help="At most this many pages.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(["before", "reject", "accept", "withdraw"]),
    help="Only these states (default: all four).",
)
@click.option("--settle", default=6.0, show_default=True, help="Seconds to watch each page.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write report, HAR and screenshots here."
)
@resolve_option
@insecure_option
@click.option(
    "--browser", envvar="ZUSAGE_CHROMIUM", help="The browser's program (default: the system's Chromium)."
)
@click.option("--file", "filed", is_flag=True, help="File the result: it proves the promises about browsers.")
@json_option
@language_option
def site(
    url: str,
    folder: Path,
    pages: tuple[str, ...],
    depth: int,
    limit: int,
    states: tuple[str, ...],
    settle: float,
    out: Path | None,
    resolved: tuple[str, ...],
    insecure: bool,
    browser: str | None,
    filed: bool,
    as_json: bool,
    language: Language,
) -> int:
    """Look at the site at URL with a real browser: before any choice, after a refusal, a consent, a withdrawal.

    Exits with 1 where something is wrong, 3 where there is no browser or the site does not answer.
    """
    from zusage.declaration.loading import load
    from zusage.keepers.consent.scan import STATES, declared_from, scan_site

    declared = declared_from(load(folder))
    chosen = tuple(state for state in STATES if not states or state in states)
    report = scan_site(
        url,
        declared,
        chosen,
        now=clock.now(),
        pages=pages,
        depth=depth,
        limit=limit,
        settle=round(settle * 1000),
        folder=out,
        program=browser,
        resolve=places_of(resolved),
        insecure=insecure,
    )
    if out is not None:
        report.write(out)
    if filed:
        from zusage.keepers.consent.scan.filing import file_report
        from zusage.workspace import open_workspace

        file_report(open_workspace(folder).context, report)
    if as_json:
        print_json(report.as_json())
        return report.exit_code
    click.echo(report.summary(language))
    return print_findings(report.findings, as_json=False, language=language)


@scan.command("store")
@workspace_option
@json_option
@language_option
@click.argument("name", required=False)
def store(folder: Path, as_json: bool, language: Language, name: str | None) -> int:
    """What the store NAME (without it: every store) holds that the bindings do not know. Exit code 1 where an error is found."""
    from zusage.stores.inspecting import drift
    from zusage.workspace import open_workspace

    stores = open_workspace(folder).context.stores
    if name is not None and name not in stores:
        known = ", ".join(sorted(stores)) or "none"
        raise ZusageError(f"there is no store '{name}'", hint=f"bound are: {known}")
    asked = [stores[name]] if name else list(stores.values())
    found = (finding for each in asked for finding in drift(each))
    return print_findings(found, as_json=as_json, language=language)


@scan.command()
@click.argument("inspection", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@workspace_option
@click.option(
    "--state",
    type=click.Choice(["before", "reject", "accept", "withdraw"]),
    default="before",
    show_default=True,
    help="In which state the collector visited.",
)
@json_option
@language_option
def evidence(inspection: Path, folder: Path, state: str, as_json: bool, language: Language) -> int:
    """Compare an INSPECTION of the EDPS Website Evidence Collector (its inspection.json) with the declaration."""
    from zusage.declaration.loading import load
    from zusage.keepers.consent.scan import STATES, compare, declared_from, read_wec

    chosen = next(known for known in STATES if known == state)
    seen = read_wec(inspection, chosen)
    site_ = declared_from(load(folder)).with_host(seen.pages[0])
    return print_findings(compare([seen], site_, clock.now()), as_json=as_json, language=language)
