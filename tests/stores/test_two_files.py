"""SQLite: a person's rows are restricted and brought back over two files; whatever ends in between, the next attempt mends."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, text

from tests.stores.conftest import ACTIVITIES, SCHEMA, fill
from tests.support.two_files import dying
from zusage.database.engines import create_engine
from zusage.stores.bindings import SqlStore
from zusage.stores.restriction import restrict_subject, unrestrict_subject
from zusage.stores.sql.database import Database
from zusage.stores.sql.identity import Identity
from zusage.stores.subjects import erase_subject

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ONE = [Identity("email", "person1@example.org"), Identity("customer-number", "K-1")]
TABLES = ("customer", "orders", "item", "ticket", "newsletter")


@pytest.fixture(scope="module")
def shop_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop."""
    path = tmp_path_factory.mktemp("shop") / "shop.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))
        fill(connection.execute)
    engine.dispose()
    return path


@pytest.fixture
def make(shop_file: Path, tmp_path: Path) -> Callable[..., Database]:
    """Makes the shop anew, with a restricted place."""

    def fresh(*, journal: bool = True) -> Database:
        for old in tmp_path.glob("*.db*"):
            old.unlink()
        shutil.copy(shop_file, tmp_path / "shop.db")
        said = {
            "kind": "sql", "url": "shop.db", "journal": journal, "restricted": {"to": "locked.db"},
            "activities": ACTIVITIES,
        }  # fmt: skip
        return Database("main", SqlStore.model_validate(said), tmp_path)

    return fresh


def content(path: Path, mine: bool = True) -> dict[str, list[tuple[object, ...]]]:
    """The rows of a file, person 1's or the other's, as the application wrote them."""
    found = {}
    with closing(sqlite3.connect(path)) as connection:
        for table in TABLES:
            key = "id = 1" if table in ("customer", "newsletter") else "id BETWEEN 10000 AND 19999"
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            listed = ", ".join(name for name in columns if not name.startswith("zusage_"))
            with contextlib.suppress(sqlite3.OperationalError):
                where = key if mine else f"NOT ({key})"
                found[table] = connection.execute(
                    f"SELECT {listed} FROM {table} WHERE {where} ORDER BY id"
                ).fetchall()
    return found


@pytest.mark.parametrize("lost", ["locked.db", pytest.param("shop.db", marks=pytest.mark.torture)])
def test_restricted_and_back_whenever_it_ends(
    make: Callable[..., Database], tmp_path: Path, lost: str
) -> None:
    shop, locked = tmp_path / "shop.db", tmp_path / "locked.db"
    make()
    before, commit = content(shop), 1
    assert sum(map(len, before.values())) == 8
    while True:
        database = make()
        with dying(database, commit, tmp_path / lost) as died:
            restrict_subject(database, ONE, "request-1", NOW)
        restrict_subject(database, ONE, "request-1", NOW)
        assert content(locked) == before, commit
        assert not any(content(shop)[name] for name in TABLES if name != "customer")
        with dying(database, commit, tmp_path / lost) as back:
            unrestrict_subject(database, "request-1")
        unrestrict_subject(database, "request-1")
        assert content(shop) == before, commit
        assert not any(content(locked).values())
        if not died and not back:
            break
        commit += 1
    assert commit > 5


@pytest.mark.parametrize("lost", ["locked.db", "shop.db"])
def test_back_without_a_journal_whenever_it_ends(
    make: Callable[..., Database], tmp_path: Path, lost: str
) -> None:
    """The application writes between the crash and the next attempt: neither what it wrote nor what was restricted is lost."""
    shop, locked = tmp_path / "shop.db", tmp_path / "locked.db"
    make(journal=False)
    before, commit = content(shop), 1
    back: list[int] | None = None
    while back or back is None:
        database = make(journal=False)
        restrict_subject(database, ONE, "request-1", NOW)
        assert content(locked) == before
        with dying(database, commit, tmp_path / lost) as back:
            unrestrict_subject(database, "request-1")
        returned = content(shop)["orders"] == before["orders"]
        with closing(sqlite3.connect(shop)) as own:
            own.execute("UPDATE customer SET name = 'Neuer Name' WHERE id = 1")
            own.execute("DELETE FROM newsletter WHERE id = 1")
            own.commit()
        unrestrict_subject(database, "request-1")
        after = content(shop)
        assert {name: after[name] for name in ("orders", "item", "ticket")} == {
            name: before[name] for name in ("orders", "item", "ticket")
        }, commit
        if returned:
            assert after["customer"][0][3] == "Neuer Name"
            assert after["newsletter"] == []
        else:
            assert after == before
        assert not any(content(locked).values())
        restrict_subject(database, ONE, "request-1", NOW)
        assert content(locked) == after
        assert not content(shop)["orders"]
        database.close()
        commit += 1
    assert commit > 3


def test_what_changes_after_the_copy_is_not_lost(make: Callable[..., Database], tmp_path: Path) -> None:
    database, changed = make(), list[int]()

    def change(*_: object) -> None:
        """The application writes as soon as a copy stands, before the row goes."""
        if not changed and content(tmp_path / "locked.db").get("orders"):
            changed.append(1)
            with closing(sqlite3.connect(tmp_path / "shop.db")) as own:
                own.execute("UPDATE orders SET note = 'nicht klingeln' WHERE id = 10000")
                own.commit()

    event.listen(database.engine(writing=True), "checkout", change)
    restrict_subject(database, ONE, "request-1", NOW)
    assert changed
    assert content(tmp_path / "locked.db")["orders"][0][2] == "nicht klingeln"
    assert content(tmp_path / "shop.db")["orders"] == []


def test_an_erasure_over_both_files_is_counted_once(make: Callable[..., Database], tmp_path: Path) -> None:
    commit = 1
    while True:
        database = make()
        restrict_subject(database, ONE[:1], "request-1", NOW, lambda *_: (), masked=False)
        with dying(database, commit, tmp_path / "locked.db") as died:
            erase_subject(database, ONE, "act", NOW)
        erase_subject(database, ONE, "act", NOW)
        hits: dict[str, int] = {}
        for path in ("shop.db", "locked.db"):
            with closing(sqlite3.connect(tmp_path / path)) as connection:
                rows = connection.execute("SELECT target, hit FROM zusage_journal").fetchall()
            for target, hit in rows:
                hits[target] = hits.get(target, 0) + hit
        assert sum(hits.values()) == 8, (commit, hits)
        assert not any(content(tmp_path / "shop.db").values())
        if not died:
            break
        commit += 1
