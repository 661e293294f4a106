"""`zusage init --scan`: a draft of bindings from a database's schema, marking what was guessed and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Date, DateTime, Table, make_url

from zusage.database.engines import BadUrl
from zusage.stores.bindings import SqlStore
from zusage.stores.sql.database import Database
from zusage.stores.sql.neighbours import identity_columns, looks_personal
from zusage.stores.sql.schema import Schema

_HEAD = """\
# yaml-language-server: $schema=stores.schema.json
# Drafted from the database's schema. Every line marked “guessed” is a guess from names and keys: check it, assign each
# table to an activity of declaration.yaml, and take the comment signs away.
stores:
  main:
    kind: sql
    url: {url}
    activities: {{}}
"""


def draft_bindings(url: str, folder: Path = Path()) -> str:
    """The text of a `stores.yaml` for the database at `url`. Raises `StoreUnreachable`, `BadUrl`.

    A password in the URL is used but not written down: the draft refers to an environment variable instead.
    """
    store = SqlStore(kind="sql", url=url)
    database = Database("main", store, folder)
    try:
        with database.reading() as connection:
            schema = database.schema(connection)
    finally:
        database.close()
    return _HEAD.format(url=_written(url)) + "".join(
        f"#{line}\n" if line else "#\n" for line in _tables(schema)
    )


def _written(url: str) -> str:
    try:
        secret = "://" in url and make_url(url).password is not None
    except ValueError:
        raise BadUrl("this is not a database URL") from None
    return "env:ZUSAGE_MAIN_URL  # set this variable; the password is not written here" if secret else url


def _tables(schema: Schema) -> Iterator[str]:
    yield "     activities:"
    yield "       TODO-activity:"
    for name in sorted(schema.tables, key=lambda each: -_weight(schema, each)):
        if _weight(schema, name):
            yield from _table(schema, schema.tables[name])
    rest = sorted(name for name in schema.tables if not _weight(schema, name))
    if rest:
        yield "     # guessed to hold no personal data: neither names nor keys lead to people"
        yield f"     ignore: [{', '.join(rest)}]"


def _weight(schema: Schema, name: str) -> int:
    """How much a table looks like personal data: own identities most, personal names, a way to a table with identities."""
    table = schema.tables[name]
    own = 10 * len(identity_columns(table)) + sum(looks_personal(column.name) for column in table.columns)
    return own or int(_way(schema, name, set()) is not None)


def _way(schema: Schema, name: str, seen: set[str]) -> str | None:
    """A path over foreign keys to a column that leads to a person."""
    columns = identity_columns(schema.tables[name])
    if columns:
        return columns[0]
    ways = []
    for key in schema.parents.get(name, ()):
        if key.parent not in seen and key.parent in schema.tables and key.parent != name:
            further = _way(schema, key.parent, seen | {name})
            if further:
                hop = key.columns[0] if len(key.columns) == 1 else f"({', '.join(key.columns)})"
                ways.append(f"{hop}.{further}")
    return min(ways, key=lambda way: (way.count("."), way), default=None)


def _table(schema: Schema, table: Table) -> Iterator[str]:
    yield f"         - table: {table.name}"
    way = _way(schema, table.name, set())
    if way:
        kind = (
            "email"
            if "mail" in way.rsplit(".", 1)[-1].lower()
            else "phone"
            if "phone" in way
            else "customer-number"
        )
        why = "a column named like an identity" if "." not in way else "foreign keys that lead to one"
        yield f"           subject: {{{kind}: {way}}}  # guessed: {why}"
    # things have names as well: a person's is one beside something that leads to a person
    names = {"name"} if identity_columns(table) else set()
    personal = [
        column.name for column in table.columns if looks_personal(column.name) or column.name.lower() in names
    ]
    if personal:
        yield "           columns:  # guessed: named like personal data"
        for name in personal:
            yield f"             {name}: TODO-category"
    dates = [column.name for column in table.columns if isinstance(column.type, DateTime | Date)]
    if dates:
        yield f"           events: {{TODO-event: {dates[0]}}}  # guessed: dates here are {', '.join(dates)}"
    if not table.primary_key.columns:
        yield "           # this table has no primary key: no hold can name its rows"
