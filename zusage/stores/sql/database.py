"""A bound database: engines, the live schema, and its bindings resolved against it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError

from zusage.database.engines import create_engine, resolve_url
from zusage.database.failures import failure_code
from zusage.errors import StoreUnreachable
from zusage.findings import Finding
from zusage.stores.bindings import SqlStore, TableBinding
from zusage.stores.paths import Reference, parse_reference
from zusage.stores.sql import journal
from zusage.stores.sql.bound import BoundTable
from zusage.stores.sql.closure import Closure, closure
from zusage.stores.sql.schema import Schema, fingerprint, reflect


class Database:
    """One store of the kind `sql`. Connects when first asked; every connection error is `StoreUnreachable`."""

    kind = "sql"

    def __init__(self, name: str, binding: SqlStore, folder: Path) -> None:
        self.name = name
        self.binding = binding
        self.folder = folder
        self._schema: Schema | None = None
        self._engines: dict[bool, Engine] = {}
        self._has_journal: bool | None = None

    # -- connections ------------------------------------------------------------------------------------------------

    def engine(self, *, writing: bool) -> Engine:
        """The engine that reads only, or the one that may write. Raises `BadUrl`, `MissingExtra`."""
        if writing not in self._engines:
            made = create_engine(
                store_url(self.binding.url, self.folder),
                read_only=not writing,
                must_exist=True,
                keep_journal_mode=True,
            )
            if made.dialect.name == "sqlite" and writing:
                event.listen(made, "connect", _overwrite_deleted)
            self._engines[writing] = made
        return self._engines[writing]

    @property
    def dialect(self) -> str:
        """`sqlite`, `postgresql` or `mysql` (MariaDB as well)."""
        name = self.engine(writing=False).dialect.name
        return "mysql" if name == "mariadb" else name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that cannot write."""
        with self._transaction(writing=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction; commits unless an exception leaves it."""
        with self._transaction(writing=True) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, writing: bool) -> Iterator[Connection]:
        try:
            connection = self.engine(writing=writing).connect()
        except DBAPIError as error:
            raise self._unreachable(error) from None
        try:
            with connection, connection.begin():
                yield connection
        except OperationalError as error:
            if error.connection_invalidated:
                raise self._unreachable(error) from None
            raise

    def _unreachable(self, error: DBAPIError) -> StoreUnreachable:
        return StoreUnreachable(
            f"the store '{self.name}' cannot be reached ({failure_code(error)}); nothing was changed there",
            hint="is the database up, and the address in stores.yaml right?",
        )

    def reach(self) -> None:
        """Ask whether the database answers. Raises `StoreUnreachable`."""
        with self.reading() as connection:
            fingerprint(connection, self.binding.schema_name)

    def close(self) -> None:
        """Let go of all connections."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()

    # -- schema -----------------------------------------------------------------------------------------------------

    def schema(self, connection: Connection) -> Schema:
        """The live schema: reflected again only when its fingerprint, asked in one statement, has changed."""
        now = fingerprint(connection, self.binding.schema_name)
        if self._schema is None or self._schema.fingerprint != now:
            self._schema = reflect(connection, self.binding.schema_name, self._also())
            self._has_journal = None
        return self._schema

    def _also(self) -> list[Reference]:
        return [parse_reference(said) for part in self.parts() for said in part.dependents.also]

    def parts(self) -> Iterator[TableBinding]:
        """All table bindings of the store."""
        for bound in self.binding.activities.values():
            yield from bound

    def bound(self, connection: Connection, part: TableBinding) -> BoundTable:
        """A binding against the live schema. Raises `BadPath`."""
        schema = self.schema(connection)
        return BoundTable(self.binding, part, schema, self.dialect, has_journal=self.has_journal(connection))

    def closure(self, table: BoundTable) -> Closure:
        """What goes with a row of a bound table."""
        known = {part.table for part in self.parts()}
        known |= {name for part in self.parts() for name in part.dependents.erase}
        keep = table.binding.dependents.keep
        return closure(table.schema, table.table.name, known, keep)

    # -- journal ----------------------------------------------------------------------------------------------------

    def has_journal(self, connection: Connection) -> bool:
        """Whether our tables stand in the database."""
        if self._has_journal is None or not self._has_journal:
            self._has_journal = self.binding.journal and journal.installed(connection)
        return self._has_journal

    def install_journal(self) -> bool:
        """Create our tables where the binding allows it; whether they are there now."""
        if not self.binding.journal:
            return False
        with self.writing() as connection:
            if not self.has_journal(connection):
                journal.install(connection)
                self._schema = None
                self._has_journal = True
        return True

    # -- findings ---------------------------------------------------------------------------------------------------

    def preflight(self) -> list[Finding]:
        """See `zusage.stores.sql.preflight`."""
        return []

    def drift(self) -> list[Finding]:
        """See `zusage.stores.sql.drift`."""
        return []


def store_url(said: str, folder: Path) -> str:
    """The URL behind a binding's `url`: a reference, a URL, or the path of an SQLite file relative to the workspace."""
    if "://" in said or said.startswith(("env:", "file:")):
        return resolve_url(said, folder=folder)
    return f"sqlite:///{folder / said}"


def _overwrite_deleted(connection: Any, _record: Any) -> None:
    """SQLite zeroes what is deleted: costs nothing measurable and leaves no bytes behind."""
    connection.execute("PRAGMA secure_delete=ON").close()
