"""The engine factory: nothing is lost, nothing is written by a reader, nothing is quoted in an error."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError

from zusage.database import JsonText, UtcDateTime, create_engine, resolve_url
from zusage.database.dialects import (
    creating_tables,
    database_now,
    insert_ignoring,
    kind,
    one_at_a_time,
    upsert,
)
from zusage.database.engines import BadUrl, reader, sqlite_url
from zusage.database.failures import failure_code
from zusage.errors import MissingExtra

_COUNTER = """
import sys
from sqlalchemy import text
from zusage.database import create_engine
engine = create_engine(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with engine.begin() as connection:
        lock = "" if engine.dialect.name == "sqlite" else " FOR UPDATE"
        n = connection.execute(text("SELECT n FROM counter" + lock)).scalar_one()
        connection.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})
"""


@pytest.fixture
def engine(any_url: str) -> Engine:
    return create_engine(any_url)


def test_three_processes_lose_no_update(any_url: str) -> None:
    engine, each = create_engine(any_url), 60
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    processes = [
        subprocess.Popen([sys.executable, "-c", _COUNTER, any_url, str(each)], stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    failures = [process.communicate()[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], failures
    with engine.connect() as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar_one() == 3 * each


def test_sqlite_settings_hold_on_every_connection(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    with engine.connect() as one, reader(engine).connect() as other:
        for connection in (other, one):
            seen = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "foreign_keys")
            ]
            assert seen == ["wal", 1]


def test_autocommit_leaves_no_unsafe_connection_behind(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
        connection.exec_driver_sql("VACUUM")
    with engine.begin() as connection:
        connection.execute(text("SELECT 1"))
        raw = connection.connection.dbapi_connection
        assert raw is not None
        assert raw.isolation_level is None
        # the transaction has begun, and immediately: nobody else may write
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), timeout=0)
        with contextlib.closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO t VALUES (1)")


def test_a_reader_does_not_wait_for_a_writer(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    with engine.begin() as writing:
        writing.execute(text("INSERT INTO t VALUES (1)"))
        with ThreadPoolExecutor(1) as pool:
            count = pool.submit(_count, reader(engine)).result(timeout=5)
    assert count == 0
    assert _count(reader(engine)) == 1


def test_connecting_reads_and_beginning_writes(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    with engine.connect() as reading:
        assert reading.execute(text("SELECT count(*) FROM t")).scalar_one() == 0
        with engine.begin() as writing:
            writing.execute(text("INSERT INTO t VALUES (1)"))
        assert reading.execute(text("SELECT count(*) FROM t")).scalar_one() == 0, "of one moment"
        with pytest.raises(OperationalError, match="locked"):
            reading.execute(text("UPDATE t SET n = 2"))
    assert _count(engine) == 1
    with engine.connect() as connection, connection.begin():
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), timeout=0)
        with contextlib.closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO t VALUES (1)")


def _count(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM t")).scalar_one())


def test_a_read_only_engine_cannot_write(any_url: str) -> None:
    with create_engine(any_url).begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    engine = create_engine(any_url, read_only=True)
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))
    assert _count(engine) == 0


def test_a_missing_sqlite_file_is_not_made_by_looking(tmp_path: Path) -> None:
    path = tmp_path / "typo.db"
    for options in ({"read_only": True}, {"must_exist": True}):
        with (
            pytest.raises(OperationalError),
            create_engine(f"sqlite:///{path}", **options).connect() as connection,
        ):
            connection.execute(text("SELECT 1"))
    assert not path.exists()


@pytest.mark.parametrize("name", ["a b.db", "ä%20?#.db", "plus+.db"])
def test_sqlite_paths_may_hold_anything(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with create_engine(sqlite_url(path)).begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    assert path.is_file()


def test_someone_elses_journal_mode_can_be_kept(sqlite_url: str) -> None:
    with create_engine(sqlite_url, keep_journal_mode=True).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "delete"


def test_the_first_connection_waits_for_whoever_writes_a_file_that_is_not_in_wal_mode_yet(
    tmp_path: Path,
) -> None:
    writer = sqlite3.connect(tmp_path / "new.sqlite", isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("CREATE TABLE theirs (id INTEGER)")
    end = threading.Timer(0.2, writer.execute, ["COMMIT"])
    end.start()
    engine = create_engine(sqlite_url(tmp_path / "new.sqlite"))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert inspect(connection).get_table_names() == ["theirs"]
    end.join()
    writer.close()


def test_errors_do_not_quote_rows(engine: Engine) -> None:
    table = Table(
        "t", MetaData(), Column("k", String(40), primary_key=True), Column("n", Integer, nullable=False)
    )
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(insert(table), {"k": "kanaria", "n": 1})
    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        connection.execute(insert(table), {"k": "kanaria", "n": 2})
    code = failure_code(caught.value)
    assert "kanaria" not in code
    assert code.split(":")[0] in ("IntegrityError", "UniqueViolation")
    assert len(code.split(":")) > 1


def test_a_failure_outside_of_databases_is_its_class() -> None:
    assert failure_code(ValueError("kanaria@example.org")) == "ValueError"


def test_instants_and_json_come_back_as_they_went_in(engine: Engine) -> None:
    table = Table("t", MetaData(), Column("at", UtcDateTime), Column("said", JsonText))
    berlin = datetime.fromisoformat("2026-10-25T02:30:00.000001+02:00")
    said = {"b": [1, None, "ä"], "a": True}
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(insert(table), {"at": berlin, "said": said})
        at, back = connection.execute(select(table)).one()
    assert (at, at.tzinfo, back) == (berlin, UTC, said)
    with pytest.raises(StatementError, match="time zone"), engine.begin() as connection:
        connection.execute(insert(table), {"at": datetime(2026, 1, 1), "said": None})  # noqa: DTZ001


def test_the_databases_clock_is_close_to_ours(engine: Engine) -> None:
    with engine.connect() as connection:
        assert abs(database_now(connection) - datetime.now(UTC)) < timedelta(seconds=30)


def test_tables_are_created_by_one_at_a_time(any_url: str) -> None:
    metadata = MetaData()
    for number in range(6):
        Table(f"t{number}", metadata, Column("k", String(9), primary_key=True))
    ready = threading.Barrier(4)

    def create(_number: int) -> None:
        own = create_engine(any_url)
        own.connect().close()
        ready.wait()
        with own.begin() as connection, creating_tables(connection):
            metadata.create_all(connection)
        own.dispose()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(create, range(4)))
    assert set(inspect(create_engine(any_url)).get_table_names()) == set(metadata.tables)


def test_insert_ignoring_and_upsert(engine: Engine) -> None:
    table = Table("t", MetaData(), Column("k", String(9), primary_key=True), Column("n", Integer))
    with engine.begin() as connection:
        table.create(connection)
        one_at_a_time(connection, "test")
        connection.execute(insert_ignoring(connection, table, "k").values(k="a", n=1))
        connection.execute(insert_ignoring(connection, table, "k").values(k="a", n=2))
        assert connection.execute(select(table.c.n)).scalars().all() == [1]
        connection.execute(upsert(connection, table, ("k",), ("n",)).values(k="a", n=3))
        assert connection.execute(select(table.c.n)).scalars().all() == [3]
    assert kind(engine) in ("sqlite", "postgresql", "mariadb")


class TestUrls:
    def test_references(self, tmp_path: Path) -> None:
        (tmp_path / "url").write_text("postgresql://u:secret@h/db\n")
        environ = {"URL": "sqlite:///x.db", "PASS": "s3cr/et"}
        assert resolve_url("file:url", folder=tmp_path) == "postgresql://u:secret@h/db"
        assert resolve_url("env:URL", environ=environ) == "sqlite:///x.db"
        assert resolve_url("postgresql://u:env:PASS@h/db", environ=environ) == "postgresql://u:s3cr%2Fet@h/db"

    def test_relative_sqlite_paths_are_the_folders(self, tmp_path: Path) -> None:
        assert resolve_url("sqlite:///data/x.db", folder=tmp_path) == f"sqlite:///{tmp_path}/data/x.db"
        assert resolve_url("sqlite:////abs/x.db", folder=tmp_path) == "sqlite:////abs/x.db"

    @pytest.mark.parametrize(
        "url",
        ["env:NOT_SET_ANYWHERE", "file:not-there", "no url at all: kanaria", "postgresql://u:kanaria@h/db"],
    )
    def test_bad_ones_are_refused_without_quoting(self, url: str) -> None:
        with pytest.raises(BadUrl) as caught:
            resolve_url(url)
        assert "kanaria" not in str(caught.value)

    def test_unknown_kinds(self) -> None:
        with pytest.raises(BadUrl, match="oracle"):
            create_engine("oracle://u@h/db")

    def test_a_missing_driver_names_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        with pytest.raises(MissingExtra, match="postgres"):
            create_engine("postgresql://h/db")
