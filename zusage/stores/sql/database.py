"""A bound database: engines, the live schema, and its bindings resolved against it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Connection, Engine, event, inspect
from sqlalchemy.exc import DBAPIError, OperationalError

from zusage.database.engines import create_engine, resolve_url
from zusage.database.failures import failure_code
from zusage.errors import StoreUnreachable
from zusage.stores.bindings import SqlStore, TableBinding
from zusage.stores.paths import BadPath, Reference, parse_reference
from zusage.stores.sql import journal
from zusage.stores.sql.bound import BoundTable
from zusage.stores.sql.closure import Closure, closure
from zusage.stores.sql.folding import fold, sqlite_sha256
from zusage.stores.sql.identity import StoredForms
from zusage.stores.sql.restricting import create_place, create_tables, moved_binding, moved_keys
from zusage.stores.sql.schema import ATTACHED, Schema, fingerprint, reflect


class _Look(threading.local):
    """What the looks of one thread share."""

    stack: ExitStack | None = None
    connection: Connection | None = None
    stored: StoredForms | None = None


class Database:
    """One store of the kind `sql`. Connects when first asked; every connection error is `StoreUnreachable`."""

    kind = "sql"

    def __init__(self, name: str, binding: SqlStore, folder: Path) -> None:
        self.name = name
        self.binding = binding
        self.folder = folder
        self._schema: Schema | None = None
        self._engines: dict[bool, Engine] = {}
        self._place_schema: Schema | None = None
        self._has_journal = False
        self._checked: WeakKeyDictionary[Connection, Schema] = WeakKeyDictionary()
        self._no_journal: WeakSet[Connection] = WeakSet()
        self._look = _Look()

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
            if made.dialect.name == "sqlite":
                event.listen(made, "connect", _add_functions)
                if self.binding.restricted is not None:
                    event.listen(made, "connect", self._attach(writing=writing))
            self._engines[writing] = made
        return self._engines[writing]

    @property
    def dialect(self) -> str:
        """`sqlite`, `postgresql` or `mysql` (MariaDB as well)."""
        name = self.engine(writing=False).dialect.name
        return "mysql" if name == "mariadb" else name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that cannot write; the shared one inside `looking`."""
        look = self._look
        if look.stack is not None:
            if look.connection is None:
                look.connection = look.stack.enter_context(self._transaction(writing=False))
            yield look.connection
            return
        with self._transaction(writing=False) as connection:
            yield connection

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Several looks of this thread in one transaction, begun when the first needs it: they see one state of the data,
        and ask for schema and identities once. Nothing may be written to the store meanwhile."""
        look = self._look
        if look.stack is not None:
            yield
            return
        try:
            with ExitStack() as look.stack:
                yield
        finally:
            look.stack = look.connection = look.stored = None

    def stored_forms(self, connection: Connection) -> StoredForms:
        """How identities stand in the columns; what one look has learnt, the next one of the same `looking` knows."""
        if connection is not self._look.connection:
            return StoredForms(connection, self.dialect)
        self._look.stored = self._look.stored or StoredForms(connection, self.dialect)
        return self._look.stored

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
        """The live schema: reflected again only when its fingerprint, asked once a transaction, has changed."""
        if (checked := self._checked.get(connection)) is not None:
            return checked
        now = fingerprint(connection, self.binding.schema_name)
        if self._schema is None or self._schema.fingerprint != now:
            self._schema = reflect(connection, self.binding.schema_name, self._also())
            self._has_journal = False
        self._checked[connection] = self._schema
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

    # -- the restricted place ---------------------------------------------------------------------------------------

    @property
    def place(self) -> str | None:
        """The schema name of the restricted place, if the binding has one."""
        if self.binding.restricted is None:
            return None
        return ATTACHED if self.dialect == "sqlite" else self.binding.restricted.to

    def _attach(self, *, writing: bool) -> Callable[[Any, Any], None]:
        assert self.binding.restricted is not None
        path = self.folder / self.binding.restricted.to

        def attach(connection: Any, _record: Any) -> None:
            if writing and not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
            if path.exists():
                mode = "rw" if writing else "ro"
                connection.execute(
                    f"ATTACH DATABASE ? AS {ATTACHED}", (f"file:{quote(str(path))}?mode={mode}",)
                ).close()

        return attach

    def has_place(self, connection: Connection) -> bool:
        """Whether the restricted place is there yet."""
        if self.place is None:
            return False
        if self.dialect == "sqlite":
            return any(row[1] == ATTACHED for row in connection.exec_driver_sql("PRAGMA database_list"))
        return self.place in inspect(connection).get_schema_names()

    def place_schema(self, connection: Connection) -> Schema:
        """The live schema of the restricted place, cached like the other one."""
        now = fingerprint(connection, self.place)
        if self._place_schema is None or self._place_schema.fingerprint != now:
            self._place_schema = reflect(connection, self.place)
        return self._place_schema

    def prepare_place(self, connection: Connection, table: BoundTable, found: Closure) -> Schema:
        """The place with tables for a root and what goes with it. Raises `BadPath` if the binding has no place."""
        if self.binding.restricted is None or self.place is None:
            raise BadPath(
                f"the store '{self.name}' has no place for restricted rows",
                hint="add `restricted: {to: …}` in stores.yaml",
            )
        create_place(connection, self.place, self.binding.restricted.reader)
        if self.dialect == "sqlite" and self.binding.journal:
            journal.install_beside(connection, self.place)
        there = self.place_schema(connection)
        if not set(found.tables) <= set(there.tables):
            parts = [self.bound(connection, part) for part in self.parts() if part.table in found.tables]
            create_tables(connection, self.place, [table, *parts], found)
            if self.dialect == "sqlite" and False in self._engines:
                self._engines.pop(False).dispose()  # its connections were made before the file was
            there = self.place_schema(connection)
        return there

    def moved(self, connection: Connection, part: TableBinding) -> tuple[BoundTable, Closure] | None:
        """A binding's rows in the restricted place, with what went along; None as long as nothing was moved."""
        if not self.has_place(connection):
            return None
        live, there = self.bound(connection, part), self.place_schema(connection)
        if part.table not in there.tables:
            return None
        along = self.closure(live).tables
        keys = tuple(moved_keys(there, along, part.table))
        schema = Schema(there.tables.values(), there.fingerprint, name=there.name)
        schema.foreign_keys = keys
        table = BoundTable(
            self.binding, moved_binding(part), schema, self.dialect, has_journal=self.has_journal(connection)
        )
        return table, closure(schema, part.table, {key.child for key in keys}, {})

    # -- journal ----------------------------------------------------------------------------------------------------

    def has_journal(self, connection: Connection) -> bool:
        """Whether our tables stand in the database."""
        if not self._has_journal and connection not in self._no_journal:
            self._has_journal = self.binding.journal and journal.installed(connection)
            if not self._has_journal:
                self._no_journal.add(connection)
        return self._has_journal

    def journals(self, connection: Connection) -> list[str | None]:
        """Where batches may stand in a journal: the database itself (None), and the attached file of SQLite."""
        found: list[str | None] = [None] if self.has_journal(connection) else []
        if found and self.dialect == "sqlite" and self.place and self.has_place(connection):
            found += [self.place] if journal.stands_in(connection, self.place) else []
        return found

    def install_journal(self) -> bool:
        """Create our tables where the binding allows it; whether they are there now."""
        if not self.binding.journal:
            return False
        if self._has_journal:
            return True
        with self.reading() as connection:
            if self.has_journal(connection):
                return True
        with self.writing() as connection:
            journal.install(connection)
        self._schema, self._has_journal = None, True
        return True


def store_url(said: str, folder: Path) -> str:
    """The URL behind a binding's `url`: a reference, a URL, or the path of an SQLite file relative to the workspace."""
    if "://" in said or said.startswith(("env:", "file:")):
        return resolve_url(said, folder=folder)
    return f"sqlite:///{folder / said}"


def _overwrite_deleted(connection: Any, _record: Any) -> None:
    """SQLite zeroes what is deleted: costs nothing measurable and leaves no bytes behind."""
    connection.execute("PRAGMA secure_delete=ON").close()


def _add_functions(connection: Any, _record: Any) -> None:
    """What SQLite lacks: comparing identities, and a digest for recipes."""
    connection.create_function("zusage_fold", 1, fold, deterministic=True)
    connection.create_function("zusage_sha256", 1, sqlite_sha256, deterministic=True)
