"""`zusage scan pages` and `zusage scan links`: the look at pages without a browser."""

from __future__ import annotations

from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import json_option, language_option, print_findings, workspace_option
from zusage.text import Language

resolve_option = click.option(
    "--resolve",
    "resolved",
    multiple=True,
    metavar="HOST=ADDRESS",
    help="Where a host is found instead, such as www.example.org=127.0.0.1:8443; for sites not yet published.",
)
insecure_option = click.option(
    "--insecure", is_flag=True, help="Take any certificate; for sites not yet published."
)


def places_of(resolved: tuple[str, ...]) -> dict[str, str]:
    """`--resolve` as host → address. Raises `BadParameter`."""
    places = {host: address for host, _, address in (one.partition("=") for one in resolved)}
    if not all(places.values()):
        raise click.BadParameter("expected HOST=ADDRESS", param_hint="--resolve")
    return places


@click.command("pages")
@click.argument("urls", nargs=-1)
@workspace_option
@click.option("--limit", default=20, show_default=True, help="At most this many pages of each site.")
@resolve_option
@insecure_option
@json_option
@language_option
def pages(
    urls: tuple[str, ...],
    folder: Path,
    limit: int,
    resolved: tuple[str, ...],
    insecure: bool,
    as_json: bool,
    language: Language,
) -> int:
    """Look at own pages from URLS on (default: the declared origins): links to notice and imprint, the controller's name
    and address, forms, scripts and frames that are not declared there, links to others that are not marked."""
    from zusage.declaration.loading import load
    from zusage.keepers.consent.scan.plain import Fetcher, check_pages
    from zusage.notice.writing.words import Words

    declaration = load(folder)
    with Fetcher(places_of(resolved), insecure=insecure) as fetcher:
        starts = urls or (
            *declaration.browser.origins,
            *(f"https://{one}/" for one in declaration.browser.domains),
        )
        status = Words.of(declaration, declaration.languages[0]).day(declaration.as_of)
        found = check_pages(declaration, starts, fetcher, status, limit=limit)
    return print_findings(found, as_json=as_json, language=language)


@click.command("links")
@workspace_option
@resolve_option
@insecure_option
@json_option
@language_option
def links(folder: Path, resolved: tuple[str, ...], insecure: bool, as_json: bool, language: Language) -> int:
    """Follow every link of the notice that leads out of it: dead ones, unencrypted ones, ones that lead elsewhere, own
    pages that are not the version in force."""
    from zusage.declaration.loading import load
    from zusage.documents import render
    from zusage.keepers.consent.scan.plain import Fetcher, check_links, check_own_version
    from zusage.notice.writing.catalogue import write
    from zusage.notice.writing.wording import Wording
    from zusage.notice.writing.words import Words

    declaration, today = load(folder), clock.now().date()
    found = []
    with Fetcher(places_of(resolved), insecure=insecure) as fetcher:
        for spoken in declaration.languages:
            made = render(write(declaration, "notice", spoken, today, Wording.load(folder)), "html").decode()
            found += check_links(declaration, made, fetcher, f"notice.{spoken}.html")
        status = Words.of(declaration, declaration.languages[0]).day(declaration.as_of)
        found += check_own_version(declaration, fetcher, status)
    return print_findings(found, as_json=as_json, language=language)


@click.command("code")
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@workspace_option
@json_option
@language_option
def code(source: Path, folder: Path, as_json: bool, language: Language) -> int:
    """Look for purposes that the Python files under SOURCE ask the client for and the declaration does not know."""
    from zusage.declaration.loading import load
    from zusage.keepers.consent.scan.code import check_code

    return print_findings(check_code(load(folder), source), as_json=as_json, language=language)
