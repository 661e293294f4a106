"""`zusage check`: a notice's text or a workspace, judged by the law of a day."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import language_option, print_findings, print_json
from zusage.declaration import Declaration, strict_yaml
from zusage.declaration.loading import validate
from zusage.findings import Finding, Severity, worst_first
from zusage.notice.checking.declared import check_declaration
from zusage.notice.checking.sarif import to_sarif
from zusage.text import Language


@click.command("check")
@click.argument("path", type=click.Path(path_type=Path, allow_dash=True), default=Path())
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--sarif", is_flag=True, help="Print SARIF 2.1.0.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Judge by the law of this day (default: today)."
)
@language_option
def check(path: Path, as_json: bool, sarif: bool, as_of: datetime | None, language: Language) -> int:
    """Check PATH – a notice (txt, md, html, pdf, - for standard input), a declaration or a workspace. Exit 1 on errors."""
    on = as_of.date() if as_of else clock.now().date()
    findings = check_path(path, on)
    if sarif:
        print_json(to_sarif(findings, language))
        return 1 if any(finding.severity is Severity.ERROR for finding in findings) else 0
    return print_findings(findings, as_json=as_json, language=language)


def check_path(path: Path, on: date) -> list[Finding]:
    """Findings about whatever `path` is."""
    if path.is_dir() or path.suffix in (".yaml", ".yml"):
        document = strict_yaml.read(path / "declaration.yaml" if path.is_dir() else path)
        declaration = validate(document, Declaration)
        found = check_declaration(declaration, on, document)
        return worst_first(found + _of_folder(path, declaration, on)) if path.is_dir() else found
    from zusage.notice.checking.written import check_notice
    from zusage.notice.reading import document_of, load_document, read_facts

    read = document_of(sys.stdin.buffer.read()) if str(path) == "-" else load_document(path)
    return check_notice(read, read_facts(read), on, str(path))


def _of_folder(folder: Path, declaration: Declaration, on: date) -> list[Finding]:
    """What a workspace holds beside its declaration: own wording, the inventory."""
    from zusage.declaration.inventory import load_inventory
    from zusage.notice.checking.deployed import check_deployed
    from zusage.notice.checking.worded import check_wording
    from zusage.notice.writing.wording import Wording

    found = check_wording(declaration, Wording.load(folder), on)
    return found + check_deployed(declaration, load_inventory(folder), on)
