"""A database's schema as it is: reflected once, watched with one statement, digested for approvals."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, MetaData, Table, UniqueConstraint, text

from zusage.database.dialects import kind
from zusage.stores.paths import Reference

#: tables of ours in somebody else's database: no part of its schema
OURS = ("zusage_journal", "zusage_exclusion", "zusage_unlink", "zusage_returning")
#: what SQLite calls the attached file of the restricted place
ATTACHED = "zusage_restricted"

_POSTGRES = text("""
SELECT md5(coalesce(string_agg(line, '|' ORDER BY line), '')) FROM (
 SELECT concat_ws(':', 'c', c.relname, a.attname, a.atttypid, a.atttypmod, a.attnotnull) AS line
   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = coalesce(:schema, current_schema()) AND c.relkind IN ('r', 'p') AND a.attnum > 0
    AND NOT a.attisdropped AND c.relname NOT IN ('zusage_journal', 'zusage_exclusion', 'zusage_unlink')
 UNION ALL
 SELECT concat_ws(':', 'k', k.conrelid, k.conname, k.contype, k.confrelid, k.conkey::text)
   FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = k.connamespace
  WHERE n.nspname = coalesce(:schema, current_schema()) AND k.contype IN ('p', 'u', 'f')
    AND c.relname NOT IN ('zusage_journal', 'zusage_exclusion', 'zusage_unlink')
 UNION ALL
 SELECT 'i:' || i.indrelid || ':' || i.indkey::text
   FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = coalesce(:schema, current_schema())
    AND c.relname NOT IN ('zusage_journal', 'zusage_exclusion', 'zusage_unlink')
) lines""")
_MARIADB = text("""
SELECT CONCAT_WS('-', COUNT(*), SUM(CRC32(line))) FROM (
 SELECT CONCAT_WS(':', 'c', TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE) AS line FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = COALESCE(:schema, DATABASE()) AND TABLE_NAME NOT IN ('zusage_journal', 'zusage_exclusion', 'zusage_unlink')
 UNION ALL
 SELECT CONCAT_WS(':', 'k', TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME)
   FROM information_schema.KEY_COLUMN_USAGE
  WHERE TABLE_SCHEMA = COALESCE(:schema, DATABASE()) AND TABLE_NAME NOT IN ('zusage_journal', 'zusage_exclusion', 'zusage_unlink')
 UNION ALL
 SELECT CONCAT_WS(':', 'i', TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME) FROM information_schema.STATISTICS
  WHERE TABLE_SCHEMA = COALESCE(:schema, DATABASE()) AND TABLE_NAME NOT IN ('zusage_journal', 'zusage_exclusion', 'zusage_unlink')
) lines_""")


def fingerprint(connection: Connection, schema: str | None = None) -> str:
    """One statement whose answer changes with every change of the schema (tables, columns, keys, indexes)."""
    which = kind(connection)
    if which == "sqlite":
        pragma = "PRAGMA schema_version" if schema is None else f"PRAGMA {ATTACHED}.schema_version"
        return str(connection.execute(text(pragma)).scalar_one())
    if which == "postgresql":
        return str(connection.execute(_POSTGRES, {"schema": schema}).scalar_one())
    return str(connection.execute(_MARIADB, {"schema": schema}).scalar_one())


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A row of `child` refers by `columns` to `parent`'s `targets`. `declared`: by the database itself."""

    child: str
    columns: tuple[str, ...]
    parent: str
    targets: tuple[str, ...]
    name: str = ""
    on_delete: str = ""
    declared: bool = True


class Schema:
    """Reflected tables by name, with foreign keys both ways and indexes."""

    def __init__(
        self,
        tables: Iterable[Table],
        fingerprint: str,
        also: Iterable[Reference] = (),
        name: str | None = None,
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint
        #: what was put together over these tables: the same as long as the schema is, and costly to build
        self.built: dict[Any, Any] = {}
        self.tables = {table.name: table for table in tables if table.name not in OURS}
        self.foreign_keys = tuple(self._reflected()) + tuple(
            ForeignKey(each.table, each.columns, each.to, each.targets, declared=False) for each in also
        )

    def _reflected(self) -> Iterable[ForeignKey]:
        for table in self.tables.values():
            for constraint in sorted(table.foreign_key_constraints, key=lambda each: str(each.name)):
                parent = constraint.elements[0].target_fullname.rsplit(".", 1)[0].rsplit(".", 1)[-1]
                yield ForeignKey(
                    child=table.name,
                    columns=tuple(column.name for column in constraint.columns),
                    parent=parent,
                    targets=tuple(
                        element.target_fullname.rsplit(".", 1)[1] for element in constraint.elements
                    ),
                    name=str(constraint.name or ""),
                    on_delete=(constraint.ondelete or "").upper(),
                )

    @cached_property
    def children(self) -> dict[str, tuple[ForeignKey, ...]]:
        """Foreign keys by the table they refer to."""
        found: dict[str, list[ForeignKey]] = {}
        for key in self.foreign_keys:
            found.setdefault(key.parent, []).append(key)
        return {name: tuple(keys) for name, keys in found.items()}

    @cached_property
    def parents(self) -> dict[str, tuple[ForeignKey, ...]]:
        """Foreign keys by the table that has them."""
        found: dict[str, list[ForeignKey]] = {}
        for key in self.foreign_keys:
            found.setdefault(key.child, []).append(key)
        return {name: tuple(keys) for name, keys in found.items()}

    def primary_key(self, table: str) -> tuple[str, ...]:
        """The names of the primary key's columns; empty if there is none."""
        return tuple(column.name for column in self.tables[table].primary_key.columns)

    def indexed(self, table: str, columns: Sequence[str]) -> bool:
        """Whether an index (or key) of the table begins with these columns, in any order among them."""
        wanted, found = set(columns), self.tables[table]
        lists = [[column.name for column in index.columns] for index in found.indexes]
        lists += [list(self.primary_key(table))]
        lists += [
            [column.name for column in constraint.columns]
            for constraint in found.constraints
            if isinstance(constraint, UniqueConstraint)
        ]
        return any(set(names[: len(wanted)]) == wanted for names in lists)

    def unique(self, table: str, column: str) -> bool:
        """Whether a key or unique index covers this column alone."""
        found = self.tables[table]
        alone = [[column.name for column in index.columns] for index in found.indexes if index.unique]
        alone += [
            [each.name for each in constraint.columns]
            for constraint in found.constraints
            if isinstance(constraint, UniqueConstraint)
        ]
        return [column] in alone or self.primary_key(table) == (column,)

    def digest(self, names: Iterable[str]) -> str:
        """Digest of the structure of some tables: 16 hex digits that change when columns, types or keys change."""
        said: dict[str, object] = {}
        for name in sorted(set(names)):
            table = self.tables.get(name)
            if table is None:
                said[name] = None
                continue
            said[name] = {
                "columns": sorted([c.name, str(c.type), bool(c.nullable)] for c in table.columns),
                "keys": sorted(
                    [list(k.columns), k.parent, list(k.targets)] for k in self.parents.get(name, ())
                ),
            }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


#: reflected tables by structure: databases of one process that are built alike are taken apart once
_reflected: OrderedDict[tuple[str | None, str], tuple[Table, ...]] = OrderedDict()
_MOST_REFLECTED = 32


def reflect(connection: Connection, schema: str | None = None, also: Iterable[Reference] = ()) -> Schema:
    """The schema as it is now: columns, keys and indexes of all tables, in a handful of statements."""
    before = fingerprint(connection, schema)
    structure = _structure(connection, schema)
    tables = None if structure is None else _reflected.get((schema, structure))
    if tables is None:
        metadata = MetaData()
        metadata.reflect(connection, schema=schema, resolve_fks=True)
        tables = tuple(table for table in metadata.tables.values() if table.schema == schema)
    if structure is not None:
        _reflected[schema, structure] = tables
        while len(_reflected) > _MOST_REFLECTED:
            _reflected.popitem(last=False)
    return Schema(tables, before, also, schema)


def _structure(connection: Connection, schema: str | None) -> str | None:
    """Digest of what defines every table and index, where the database keeps that as text; None elsewhere."""
    if kind(connection) != "sqlite":
        return None
    catalogue = "sqlite_master" if schema is None else f"{ATTACHED}.sqlite_master"
    said = connection.execute(text(f"SELECT type, name, tbl_name, sql FROM {catalogue} ORDER BY 1, 2"))  # noqa: S608 ours
    return hashlib.sha256(repr([tuple(row) for row in said]).encode()).hexdigest()
