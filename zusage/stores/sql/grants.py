"""The least that our account needs in a bound database, as statements to be read and run by its administrator."""

from __future__ import annotations

from collections.abc import Iterator

from zusage.stores.sql.database import Database
from zusage.stores.sql.journal import exclusion, journal, unlink


def grants(database: Database, account: str = "zusage") -> list[str]:
    """GRANT statements for `account`; for SQLite, what the file's owner must allow."""
    if database.dialect == "sqlite":
        return [
            "-- SQLite has no accounts: our process needs to read and write the database file and its folder (WAL)",
            "-- chmod 660 DATABASE; chgrp zusage DATABASE",
        ]
    return list(_statements(database, account))


def _statements(database: Database, account: str) -> Iterator[str]:
    mysql = database.dialect == "mysql"
    who = f"'{account}'@'%'" if mysql else account
    schema = database.binding.schema_name
    prefix = f"{schema}." if schema else ""
    if not mysql:
        yield f"GRANT USAGE ON SCHEMA {schema or 'public'} TO {who};"
    read, erased, changed = _needs(database)
    for table in sorted(read):
        verbs = ["SELECT"] + (["DELETE"] if table in erased else [])
        yield f"GRANT {', '.join(verbs)} ON {prefix}{table} TO {who};"
        if changed.get(table):
            columns = ", ".join(sorted(changed[table]))
            yield f"GRANT UPDATE ({columns}) ON {prefix}{table} TO {who};"
    if database.binding.journal:
        if not mysql:
            yield f"GRANT CREATE ON SCHEMA {schema or 'public'} TO {who};  -- once, to make the three tables below"
        for ours in (journal, exclusion, unlink):
            yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {prefix}{ours.name} TO {who};"
    if database.binding.restricted is not None:
        place = database.binding.restricted.to
        yield f"-- the restricted place: {who} makes and owns it"
        if mysql:
            sealing = ", ALTER, UPDATE" if database.binding.restricted.sealed else ""
            yield f"GRANT CREATE, SELECT, INSERT, DELETE, INDEX{sealing} ON `{place}`.* TO {who};"
        else:
            yield f"CREATE SCHEMA {place} AUTHORIZATION {who};"


def _needs(database: Database) -> tuple[set[str], set[str], dict[str, set[str]]]:
    """Tables that are read, tables whose rows are erased, and columns that are changed."""
    read: set[str] = set()
    erased: set[str] = set()
    changed: dict[str, set[str]] = {}
    with database.reading() as connection:
        for part in database.parts():
            table = database.bound(connection, part)
            found = database.closure(table)
            erased |= set(found.tables)
            read |= set(found.tables) | {key.parent for key in table.schema.parents.get(part.table, ())}
            for recipe in part.recipes.values():
                changed.setdefault(part.table, set()).update(recipe)
            for key, recipe in found.emptied:
                read.add(key.child)
                changed.setdefault(key.child, set()).update({*key.columns, *recipe})
    return read, erased, changed
