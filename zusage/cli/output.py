"""How commands print: tables for people (colours only on a terminal, `NO_COLOR` honoured), JSON for programs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import click

from zusage.cli.terminal import Console, Table
from zusage.findings import Finding, Severity, worst_first
from zusage.text import Language, Text

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

#: `--workspace` of commands that work in it
workspace_option = click.option(
    "-w",
    "--workspace",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    envvar="ZUSAGE_WORKSPACE",
    help="The controller's folder (default: here).",
)
#: `--workspace` of commands that read the declaration alone: its file will do
declaration_option = click.option(
    "-w",
    "--workspace",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    envvar="ZUSAGE_WORKSPACE",
    help="The controller's folder.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def person_option(
    who: str,
    *,
    kept: str = "; the ledger keeps a pseudonym.",
    required: bool = True,
    default: str | None = None,
) -> Callable[[CommandT], CommandT]:
    """`--by`: the person who does something. `who` says what that person does, `kept` what becomes of the name."""
    return click.option("--by", "person", required=required, default=default, help=who + kept)


language_option = click.option(
    "--language",
    type=click.Choice(["de", "en"]),
    default="en",
    envvar="ZUSAGE_LANGUAGE",
    help="Language of texts.",
)

#: where a document goes
output_option = click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file (default: standard output).",
)

_COLOURS = {
    "kept": "green",
    "done": "green",
    "due": "yellow",
    "held": "yellow",
    "warning": "yellow",
    "unbound": "dim",
    "nothing_found": "dim",
    "note": "dim",
    "broken": "bold red",
    "failed": "bold red",
    "error": "bold red",
    "refused": "red",
    "not_covered": "red",
}


def console(*, err: bool = False) -> Console:
    """What to print on; plain when it is not a terminal, without colours when `NO_COLOR` is set."""
    return Console(err)


def coloured(word: str) -> str:
    """A state or result in its colour, as markup."""
    colour = _COLOURS.get(word)
    return f"[{colour}]{word}[/]" if colour else word


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()
) -> Table:
    """A table; columns named in `right` are numbers. Cells are markup: escape what users wrote."""
    return Table(columns, list(rows), title, right)


def as_plain(value: Any) -> Any:
    """Dataclasses, enums, dates, texts as JSON-ready values."""
    if isinstance(value, Text):
        return value.as_json()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_plain(item) for item in value]
    return value


def print_json(value: Any) -> None:
    """`value` as indented JSON on standard output."""
    click.echo(json.dumps(as_plain(value), ensure_ascii=False, indent=2, default=str))


def print_findings(findings: Iterable[Finding], *, as_json: bool, language: Language = "en") -> int:
    """The one list of findings; returns the exit code: 1 where one is an error."""
    listed = worst_first(findings)
    if as_json:
        print_json([finding.as_json() for finding in listed])
    else:
        _findings_table(listed, language)
    return 1 if any(finding.severity is Severity.ERROR for finding in listed) else 0


def _findings_table(listed: Sequence[Finding], language: Language) -> None:
    out = console()
    for finding in listed:
        head = f"{coloured(finding.severity.value)} [bold]{finding.code}[/] {escape(str(finding.place))}"
        out.print(head)
        out.print(f"  {escape(finding.message.says(language))}")
        if finding.place.quote:
            out.print(f"  [dim]“{escape(finding.place.quote)}”[/]")
        if finding.instead:
            out.print(f"  → {escape(finding.instead.says(language))}")
        if finding.rule:
            source = " · ".join(
                part for part in (finding.rule.citation, finding.rule.source, finding.rule.as_of) if part
            )
            out.print(f"  [dim]{escape(source or finding.rule.id)}[/]")
    count = len(listed)
    errors = sum(finding.severity is Severity.ERROR for finding in listed)
    out.print(
        f"{count} finding{'' if count == 1 else 's'}, {errors} of them errors" if count else "no findings"
    )


def identity_of(said: str) -> tuple[str, str]:
    """Kind and value of an identity as it is typed: `KIND:VALUE`, or an e-mail address."""
    kind, _, value = said.partition(":")
    return (kind, value) if value and "@" not in kind else ("email", said)


def escape(text: str) -> str:
    """Text that users or stores wrote, so that it is not taken for markup."""
    return text.replace("[", "\\[")
