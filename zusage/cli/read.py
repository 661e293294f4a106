"""`zusage read`: a notice's text to facts, to a draft declaration, or scored against gold facts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from zusage.cli.output import console, escape, json_option, output_option, print_json, table
from zusage.notice.reading import Document, document_of, draft_declaration, load_document, read_facts
from zusage.notice.reading.evaluate import Evaluation, evaluate, shown, worst


@click.command("read")
@click.argument("notice", type=click.Path(allow_dash=True, dir_okay=False, path_type=Path), required=False)
@click.option(
    "--facts", "mode", flag_value="facts", help="The facts as JSON: type, value, quote, line, section."
)
@click.option(
    "--draft",
    "mode",
    flag_value="draft",
    help="A declaration.yaml with the quotation and line behind every value.",
)
@click.option(
    "--eval",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Score against NAME.facts.json in FOLDER.",
)
@output_option
@json_option
def read(
    notice: Path | None, mode: str | None, folder: Path | None, output: Path | None, as_json: bool
) -> int:
    """Read NOTICE (text, Markdown, HTML or PDF; '-' or nothing for standard input) in German or English."""
    if folder is not None:
        _print_evaluation(evaluate(folder), as_json=as_json)
        return 0
    document = _document(notice)
    facts = read_facts(document)
    if mode == "draft":
        _write(draft_declaration(document, facts), output)
    elif mode == "facts" or as_json:
        _write(json.dumps([fact.as_json() for fact in facts], ensure_ascii=False, indent=1) + "\n", output)
    else:
        rows = [
            (str(fact.line), fact.type, escape(shown(fact.value)), escape(" ".join(fact.quote.split())[:60]))
            for fact in facts
        ]
        console().print(
            table(f"{len(facts)} facts", ["line", "type", "value", "quotation"], rows, right=["line"])
        )
        for reason, count in document.dropped.items():
            click.echo(f"left out: {count} × {reason}", err=True)
    return 0


def _document(notice: Path | None) -> Document:
    if notice is None or str(notice) == "-":
        return document_of(sys.stdin.buffer.read())
    if not notice.exists():
        raise click.BadParameter(f"there is no file {notice}", param_hint="NOTICE")
    return load_document(notice)


def _write(text: str, output: Path | None) -> None:
    if output:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
        click.echo(f"wrote {output}", err=True)
    else:
        click.echo(text, nl=False)


def _print_evaluation(evaluation: Evaluation, *, as_json: bool) -> None:
    if as_json:
        print_json(evaluation.as_json())
        return
    out = console()
    rows = [
        (
            name,
            f"{score.precision:.2f}",
            f"{score.recall:.2f}",
            f"{score.f1:.2f}",
            str(score.right),
            str(score.wrong),
            str(score.missed),
        )
        for name, score in evaluation.totals().items()
    ]
    columns = ["type", "precision", "recall", "F1", "right", "wrong", "missed"]
    out.print(table(f"{len(evaluation.by_notice)} notices", columns, rows, right=columns[1:]))
    misses = [
        (notice, kind, str(line), name, escape(value[:90]))
        for notice, kind, line, name, value in worst(evaluation)
    ]
    out.print(table("worst misses", ["notice", "", "line", "type", "value"], misses, right=["line"]))
