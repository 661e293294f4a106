"""Recording and sealing: what stands in the database afterwards."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.ledger.conftest import NOW, Book
from zusage.ledger import (
    Act,
    BadEntry,
    Expired,
    LooksPersonal,
    Verdict,
    Wanted,
    canonical,
    expire_years,
    verify,
)
from zusage.ledger.leaves import ENTRIES
from zusage.ledger.merkle import leaf_hash, root
from zusage.ledger.sealing import BATCHES


def test_an_entry_stands_if_and_only_if_its_transaction_does(book: Book) -> None:
    with book.engine.begin() as connection:
        kept = book.ledger.append(connection, "request/opened", {"kind": "access"}, at=NOW)
    with book.engine.connect() as connection:
        book.ledger.append(connection, "request/opened", {"kind": "erasure"}, at=NOW)
        connection.rollback()
    with book.engine.connect() as connection:
        assert [entry.id for entry in book.ledger.entries(connection)] == [kept]


def test_stored_bytes_are_the_canonical_ones(book: Book) -> None:
    subject = book.keys.pseudonym("subjects", "A@b.example", 2026)
    actor = book.keys.pseudonym("actors", "staff")
    with book.engine.begin() as connection:
        identity = book.ledger.append(
            connection,
            "hold/placed",
            {"law": "§ 35 BDSG", "a": [1, None]},
            at=NOW,
            subject=subject,
            actor=actor,
        )
        content = connection.execute(select(ENTRIES.c.bytes)).scalar_one()
    assert content == canonical(
        {"at": "2026-03-01T08:00:00.000000Z", "kind": "hold/placed", "id": identity, "subject": subject,
         "actor": actor, "facts": {"law": "§ 35 BDSG", "a": [1, None]}}
    )  # fmt: skip


@pytest.mark.parametrize(
    "act",
    [
        Act("Erased!", {}, NOW),
        Act("x" * 61, {}, NOW),
        Act("a/b", {}, NOW.replace(tzinfo=None)),
        Act("a/b", {}, NOW, subject="kanaria@example.org"),
        Act("a/b", {}, NOW, subject="4711"),
        Act("a/b", {}, NOW, actor="Kanaria Quittenbaum"),
    ],
)
def test_bad_entries_are_refused(sqlite_book: Book, act: Act) -> None:
    with sqlite_book.engine.begin() as connection:
        with pytest.raises(BadEntry):
            sqlite_book.ledger.append_many(connection, [act])
        assert sqlite_book.ledger.unsealed(connection) == 0


def test_nothing_of_a_batch_is_recorded_if_one_entry_is_refused(sqlite_book: Book) -> None:
    acts = [Act("a/b", {"n": 1}, NOW), Act("a/b", {"n": "a@b"}, NOW)]
    with sqlite_book.engine.begin() as connection:
        with pytest.raises(LooksPersonal):
            sqlite_book.ledger.append_many(connection, acts)
        assert sqlite_book.ledger.unsealed(connection) == 0


def test_sealing_orders_links_and_signs(book: Book) -> None:
    assert book.ledger.seal(book.engine, NOW) is None
    book.fill(3, 1, 4)
    with book.engine.connect() as connection:
        contents = connection.execute(select(ENTRIES.c.bytes).order_by(ENTRIES.c.seq)).scalars().all()
        places = connection.execute(select(ENTRIES.c.position).order_by(ENTRIES.c.seq)).scalars().all()
        sizes = connection.execute(select(BATCHES.c.size).order_by(BATCHES.c.number)).scalars().all()
        newest = book.ledger.checkpoint(connection)
    hashes = [leaf_hash(content) for content in contents]
    assert (list(places), list(sizes)) == (list(range(8)), [3, 4, 8])
    assert newest is not None
    assert (newest.size, newest.batch, newest.root, newest.previous) == (8, 3, root(hashes), root(hashes[:4]))
    assert newest.line == f"8 sha256:{root(hashes).hex()} 2026-03-03T08:00:00.000000Z"


def test_sealing_again_adds_nothing(book: Book) -> None:
    book.fill(2)
    again = book.ledger.seal(book.engine, NOW + timedelta(days=9))
    assert again is not None
    assert (again.batch, again.at) == (1, NOW)


def test_gaps_of_rolled_back_transactions_do_not_matter(book: Book) -> None:
    for n in range(12):
        with book.engine.connect() as connection:
            book.ledger.append(connection, "a/b", {"n": n}, at=NOW)
            if n % 3:
                connection.commit()
    with book.engine.begin() as connection:
        book.ledger.append_many(connection, [Act("a/b", {"n": n}, NOW) for n in range(5)])
    book.ledger.seal(book.engine, NOW)
    report = verify(book.engine, book.keys.public_key)
    assert (report.verdict, report.entries, report.unsealed) == (Verdict.CONSISTENT, 13, 0)


def test_many_writers_and_sealers_at_once(book: Book) -> None:
    def write(name: int) -> None:
        for n in range(10):
            with book.engine.begin() as connection:
                book.ledger.append(connection, "a/b", {"n": n, "writer": name}, at=NOW)
            book.ledger.seal(book.engine, NOW)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    book.ledger.seal(book.engine, NOW)
    report = verify(book.engine, book.keys.public_key)
    assert (report.ok, report.entries, report.unsealed) == (True, 40, 0)


def test_years_expire_with_the_key_of_their_subjects(book: Book) -> None:
    for year in (2021, 2022, 2026):
        at, subject = NOW.replace(year=year), book.keys.pseudonym("subjects", "somebody", year)
        with book.engine.begin() as connection:
            book.ledger.append(connection, "a/b", {"year": year}, at=at, subject=subject)
        book.ledger.seal(book.engine, at)
    assert expire_years(book.engine, book.ledger, NOW.replace(year=2025, month=12)) == Expired(1, (2021,))
    assert expire_years(book.engine, book.ledger, NOW) == Expired(1, (2022,))
    assert expire_years(book.engine, book.ledger, NOW) == Expired(0, ())
    book.ledger.seal(book.engine, NOW)
    with book.engine.connect() as connection:
        kinds = [entry.kind for entry in book.ledger.entries(connection)]
    assert sorted(kinds) == ["a/b", "keys/destroyed", "keys/destroyed", "ledger/cut", "ledger/cut"]
    assert book.keys.years("subjects") == [2026]
    assert verify(book.engine, book.keys.public_key).ok


def test_entries_are_found_by_kind_subject_and_time(book: Book) -> None:
    one, other = (book.keys.pseudonym("subjects", name, 2026) for name in ("one", "other"))
    with book.engine.begin() as connection:
        for day, (kind, subject) in enumerate([("a/x", one), ("a/y", other), ("b/x", one), ("a/x", None)]):
            book.ledger.append(connection, kind, {"day": day}, at=NOW + timedelta(days=day), subject=subject)

    def days(wanted: Wanted) -> list[int]:
        with book.engine.connect() as connection:
            return [entry.facts["day"] for entry in book.ledger.entries(connection, wanted)]

    assert days(Wanted(kind="a/x")) == [0, 3]
    assert days(Wanted(kind="a/")) == [0, 1, 3]
    assert days(Wanted(subjects=(one,))) == [0, 2]
    assert days(Wanted(since=NOW + timedelta(days=1), until=NOW + timedelta(days=3))) == [1, 2]
    assert days(Wanted(newest_first=True, limit=2)) == [3, 2]
