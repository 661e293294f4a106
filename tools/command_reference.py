"""`docs/commands.md`, written from the command line itself, so that it cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from zusage.cli.main import COMMANDS, cli

ROOT = Path(__file__).resolve().parents[1]
_HEAD = """# Commands

Written by `make docs` from the command line itself. Exit codes: 0 fine · 1 findings or broken promises · 2 wrong use or
bad input · 3 a store cannot be reached.
"""


def there() -> Iterator[tuple[str, click.Command]]:
    """The commands whose module exists, in the order of `zusage --help`."""
    context = click.Context(cli, info_name="zusage")
    for name, (module, _, _) in COMMANDS.items():
        if (ROOT / "zusage/cli" / f"{module}.py").is_file():
            command = cli.get_command(context, name)
            assert command is not None
            yield name, command


def walk(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """A command and, for a group, all below it, each with its full name."""
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from walk(f"{path} {name}", inner)


def undocumented() -> Iterator[str]:
    """Commands without a description and options without help."""
    for name, command in there():
        for path, each in walk(f"zusage {name}", command):
            if not (each.help or "").strip():
                yield f"`{path}` says nothing about itself"
            for option in each.params:
                if isinstance(option, click.Option) and not (option.help or "").strip():
                    yield f"`{path} {option.opts[0]}` has no help text"


def reference() -> str:
    """The whole page."""
    parts = [_HEAD]
    for name, command in there():
        for path, each in walk(f"zusage {name}", command):
            parts.append(_section(path, each))
    return "\n".join(parts)


def _section(path: str, command: click.Command) -> str:
    with click.Context(command, info_name=path) as context:
        usage = " ".join(command.collect_usage_pieces(context))
        options = [
            record
            for parameter in command.get_params(context)
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(context))
        ]
    depth = "##" if path.count(" ") == 1 else "###"
    lines = [
        f"{depth} {path}",
        "",
        f"`{path} {usage}`".replace(" `", "`"),
        "",
        _plain(command.help or ""),
        "",
    ]
    rows = [f"| `{name.replace('|', '/')}` | {said.replace('|', '/')} |" for name, said in options]
    if len(rows) > 1:  # --help alone is not worth a table
        lines += ["| option | what it does |", "|---|---|", *rows, ""]
    return "\n".join(lines)


def _plain(text: str) -> str:
    # \b marks a paragraph that click must not wrap; \f ends what users read
    paragraphs = text.partition("\f")[0].replace("\b\n", "").strip().split("\n\n")
    return "\n\n".join("\n".join(line.strip() for line in each.splitlines()) for each in paragraphs)
