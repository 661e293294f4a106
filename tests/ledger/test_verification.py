"""Somebody with the database tampers: the first bad entry is named. Somebody with the key as well: an outside
checkpoint finds it."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, delete, insert, select, update

from tests.ledger.conftest import NOW, Book, make_book
from zusage.ledger import BadExport, BadNote, Damage, Verdict, VerificationReport, export, verify
from zusage.ledger.leaves import ENTRIES
from zusage.ledger.merkle import leaf_hash
from zusage.ledger.sealing import BATCHES

columns = ENTRIES.c


def _check(book: Book, checkpoint: str | None = None) -> VerificationReport:
    return verify(book.engine, book.keys.public_key, checkpoint)


def _note(book: Book, batch: int) -> str:
    with book.engine.connect() as connection:
        return str(connection.execute(select(BATCHES.c.note).where(BATCHES.c.number == batch)).scalar_one())


def _content(connection: Connection, position: int) -> bytes:
    return bytes(connection.execute(select(columns.bytes).where(columns.position == position)).scalar_one())


def _swap(connection: Connection, one: int, other: int) -> None:
    for here, there in ((one, -1), (other, one), (-1, other)):
        connection.execute(update(ENTRIES).where(columns.position == here).values(position=there))


def test_untouched(book: Book) -> None:
    empty = _check(book)
    assert (empty.verdict, empty.size) == (Verdict.CONSISTENT, 0)
    book.fill(3, 5)
    with book.engine.begin() as connection:
        book.ledger.append(connection, "a/b", {}, at=NOW)
    alone, against = _check(book), _check(book, _note(book, 2))
    assert (alone.verdict, alone.entries, alone.batches, alone.unsealed) == (Verdict.CONSISTENT, 8, 2, 1)
    assert "not proven complete" in alone.says().en
    assert "nicht bewiesen" in alone.says().de
    assert (against.verdict, against.outside) == (Verdict.PROVEN, 8)
    assert _check(book, _note(book, 1)).verdict is Verdict.PROVEN


def _change(connection: Connection) -> None:
    content = _content(connection, 4).replace(b'"count":1', b'"count":0')
    connection.execute(update(ENTRIES).where(columns.position == 4).values(bytes=content))


def _relabel(connection: Connection) -> None:
    connection.execute(update(ENTRIES).where(columns.position == 4).values(kind="retention/held"))


def _backdate(connection: Connection) -> None:
    connection.execute(update(ENTRIES).where(columns.position == 4).values(at="2020-01-01T00:00:00.000000Z"))


def _remove(connection: Connection) -> None:
    connection.execute(delete(ENTRIES).where(columns.position == 4))


def _unseal(connection: Connection) -> None:
    connection.execute(update(ENTRIES).where(columns.position == 4).values(position=None))


def _insert_after_the_end(connection: Connection) -> None:
    row = connection.execute(select(ENTRIES).where(columns.position == 4)).one()
    values = {**row._mapping, "seq": 900, "position": 8, "id": "f" * 32}
    connection.execute(insert(ENTRIES).values(values))


def _remove_first_batch(connection: Connection) -> None:
    connection.execute(delete(ENTRIES).where(columns.position < 3))
    connection.execute(delete(BATCHES).where(BATCHES.c.number == 1))


def _pretend_expiry(connection: Connection) -> None:
    connection.execute(delete(ENTRIES).where(columns.position < 3))
    connection.execute(update(BATCHES).where(BATCHES.c.number == 1).values(hashes=None))


def _forge_size(connection: Connection) -> None:
    connection.execute(update(BATCHES).where(BATCHES.c.number == 2).values(size=7))


def _forge_note(connection: Connection) -> None:
    note = connection.execute(select(BATCHES.c.note).where(BATCHES.c.number == 2)).scalar_one()
    forged = note.replace("batch 2", "batch 3")
    connection.execute(update(BATCHES).where(BATCHES.c.number == 2).values(note=forged))


@pytest.mark.parametrize(
    ("tamper", "damage", "position"),
    [
        (_change, Damage.CHANGED, 4),
        (_relabel, Damage.RELABELLED, 4),
        (_backdate, Damage.RELABELLED, 4),
        (_remove, Damage.MISSING, 4),
        (_unseal, Damage.MISSING, 4),
        (lambda connection: _swap(connection, 4, 6), Damage.REORDERED, 4),
        (lambda connection: _swap(connection, 1, 6), Damage.CHANGED, 1),
        (_insert_after_the_end, Damage.INSERTED, 8),
        (_remove_first_batch, Damage.MISSING, 0),
        (_pretend_expiry, Damage.MISSING, 0),
        (_forge_size, Damage.FORGED, 3),
        (_forge_note, Damage.FORGED, 3),
    ],
)
def test_tampering_is_found_and_the_first_bad_entry_named(
    book: Book, tamper: Callable[[Connection], None], damage: Damage, position: int
) -> None:
    book.fill(3, 5)
    with book.engine.begin() as connection:
        tamper(connection)
    report = _check(book)
    assert report.verdict is Verdict.BROKEN
    assert report.bad is not None
    assert (report.bad.damage, report.bad.position) == (damage, position)
    assert str(position) in report.says().en
    assert str(position) in report.says().de


def test_whoever_also_changes_the_stored_hashes_is_found_in_the_batch(book: Book) -> None:
    book.fill(3, 5)
    with book.engine.begin() as connection:
        content = _content(connection, 4).replace(b'"count":1', b'"count":0')
        connection.execute(update(ENTRIES).where(columns.position == 4).values(bytes=content))
        contents = connection.execute(
            select(columns.bytes).where(columns.position >= 3).order_by(columns.position)
        ).scalars()
        hashes = b"".join(leaf_hash(each) for each in contents)
        connection.execute(update(BATCHES).where(BATCHES.c.number == 2).values(hashes=hashes))
    bad = _check(book).bad
    assert bad is not None
    assert (bad.damage, bad.position, bad.until, bad.batch) == (Damage.CHANGED, 3, 7, 2)


def test_a_cut_off_end_is_found_by_an_outside_checkpoint_alone(book: Book) -> None:
    book.fill(3, 5)
    outside = _note(book, 2)
    with book.engine.begin() as connection:
        connection.execute(delete(ENTRIES).where(columns.position >= 3))
        connection.execute(delete(BATCHES).where(BATCHES.c.number == 2))
    assert _check(book).verdict is Verdict.CONSISTENT
    bad = _check(book, outside).bad
    assert bad is not None
    assert (bad.damage, bad.position, bad.until) == (Damage.TRUNCATED, 3, 7)


def test_a_ledger_written_anew_with_the_real_key_is_found_by_an_outside_checkpoint(book: Book) -> None:
    book.fill(3, 5)
    outside = _note(book, 2)
    with book.engine.begin() as connection:
        _change(connection)
        connection.execute(delete(BATCHES))
        connection.execute(update(ENTRIES).values(position=None))
    book.ledger.seal(book.engine, NOW)
    assert _check(book).verdict is Verdict.CONSISTENT
    report = _check(book, outside)
    assert report.bad is not None
    assert report.bad.damage is Damage.REWRITTEN


def test_the_line_in_a_report_is_an_outside_checkpoint_too(book: Book) -> None:
    book.fill(3, 5)
    with book.engine.connect() as connection:
        newest = book.ledger.checkpoint(connection)
    assert newest is not None
    assert _check(book, newest.line).verdict is Verdict.PROVEN
    other = f"8 sha256:{'0' * 64}"
    assert _check(book, other).verdict is Verdict.BROKEN


def test_another_key_proves_nothing(book: Book) -> None:
    book.fill(2)
    stranger = Ed25519PrivateKey.generate().public_key()
    report = verify(book.engine, stranger)
    assert report.bad is not None
    assert report.bad.damage is Damage.FORGED
    with pytest.raises(BadNote):
        verify(book.engine, stranger, _note(book, 1))


def test_a_rotated_key_goes_on_where_the_old_one_stopped(book: Book) -> None:
    book.fill(2)
    book.keys.rotate(NOW)
    with book.engine.begin() as connection:
        book.ledger.append(connection, "keys/rotated", {}, at=NOW)
    book.ledger.seal(book.engine, NOW)
    assert verify(book.engine, book.keys.public_keys().values()).ok
    assert not verify(book.engine, book.keys.public_key).ok


class TestExpiry:
    def test_what_remains_is_still_verified(self, book: Book) -> None:
        book.fill(3, 5, 2)
        with book.engine.begin() as connection:
            removed = book.ledger.cut(connection, NOW + timedelta(days=1, hours=1), NOW + timedelta(days=3))
            assert removed == 8
            assert {entry.position for entry in book.ledger.entries(connection)} == {8, 9, None}
        report = _check(book)
        assert (report.ok, report.cut_at, report.entries, report.unsealed) == (True, 8, 2, 1)
        book.ledger.seal(book.engine, NOW + timedelta(days=3))
        assert _check(book, _note(book, 4)).verdict is Verdict.PROVEN
        assert _check(book, _note(book, 2)).verdict is Verdict.PROVEN

    def test_later_entries_are_still_protected(self, book: Book) -> None:
        book.fill(3, 5, 2)
        with book.engine.begin() as connection:
            book.ledger.cut(connection, NOW + timedelta(days=1, hours=1), NOW + timedelta(days=3))
            connection.execute(delete(ENTRIES).where(columns.position == 9))
        bad = _check(book).bad
        assert bad is not None
        assert (bad.damage, bad.position) == (Damage.MISSING, 9)

    def test_cutting_twice_and_cutting_nothing(self, book: Book) -> None:
        book.fill(1, 1, 1, 1)
        with book.engine.begin() as connection:
            assert book.ledger.cut(connection, NOW, NOW) == 0
            assert book.ledger.cut(connection, NOW + timedelta(hours=1), NOW + timedelta(days=4)) == 1
            assert book.ledger.cut(connection, NOW + timedelta(days=1, hours=1), NOW + timedelta(days=4)) == 1
            assert book.ledger.cut(connection, NOW + timedelta(days=99), NOW + timedelta(days=4)) == 1
        book.ledger.seal(book.engine, NOW + timedelta(days=4))
        report = _check(book)
        assert (report.ok, report.cut_at) == (True, 3)


class TestExport:
    def test_the_file_is_verified_like_the_database(self, book: Book, tmp_path: Path) -> None:
        book.fill(3, 5)
        path = tmp_path / "ledger.txt"
        assert export(book.engine, path) == 8
        outside = _note(book, 2)
        assert verify(path, book.keys.public_key) == _check(book)
        assert verify(path, book.keys.public_key, outside) == _check(book, outside)
        assert path.stat().st_mode & 0o077 == 0
        with pytest.raises(BadExport):
            export(book.engine, path)

    def test_after_a_cut(self, sqlite_book: Book, tmp_path: Path) -> None:
        sqlite_book.fill(3, 5, 2)
        with sqlite_book.engine.begin() as connection:
            sqlite_book.ledger.cut(connection, NOW + timedelta(hours=1), NOW + timedelta(days=3))
        sqlite_book.ledger.seal(sqlite_book.engine, NOW + timedelta(days=3))
        export(sqlite_book.engine, tmp_path / "ledger.txt")
        assert verify(tmp_path / "ledger.txt", sqlite_book.keys.public_key).cut_at == 3

    @pytest.mark.parametrize(
        ("tamper", "damage", "position"),
        [
            (lambda lines: lines[:10] + lines[11:], Damage.MISSING, 4),
            (lambda lines: [*lines[:10], lines[11], lines[10], *lines[12:]], Damage.REORDERED, 4),
            (lambda lines: [*lines[:10], lines[2], *lines[10:]], Damage.INSERTED, 4),
            (
                lambda lines: [*lines[:10], lines[10].replace(b"erased", b"erasee"), *lines[11:]],
                Damage.CHANGED,
                4,
            ),
        ],
    )
    def test_tampering(
        self,
        sqlite_book: Book,
        tmp_path: Path,
        tamper: Callable[[list[bytes]], list[bytes]],
        damage: Damage,
        position: int,
    ) -> None:
        sqlite_book.fill(3, 5)
        path = tmp_path / "ledger.txt"
        export(sqlite_book.engine, path)
        path.write_bytes(b"".join(tamper(path.read_bytes().splitlines(keepends=True))))
        bad = verify(path, sqlite_book.keys.public_key).bad
        assert bad is not None
        assert (bad.damage, bad.position) == (damage, position)

    def test_any_flipped_bit_is_found_or_refused(self, sqlite_url: str, tmp_path: Path) -> None:
        book = make_book(sqlite_url, tmp_path)
        book.fill(3, 5)
        path, chance = tmp_path / "ledger.txt", random.Random(7)
        export(book.engine, path)
        whole = path.read_bytes()
        outside = _note(book, 2)
        ends = whole.index(b"\nend ")
        for _ in range(300):
            place, bit = chance.randrange(ends), 1 << chance.randrange(8)
            path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
            try:
                report = verify(path, book.keys.public_key, outside)
            except BadExport:
                continue
            if report.ok:
                # only what nothing rests on: hashes and right edges, which are made anew
                assert dataclasses.replace(report) == _check(book, outside)
                line = whole.rfind(b"\n", 0, place) + 1
                assert whole[line:].startswith((b"hashes ", b"frontier ")) or place < len(
                    b"zusage-ledger 1\n"
                )

    def test_a_copy_of_the_sqlite_file_is_verified_too(self, sqlite_book: Book, tmp_path: Path) -> None:
        sqlite_book.fill(3)
        copy = tmp_path / "copy.db"
        with sqlite_book.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(copy),))
        assert verify(copy, sqlite_book.keys.public_key) == _check(sqlite_book)

    def test_other_files_are_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "x"
        for content in (b"", b"hello\n", b"zusage-ledger 1\nwhat\n", b"zusage-ledger 1\nbatch a b c\n"):
            path.write_bytes(content)
            with pytest.raises(BadExport):
                verify(path, Ed25519PrivateKey.generate().public_key())
