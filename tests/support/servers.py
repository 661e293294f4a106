"""PostgreSQL and MariaDB of our own for one test session, from Debian's binaries, on loopback.

Each process of the session starts a server when its first test asks for one, and stops it at its end; if the process is
killed, the kernel stops the server. Data live in a temporary folder. Durability is switched off because tests kill
*our* processes, never the server; `ZUSAGE_TEST_FSYNC=1` switches it on.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pymysql
import pytest

from tests.support.needs import free_port, program

_DURABLE = os.environ.get("ZUSAGE_TEST_FSYNC") == "1"
_START_SECONDS = 40.0


class ServerDidNotStart(RuntimeError):
    """The server's own log is in the message."""


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system user a server runs as: a database refuses to run as root."""

    user: str | None

    @classmethod
    def for_server(cls, name: str) -> Account:
        """`name` if we are root, else ourselves."""
        return cls(name if os.geteuid() == 0 else None)

    def owns(self, folder: Path) -> None:
        """Makes `folder`, private to the account."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user is not None:
            entry = pwd.getpwnam(self.user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)

    def command(self, arguments: Sequence[str | Path]) -> list[str]:
        """`arguments` run as the account, ended by the kernel when the process that started them dies."""
        prefix = ["setpriv", "--pdeathsig", "INT"]
        if self.user is not None:
            entry = pwd.getpwnam(self.user)
            prefix += [f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--init-groups"]
        return [*prefix, "--", *(str(argument) for argument in arguments)]


@dataclass(slots=True)
class Server:
    """A running server: `create(name)` and `drop(name)` make and remove a database, `url(name)` addresses it."""

    folder: Path
    process: subprocess.Popen[bytes]
    url: Callable[[str], str]
    create: Callable[[str], None]
    drop: Callable[[str], None]

    def stop(self) -> None:
        """Ends the server without ceremony; its data go with it."""
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _temporary(name: str) -> Path:
    # not below pytest's own folder: that is private to root, and a socket's path must stay short
    folder = Path(tempfile.mkdtemp(prefix=f"zusage-{name}-"))
    folder.chmod(0o755)
    return folder


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise ServerDidNotStart((done.stdout + done.stderr).decode(errors="replace")[-3000:])


def _launch(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _until_up(process: subprocess.Popen[bytes], folder: Path, probe: Callable[[], None]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            probe()
            return
        except (psycopg.OperationalError, pymysql.err.OperationalError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                log = (folder / "log").read_text(errors="replace")[-3000:]
                raise ServerDidNotStart(log) from error
            time.sleep(0.05)


def start_postgres() -> Server:
    """A fresh PostgreSQL cluster with trust authentication on 127.0.0.1; the superuser is `postgres`."""
    binaries = "/usr/lib/postgresql/*/bin"
    initdb = program("initdb", binaries, package="postgresql")
    account, folder = Account.for_server("postgres"), _temporary("postgres")
    data, port = folder / "data", free_port()
    account.owns(data)
    _run(
        account.command(
            [initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        ),
        folder,
    )
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(data),
        "max_connections": "200",
        "shared_buffers": "64MB",
        "fsync": "on" if _DURABLE else "off",
        "full_page_writes": "on" if _DURABLE else "off",
        "synchronous_commit": "on" if _DURABLE else "off",
    }
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    process = _launch(account.command([initdb.with_name("postgres"), "-D", data, *options]), folder)

    def execute(statement: str) -> None:
        with psycopg.connect(host="127.0.0.1", port=port, user="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    _until_up(process, folder, lambda: execute("SELECT 1"))
    return Server(
        folder,
        process,
        url=lambda name: f"postgresql+psycopg://postgres@127.0.0.1:{port}/{name}",
        create=lambda name: execute(f'CREATE DATABASE "{name}" TEMPLATE template0'),
        drop=lambda name: execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'),
    )


def start_mariadb() -> Server:
    """A fresh MariaDB server on 127.0.0.1; the user `zusage` may do everything and has no password."""
    install = program("mariadb-install-db", "/usr/bin", package="mariadb-server")
    daemon = program("mariadbd", "/usr/sbin", package="mariadb-server")
    account, folder = Account.for_server("mysql"), _temporary("mariadb")
    data, port = folder / "data", free_port()
    account.owns(data)
    common = ["--no-defaults", f"--datadir={data}", f"--tmpdir={data}", "--innodb-log-file-size=32M"]
    _run(
        account.command([install, *common, "--auth-root-authentication-method=normal", "--skip-test-db"]),
        folder,
    )
    grants = folder / "grants.sql"
    grants.write_text("CREATE USER zusage@'%';\nGRANT ALL ON *.* TO zusage@'%' WITH GRANT OPTION;\n")
    grants.chmod(0o644)
    options = [
        "--bind-address=127.0.0.1",
        f"--port={port}",
        f"--socket={data}/socket",
        f"--pid-file={data}/pid",
        f"--init-file={grants}",
        "--character-set-server=utf8mb4",
        "--max-connections=200",
        "--skip-name-resolve",
        f"--innodb-flush-log-at-trx-commit={1 if _DURABLE else 0}",
    ]
    process = _launch(account.command([daemon, *common, *options]), folder)

    def execute(statement: str) -> None:
        connection = pymysql.connect(host="127.0.0.1", port=port, user="zusage", autocommit=True)
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(statement)

    _until_up(process, folder, lambda: execute("SELECT 1"))
    return Server(
        folder,
        process,
        url=lambda name: f"mysql+pymysql://zusage@127.0.0.1:{port}/{name}?charset=utf8mb4",
        create=lambda name: execute(f"CREATE DATABASE `{name}`"),
        drop=lambda name: execute(f"DROP DATABASE IF EXISTS `{name}`"),
    )


def _fresh(server: Server) -> Iterator[Callable[[], str]]:
    made: list[str] = []

    def make() -> str:
        name = f"t{next(_numbers)}"
        server.create(name)
        made.append(name)
        return server.url(name)

    yield make
    for name in made:
        server.drop(name)


_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """This process's PostgreSQL."""
    server = start_postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[Server]:
    """This process's MariaDB."""
    server = start_mariadb()
    yield server
    server.stop()


@pytest.fixture
def new_postgres(postgres_server: Server) -> Iterator[Callable[[], str]]:
    """Makes a fresh PostgreSQL database at each call and gives its URL."""
    yield from _fresh(postgres_server)


@pytest.fixture
def new_mariadb(mariadb_server: Server) -> Iterator[Callable[[], str]]:
    """Makes a fresh MariaDB database at each call and gives its URL."""
    yield from _fresh(mariadb_server)


@pytest.fixture
def new_sqlite(tmp_path: Path) -> Callable[[], str]:
    """Gives the URL of a fresh SQLite file at each call."""
    return lambda: f"sqlite:///{tmp_path / f't{next(_numbers)}.sqlite'}"


@pytest.fixture
def sqlite_url(new_sqlite: Callable[[], str]) -> str:
    """An SQLite file that does not exist yet."""
    return new_sqlite()


@pytest.fixture
def postgres_url(new_postgres: Callable[[], str]) -> str:
    """A fresh, empty PostgreSQL database."""
    return new_postgres()


@pytest.fixture
def mariadb_url(new_mariadb: Callable[[], str]) -> str:
    """A fresh, empty MariaDB database."""
    return new_mariadb()


_KINDS = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgres", id="postgres", marks=pytest.mark.postgres),
    pytest.param("mariadb", id="mariadb", marks=pytest.mark.mariadb),
]


@pytest.fixture(params=_KINDS)
def new_database(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Runs the test on SQLite, PostgreSQL and MariaDB; makes a fresh database at each call."""
    make: Callable[[], str] = request.getfixturevalue(f"new_{request.param}")
    return make


@pytest.fixture
def any_url(new_database: Callable[[], str]) -> str:
    """Runs the test on SQLite, PostgreSQL and MariaDB, each time on a fresh database."""
    return new_database()


@pytest.fixture(params=_KINDS[:2])
def state_url(request: pytest.FixtureRequest) -> str:
    """Runs the test on the two databases that may hold Zusage's own state: SQLite and PostgreSQL."""
    make: Callable[[], str] = request.getfixturevalue(f"new_{request.param}")
    return make()
