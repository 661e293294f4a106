"""A backup is of one moment, complete, private, and restores onto either kind of database."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest
from sqlalchemy import Engine, select, text

from tests.agenda.counting_worker import NOW
from tests.ledger.conftest import Book, make_book
from tests.support.canaries import Canaries
from zusage.agenda import schedule
from zusage.database import create_engine
from zusage.database.backup import BadBackup, backup, restore
from zusage.database.migrations import migrate
from zusage.database.migrations.freeze import all_tables
from zusage.ledger import verify
from zusage.mail import Attachment, Message, Sender, enqueue

AT = datetime(2026, 3, 2, tzinfo=UTC)


def _rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in all_tables().sorted_tables
        }


@pytest.fixture
def book(state_url: str, tmp_path: Path) -> Book:
    made = make_book(state_url, tmp_path)
    made.fill(3, 5)
    canaries = Canaries()
    message = Message(
        canaries.email,
        "Betreff",
        canaries.free_text,
        "a/b",
        attachments=(Attachment("x", "text/plain", b"\0\xff"),),
    )
    with made.engine.begin() as connection:
        made.ledger.append(connection, "a/b", {"n": 1}, at=NOW)
        schedule(connection, "kind", "key", NOW, {"n": [1, None, "ä"]})
        enqueue(connection, message, sender=Sender("us@x.example"), now=NOW, key="k")
    return made


@pytest.fixture(params=["new_sqlite", pytest.param("new_postgres", marks=pytest.mark.postgres)])
def target(request: pytest.FixtureRequest) -> Engine:
    """An empty database of either kind."""
    make: Callable[[], str] = request.getfixturevalue(request.param)
    return create_engine(make())


def test_there_and_back(book: Book, target: Engine, tmp_path: Path) -> None:
    written = backup(book.engine, tmp_path / "backup", AT)
    read = restore(target, tmp_path / "backup")
    assert (read.rows, read.tables) == (written.rows, written.tables)
    assert _rows(target) == _rows(book.engine)
    assert written.path.stat().st_mode & 0o077 == 0
    report = verify(target, book.keys.public_key)
    assert (report.ok, report.entries, report.unsealed) == (True, 8, 1)


def test_a_restored_database_counts_on(book: Book, target: Engine, tmp_path: Path) -> None:
    backup(book.engine, tmp_path / "backup", AT)
    restore(target, tmp_path / "backup")
    with target.begin() as connection:
        book.ledger.append(connection, "a/b", {"n": 2}, at=NOW)
        assert schedule(connection, "kind", "another", NOW)
    book.ledger.seal(target, AT)
    assert verify(target, book.keys.public_key).entries == 10


def test_it_is_of_one_moment(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _rows(book.engine)

    def meddle(value: object) -> object:
        # the first value is written while somebody adds an item
        monkeypatch.setattr("zusage.database.backup._out", original)
        with book.engine.begin() as connection:
            schedule(connection, "kind", "late", NOW)
            connection.execute(text("DELETE FROM mail_attachment"))
        return original(value)

    from zusage.database import backup as room

    original = room._out
    monkeypatch.setattr("zusage.database.backup._out", meddle)
    backup(book.engine, tmp_path / "backup", AT)
    target = create_engine(f"sqlite:///{tmp_path / 'target.db'}")
    restore(target, tmp_path / "backup")
    assert _rows(target) == before


def test_encrypted_for_its_recipients_alone(book: Book, tmp_path: Path, canaries: Canaries) -> None:
    us, stranger = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    (tmp_path / "us.key").write_text(f"# created by us\n{us}\n")
    (tmp_path / "stranger.key").write_text(f"{stranger}\n")
    path = tmp_path / "backup.age"
    assert backup(book.engine, path, AT, recipients=[str(us.to_public())]).encrypted
    canaries.assert_absent(path)
    target = create_engine(f"sqlite:///{tmp_path / 'target.db'}")
    for identity in (None, tmp_path / "stranger.key", tmp_path / "nowhere.key"):
        with pytest.raises(BadBackup):
            restore(target, path, identity=identity)
    assert restore(target, path, identity=tmp_path / "us.key").encrypted
    assert _rows(target) == _rows(book.engine)
    with pytest.raises(BadBackup, match="age public key"):
        backup(book.engine, tmp_path / "other", AT, recipients=["kanaria"])
    assert not (tmp_path / "other").exists()


def test_a_database_with_rows_is_left_alone(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "backup"
    backup(book.engine, path, AT)
    before = _rows(book.engine)
    with pytest.raises(BadBackup, match="holds rows already"):
        restore(book.engine, path)
    with pytest.raises(BadBackup, match="already"):
        backup(book.engine, path, AT)
    assert _rows(book.engine) == before


def test_a_damaged_backup_restores_nothing(book: Book, target: Engine, tmp_path: Path) -> None:
    path, damaged = tmp_path / "backup", tmp_path / "damaged"
    backup(book.engine, path, AT)
    whole = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    for content in (
        path.read_bytes()[:-20],
        gzip.compress(b"".join(whole[:-1])),
        gzip.compress(b"".join(whole[:-2] + whole[-1:])),
        gzip.compress(whole[0].replace(b"initial_", b"initial_0") + b"".join(whole[1:])),
        b"hello",
        gzip.compress(b"[]\n"),
    ):
        damaged.write_bytes(content)
        with pytest.raises(BadBackup):
            restore(target, damaged)
    migrate(target)
    assert not any(_rows(target).values())


def test_an_unknown_table_is_not_silently_left_out(book: Book, tmp_path: Path) -> None:
    with book.engine.begin() as connection:
        connection.execute(text("CREATE TABLE unheard_of (n INTEGER)"))
    with pytest.raises(BadBackup, match="unheard_of"):
        backup(book.engine, tmp_path / "backup", AT)


def test_many_rows(sqlite_url: str, tmp_path: Path) -> None:
    book = make_book(sqlite_url, tmp_path)
    book.fill(2500)
    assert backup(book.engine, tmp_path / "backup", AT).rows == 2501
    target = create_engine(f"sqlite:///{tmp_path / 'target.db'}")
    restore(target, tmp_path / "backup")
    assert verify(target, book.keys.public_key).entries == 2500
