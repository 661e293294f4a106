"""Drift: what a database holds that the bindings do not know. Reads the schema, and counts dates that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, func, not_, select

from zusage.findings import Finding, Place, Severity
from zusage.stores.paths import BadPath
from zusage.stores.sql.bound import BoundTable
from zusage.stores.sql.database import Database
from zusage.stores.sql.neighbours import known_tables, looks_personal, undeclared_neighbours
from zusage.stores.sql.preflight import check_erase, no_holds, undeclared_column, undeclared_columns
from zusage.stores.sql.schema import Schema
from zusage.text import Text


def drift(database: Database) -> list[Finding]:
    """Undeclared tables and columns that reach people or look personal, and dates that no rule can read."""
    with database.reading() as connection:
        schema = database.schema(connection)
        found = list(undeclared_neighbours(database, schema))
        found += _columns(database, schema)
        found += _tables(database, schema, {finding.place.key for finding in found})
        for part in database.parts():
            try:
                found += _unreadable(connection, database, database.bound(connection, part))
            except BadPath as error:
                found.append(_misfit(database, part.table, error))
        return found


def preflight(database: Database) -> list[Finding]:
    """What would forbid the erasure of rows, table by table, or does not fit the schema at all."""
    found: list[Finding] = []
    with database.reading() as connection:
        for part in database.parts():
            try:
                table = database.bound(connection, part)
                for name in (*part.events, *part.ends):
                    table.event(name, name)
                found += check_erase(database.name, table, database.closure(table))
            except BadPath as error:
                found.append(_misfit(database, part.table, error))
        found += _privileges(connection, database)
    if not database.binding.journal:
        found.append(no_holds(database.name))
    return list(dict.fromkeys(found))


def _columns(database: Database, schema: Schema) -> Iterator[Finding]:
    for name in dict.fromkeys(part.table for part in database.parts()):
        if name in schema.tables:
            parts = [part for part in database.parts() if part.table == name]
            for column in undeclared_columns(schema, name, parts):
                severity = Severity.ERROR if looks_personal(column) else Severity.WARNING
                yield undeclared_column(database.name, name, column, severity)


def _tables(database: Database, schema: Schema, said: set[str]) -> Iterator[Finding]:
    for name, table in schema.tables.items():
        columns = [column.name for column in table.columns if looks_personal(column.name)]
        if columns and name not in known_tables(database) and name not in said:
            yield Finding(
                "store/looks-personal", Severity.WARNING,
                Text(f"Die Tabelle {name} sieht nach Personendaten aus ({', '.join(columns[:5])}) und ist nicht angebunden.",
                     f"The table {name} looks like personal data ({', '.join(columns[:5])}) and is not bound."),
                Place(file=database.name, key=name),
                instead=Text("anbinden, oder unter ignore nennen", "bind it, or name it under ignore"),
            )  # fmt: skip


def _unreadable(connection: Connection, database: Database, table: BoundTable) -> Iterator[Finding]:
    for name in table.binding.events:
        event = table.event(name)
        readable = event.readable() if event else None
        if event is None or readable is None:
            continue
        query = select(func.count()).select_from(table.table).where(and_(event.happened(), not_(readable)))
        count = connection.execute(query).scalar_one()
        if count:
            yield Finding(
                "store/unreadable-date", Severity.ERROR,
                Text(f"{count} Werte von {name} in {table.table.name} sind kein Datum nach ISO 8601 in UTC: "
                     "für sie endet nie eine Frist.",
                     f"{count} values of {name} in {table.table.name} are no ISO 8601 date in UTC: their period never ends."),
                Place(file=database.name, key=table.table.name),
            )  # fmt: skip


def _misfit(database: Database, table: str, error: BadPath) -> Finding:
    hint = Text(error.hint, error.hint) if error.hint else None
    place = Place(file=database.name, key=table)
    return Finding("store/misfit", Severity.ERROR, Text(error.message, error.message), place, instead=hint)


def _privileges(connection: Connection, database: Database) -> Iterator[Finding]:
    """What this kind of database cannot promise, said before anybody relies on it."""
    rest = {
        "sqlite": Text("Sicherungskopien und Dateisystem-Schnappschüsse behalten gelöschte Werte bis zu ihrem Ablauf.",
                       "Backup copies and snapshots of the file system keep erased values until they expire."),
        "postgresql": Text("WAL-Archive, Replikate und Sicherungen behalten gelöschte Werte bis zu ihrem Ablauf; auch nach "
                           "VACUUM bleibt ein Teil der Werte in den Dateien, bis VACUUM FULL sie neu schreibt.",
                           "WAL archives, replicas and backups keep erased values until they expire; even after VACUUM "
                           "some values stay in the files until VACUUM FULL rewrites them."),
        "mysql": Text("Binärlogs, Undo-Logs, Replikate und Sicherungen behalten gelöschte Werte bis zu ihrem Ablauf.",
                      "Binary logs, undo logs, replicas and backups keep erased values until they expire."),
    }[database.dialect]  # fmt: skip
    yield Finding("store/residue", Severity.NOTE, rest, Place(file=database.name))
