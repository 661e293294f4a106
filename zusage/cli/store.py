"""`zusage store`: grants, preflight and places of the bound stores."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import click

from zusage import clock
from zusage.cli.output import (
    console,
    json_option,
    language_option,
    print_findings,
    print_json,
    workspace_option,
)
from zusage.cli.output import table as table_of
from zusage.errors import ZusageError
from zusage.findings import Finding
from zusage.keepers.context import Context
from zusage.keepers.retention.intervals import interval_findings
from zusage.keepers.retention.tasks import act_of, tasks, troubles
from zusage.keepers.storage.placing import look_for_strays, places_of
from zusage.stores import Store
from zusage.stores.inspecting import preflight as preflight_of
from zusage.stores.paths import BadPath
from zusage.stores.sql.database import Database
from zusage.stores.sql.grants import grants as grants_of
from zusage.text import Language
from zusage.working import EVERY
from zusage.workspace import open_workspace


@click.group("store")
def store() -> None:
    """Grants, preflight and places of the bound stores."""


@store.command("grants")
@workspace_option
@json_option
@click.argument("name")
@click.option("--account", default="zusage", show_default=True, help="The database account that Zusage uses.")
def grants(folder: Path, as_json: bool, name: str, account: str) -> int:
    """The least privileges in the store NAME, as statements to read and run."""
    database = _named(open_workspace(folder).context, name)
    if not isinstance(database, Database):
        raise click.UsageError(f"'{name}' is not a database")
    lines = grants_of(database, account)
    if as_json:
        print_json({"store": name, "statements": lines})
    else:
        click.echo("\n".join(lines))
    return 0


@store.command("preflight")
@workspace_option
@json_option
@language_option
@click.argument("name", required=False)
def preflight(folder: Path, as_json: bool, language: Language, name: str | None) -> int:
    """What would stop a sweep half way or leave something behind. Exit code 1 where an error is found."""
    context = open_workspace(folder).context
    found = list(_each(context, name, preflight_of))
    found += [each for each in _of_rules(context) if name is None or each.place.file == name]
    if name is None:
        found += interval_findings(context.declaration, EVERY["sweep"])
    return print_findings(dict.fromkeys(found), as_json=as_json, language=language)


@store.command("places")
@workspace_option
@json_option
@click.argument("name", required=False)
@click.option("--row", help="Only where this row lies: TABLE:KEY (with NAME).")
@click.option(
    "--look",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A further folder to look through for copies that nobody registered (repeatable).",
)
def places(folder: Path, as_json: bool, name: str | None, row: str | None, look: tuple[Path, ...]) -> int:
    """Where the databases and their copies lie, and copies that lie elsewhere. Exit code 1 where one does."""
    context = open_workspace(folder).context
    if row is not None and (name is None or ":" not in row):
        raise click.UsageError("a row is named TABLE:KEY, together with its store")
    table, _, key = (row or "").partition(":")
    asked = [name] if name else [each for each, one in context.stores.items() if isinstance(one, Database)]
    for each in asked:
        _check_places(_named(context, each), table)
    found = [place for each in asked for place in places_of(context, each, (table, key) if row else None)]
    strays = [one for one in look_for_strays(context, look) if set(one.stores) & set(asked)]
    if as_json:
        print_json({"places": found, "elsewhere": strays})
        return 1 if strays else 0
    rows = [
        (one.store, one.kind, one.country or "?", one.name or "not registered", str(one.copies or ""))
        for one in found
    ]
    console().print(table_of("", ("store", "kind", "country", "place", "copies"), rows))
    for stray in strays:
        click.echo(f"not registered: {stray.path} ({', '.join(stray.stores)})")
    return 1 if strays else 0


def _check_places(store: Store, table: str) -> None:
    if not isinstance(store, Database):
        raise click.UsageError(f"'{store.name}' is not a database")
    if table and table not in {part.table for part in store.parts()}:
        raise click.UsageError(f"no binding of '{store.name}' knows the table '{table}'")


def _each(context: Context, name: str | None, look: Callable[[Store], list[Finding]]) -> Iterable[Finding]:
    chosen = [_named(context, name)] if name else list(context.stores.values())
    for each in chosen:
        yield from look(each)


def _of_rules(context: Context) -> Iterable[Finding]:
    now = clock.now()
    for task in tasks(context, now):
        with task.database.reading() as connection:
            try:
                act = act_of(task, context, connection, now)
            except BadPath:
                continue  # said already
            if act is not None:
                yield from troubles(context, task, act)


def _named(context: Context, name: str) -> Store:
    if name not in context.stores:
        known = ", ".join(sorted(context.stores)) or "none"
        raise ZusageError(f"there is no store '{name}'", hint=f"bound are: {known}")
    return context.stores[name]
