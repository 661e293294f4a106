"""The one engine factory, for Zusage's own database and for every bound store.

SQLite with SQLAlchemy's defaults loses updates without an error: the read of a read-then-write transaction runs outside
of it. Hence `isolation_level=None` on connect, and two ways to begin: `engine.begin()` writes (`BEGIN IMMEDIATE`, one at
a time); `engine.connect()` alone reads (`BEGIN`), waits for no writer and sees one moment. Who writes there after having
read is refused with "database is locked" if somebody else wrote meanwhile: loud, and nothing is lost.
"""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event, make_url
from sqlalchemy.exc import ArgumentError

from zusage.errors import MissingExtra, ZusageError

#: How long a writer waits for another one on SQLite, and for a connection elsewhere, in seconds.
BUSY_SECONDS = 30
CONNECT_SECONDS = 10
_LOOK_AGAIN = 0.01

_DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
}
_EXTRAS = {"postgresql+psycopg": ("psycopg", "postgres"), "mysql+pymysql": ("pymysql", "mysql")}


class BadUrl(ZusageError):
    """A database URL that cannot be used, or a reference that leads nowhere. Never quotes a password."""


def resolve_reference(
    text: str, *, folder: Path | None = None, environ: Mapping[str, str] | None = None
) -> str:
    """The value behind `env:NAME` or `file:PATH` (relative to `folder`, trailing line end removed); else `text` itself.

    Raises `BadUrl` if the variable is not set or the file cannot be read.
    """
    kind, _, name = text.partition(":")
    if kind == "env":
        value = (os.environ if environ is None else environ).get(name)
        if not value:
            raise BadUrl(
                f"the environment variable {name} is not set", hint=f"export {name}=…, or use file:PATH"
            )
        return value.strip()
    if kind == "file":
        path = Path(name) if folder is None else folder / name
        try:
            return path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadUrl(f"the file {path} cannot be read ({type(error).__name__})") from error
    return text


def resolve_url(url: str, *, folder: Path | None = None, environ: Mapping[str, str] | None = None) -> str:
    """A database URL as it may stand in a configuration file, with its references followed.

    The whole URL may be `env:NAME` or `file:PATH`, or only its password: `postgresql://user:env:PGPASS@host/db`. A
    relative SQLite path is taken from `folder`. Raises `BadUrl`, also for a password written out in the URL itself.
    """
    resolved = resolve_reference(url, folder=folder, environ=environ)
    parsed = _parse(resolved)
    password = str(parsed.password) if parsed.password else ""
    if password.startswith(("env:", "file:")):
        parsed = parsed.set(password=resolve_reference(password, folder=folder, environ=environ))
    elif password and resolved == url:
        raise BadUrl(
            "a password stands in a database URL",
            hint="put the URL or the password into a variable or a file: env:NAME or file:PATH",
        )
    if (
        folder is not None
        and parsed.get_backend_name() == "sqlite"
        and parsed.database not in (None, "", ":memory:")
    ):
        parsed = parsed.set(database=str(folder / str(parsed.database)))
    return parsed.render_as_string(hide_password=False)


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file, whatever signs its path holds."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def create_engine(
    url: str, *, read_only: bool = False, must_exist: bool = False, keep_journal_mode: bool = False
) -> Engine:
    """An engine for SQLite, PostgreSQL (psycopg 3) or MariaDB/MySQL (PyMySQL) with the settings that keep data safe.

    `read_only`: the database itself refuses every write. `must_exist`: a missing SQLite file is an error rather than a
    new, empty database. `keep_journal_mode`: an SQLite file stays in its journal mode instead of going to WAL.
    Connects lazily. Raises `BadUrl` and `MissingExtra`.
    """
    parsed = _parse(url)
    driver = _DRIVERS.get(parsed.drivername.partition("+")[0], "")
    if not driver:
        raise BadUrl(
            f"databases of the kind '{parsed.drivername}' are not supported",
            hint="use sqlite:///PATH, postgresql://… or mysql://…",
        )
    if driver in _EXTRAS:
        module, extra = _EXTRAS[driver]
        if importlib.util.find_spec(module) is None:
            raise MissingExtra(extra, f"a {parsed.get_backend_name()} database")
    parsed = parsed.set(drivername=driver)
    if driver == "sqlite":
        return _sqlite(
            parsed, read_only=read_only, must_exist=must_exist, keep_journal_mode=keep_journal_mode
        )
    if driver == "mysql+pymysql":
        return _mysql(parsed, read_only=read_only)
    return _postgres(parsed, read_only=read_only)


def reader(engine: Engine) -> Engine:
    """The same engine for reading: on SQLite its transactions do not wait for a writer, nor a writer for them.

    What is read in one transaction is of one moment on SQLite. Not for reading what is then written.
    """
    return engine.execution_options(zusage_reading=True)


def _parse(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # the message of the parser quotes the text, and with it a password
        raise BadUrl(
            "this is not a database URL", hint="such as sqlite:///state.db or postgresql://host/db"
        ) from None


def _engine(url: URL | str, **options: Any) -> Engine:
    # errors must not quote parameters: they are rows (DESIGN, rule 5)
    return sqlalchemy.create_engine(url, hide_parameters=True, **options)


class _SqliteConnection(Connection):
    """Knows whether its transaction began by itself, with the first statement, or because somebody asked for it."""

    by_itself = False

    def _autobegin(self) -> None:
        self.by_itself = True
        try:
            super()._autobegin()
        finally:
            self.by_itself = False


def _began_by_itself(connection: Connection) -> bool:
    return isinstance(connection, _SqliteConnection) and connection.by_itself


def _sqlite(url: URL, *, read_only: bool, must_exist: bool, keep_journal_mode: bool) -> Engine:
    path = url.database
    if path in (None, "", ":memory:"):
        engine = _engine("sqlite://")
    else:
        mode = "ro" if read_only else "rw" if must_exist else "rwc"
        engine = _engine(URL.create("sqlite", database=str(path)))
        name = f"file:{quote(str(path))}?mode={mode}"

        @event.listens_for(engine, "do_connect")
        def _do_connect(_dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> None:
            # the engine's URL stays a plain path, which others read
            arguments[0], options["uri"] = name, True

    engine._connection_cls = _SqliteConnection

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        pragmas = [f"busy_timeout={BUSY_SECONDS * 1000}", "foreign_keys=ON", "synchronous=FULL"]
        if read_only:
            pragmas.append("query_only=ON")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()
        if not read_only and not keep_journal_mode:
            _to_wal(connection)

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            return
        # SQLAlchemy hands a connection that was in AUTOCOMMIT back in the driver's own, unsafe mode
        raw: Any = connection.connection.dbapi_connection
        if raw.isolation_level is not None:
            raw.isolation_level = None
        reading = (
            read_only
            or connection.get_execution_options().get("zusage_reading")
            or _began_by_itself(connection)
        )
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _to_wal(connection: Any) -> None:
    """Into WAL mode. While another process makes a new file SQLite does not wait for it here, whatever `busy_timeout` says."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(_LOOK_AGAIN)


def _postgres(url: URL, *, read_only: bool) -> Engine:
    options = "-c timezone=UTC" + (" -c default_transaction_read_only=on" if read_only else "")
    given = url.query.get("options")
    if isinstance(given, str):
        options = f"{given} {options}"
    arguments = {"options": options, "application_name": "zusage", "connect_timeout": CONNECT_SECONDS}
    return _engine(url.difference_update_query(["options"]), pool_pre_ping=True, connect_args=arguments)


def _mysql(url: URL, *, read_only: bool) -> Engine:
    # READ COMMITTED: the default takes gap locks that make a live table wait for a sweep
    # and the keys of a batch come as one text
    start = "SET time_zone='+00:00', sql_mode=CONCAT(@@sql_mode, ',STRICT_ALL_TABLES'), group_concat_max_len=4194304"
    if read_only:
        start += ", tx_read_only=1"
    arguments = {"charset": "utf8mb4", "connect_timeout": CONNECT_SECONDS, "init_command": start}
    return _engine(
        url.difference_update_query(["charset"]),
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args=arguments,
    )
