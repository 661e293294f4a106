"""`zusage import` and `zusage export`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import click
import yaml

from zusage.cli.output import console, declaration_option, output_option, print_findings
from zusage.declaration import Declaration
from zusage.declaration.exchange import from_tilt, to_dpv, to_tilt
from zusage.declaration.loading import load, validate
from zusage.declaration.strict_yaml import BadInput, Mark, Problem, parse
from zusage.text import Language


@click.command("import")
@click.argument("format", type=click.Choice(["tilt"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to (default: standard output).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON (with --output).")
def import_(format: str, file: Path, output: Path | None, as_json: bool) -> int:
    """Take a TILT document in as a declaration; what had to be mended is listed, open values are TODO."""
    try:
        content = json.loads(file.read_text("utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", 1)
        raise BadInput(
            [Problem(str(file), Mark(line, 1), "", "not valid JSON", "TILT documents are JSON")]
        ) from None
    data, findings = from_tilt(content, str(file))
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)
    validate(parse(text, f"{file} as a declaration"), Declaration)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        print_findings(findings, as_json=as_json)
    return 0


@click.command("export")
@click.argument("format", type=click.Choice(["tilt", "dpv"]))
@declaration_option
@click.option(
    "--language", type=click.Choice(["de", "en"]), help="For TILT (default: the declaration's first)."
)
@click.option("--url", help="Address of the notice (TILT), base of local ids (DPV).")
@click.option("--json", "as_json", is_flag=True, help="The output is JSON anyway.")
@output_option
def export(
    format: str, folder: Path, language: str | None, url: str | None, as_json: bool, output: Path | None
) -> int:
    """Write the declaration as TILT or DPV JSON-LD; what the format cannot hold is listed on standard error."""
    declaration = load(folder)
    origin = next(iter(declaration.browser.origins), "https://controller.invalid")
    if format == "tilt":
        spoken = cast(Language, language or declaration.languages[0])
        content, findings = to_tilt(declaration, spoken, url or f"{origin}/notice")
    else:
        content, findings = to_dpv(declaration, url or f"{origin}/privacy#")
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)
    for finding in findings:
        console(err=True).print(f"not held: {finding.place.key}: {finding.message.says('en')}")
    return 0
