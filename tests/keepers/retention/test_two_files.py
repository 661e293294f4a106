"""SQLite keeps restricted rows in a file of its own and commits the two one after the other: a crash in between loses
nothing and counts nothing twice, whichever of the two files has the transaction."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.keepers.retention.conftest import SCHEMA, STORES, at, declaration
from tests.keepers.retention.test_restricting import RULES
from tests.support.two_files import dying
from zusage.database.engines import create_engine
from zusage.database.schema import metadata
from zusage.keepers.context import Context
from zusage.keepers.retention import RetentionKeeper
from zusage.keepers.retention.approving import approve
from zusage.keys import KeyRing
from zusage.ledger import Ledger, Wanted
from zusage.mail.settings import MailSettings
from zusage.stores import open_stores
from zusage.stores.sql.database import Database

BLOCKING, ERASING = at("2026-03-01T04:00"), at("2032-01-01T01:00")
#: accounts with a voucher, which a law keeps, and without
NEEDED, OTHERS = 4, 1


def open_context(folder: Path) -> Context:
    """The workspace in the folder, as a new process opens it."""
    os.environ["ZUSAGE_TEST_STORE"] = f"sqlite:///{folder / 'store.db'}"
    said = declaration(RULES)
    keys = KeyRing.open(folder / "keys")
    state = create_engine(f"sqlite:///{folder / 'state.db'}")
    stores = open_stores(folder / "stores.yaml", said)
    return Context(said, stores, state, Ledger(keys), keys, MailSettings(), folder)


def make_template(tmp_path: Path, how: str) -> Path:
    """A workspace in which accounts with and without vouchers are due, and everything is approved."""
    folder = tmp_path / "template"
    KeyRing.create(folder / "keys")
    options = f"restricted: {{to: restricted.db, how: {how}}}\n    physical: none\n    batch: 2"
    columns = "email: contact, name: contact"
    text = STORES.format(
        more="", options=options, events="last-login: last_login, invoiced: invoiced_at", columns=columns
    )
    (folder / "stores.yaml").write_text(text, encoding="utf-8")
    with closing(sqlite3.connect(folder / "store.db")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        for statement in (*SCHEMA, "ALTER TABLE account ADD COLUMN invoiced_at TIMESTAMP NULL"):
            connection.execute(statement)
        for number in range(1, NEEDED + OTHERS + 1):
            invoiced = "2023-05-05 00:00:00" if number <= NEEDED else None
            row = (number, f"p{number}@example.org", f"P{number}", "2024-01-10 10:00:00", invoiced)
            connection.execute(
                "INSERT INTO account (id, email, name, last_login, invoiced_at) VALUES (?, ?, ?, ?, ?)", row
            )
            connection.executemany(
                "INSERT INTO message VALUES (?, ?, 'hallo')",
                [(number * 10, number), (number * 10 + 1, number)],
            )
        connection.commit()
    with closing(sqlite3.connect(folder / "state.db")):
        metadata.create_all(create_engine(f"sqlite:///{folder / 'state.db'}"))
    context = open_context(folder)
    for now in (BLOCKING, ERASING):
        plan = RetentionKeeper().plan(context, now)
        approve(context, plan, list(plan.needs_approval), "Dora", now)
    return close(context)


def close(context: Context) -> Path:
    """As a process that ends."""
    for store in context.stores.values():
        if isinstance(store, Database):
            store.close()
    context.state.dispose()
    return context.folder


def sweep(context: Context, now: object) -> None:
    """What is approved."""
    keeper = RetentionKeeper()
    list(keeper.keep(context, keeper.plan(context, now), now))  # type: ignore[arg-type]


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    """What a file says."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def ids_in(path: Path, where: str = "1 = 1") -> set[object]:
    """The accounts of a file, which may not be there yet."""
    with contextlib.suppress(sqlite3.OperationalError):
        return {row[0] for row in rows(path, f"SELECT id FROM account WHERE {where}")}
    return set()


def hits(context: Context) -> dict[tuple[str, str], int]:
    """What the ledger has counted, by target and action."""
    found: dict[tuple[str, str], int] = {}
    with context.state.connect() as connection:
        for entry in context.ledger.entries(connection, Wanted(kind="retention/done")):
            key = (str(entry.facts["target"]), str(entry.facts["action"]))
            found[key] = found.get(key, 0) + int(entry.facts["hit"])
    return {key: count for key, count in found.items() if count}


def crash(template: Path, folder: Path, now: object, commit: int, lost: str) -> bool:
    """A sweep in a copy of the workspace that dies with a commit; whether it had so many."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    context = open_context(folder)
    database = context.stores["main"]
    assert isinstance(database, Database)
    with dying(database, commit, folder / lost) as died:
        sweep(context, now)
    close(context)
    return bool(died)


def test_rows_are_in_one_of_two_files_and_counted_once(tmp_path: Path) -> None:
    """SQLite commits the database before what is attached to it; every third commit of a sweep, for the time it takes."""
    at_every(3, make_template(tmp_path, "move"), tmp_path, "restricted.db")


@pytest.mark.torture
@pytest.mark.parametrize("how", ["move", "mask"])
@pytest.mark.parametrize("lost", ["restricted.db", "store.db"])
def test_every_commit_and_either_file(tmp_path: Path, how: str, lost: str) -> None:
    at_every(1, make_template(tmp_path, how), tmp_path, lost)


def at_every(step: int, template: Path, tmp_path: Path, lost: str) -> None:
    """Die with every so many-th commit of the sweep that blocks, then of the one that erases; the next sweep mends it."""
    folder, blocked, commit = tmp_path / "workspace", tmp_path / "blocked", 1
    masks = "how: mask" in (template / "stores.yaml").read_text()
    while crash(template, folder, BLOCKING, commit, lost):
        there = ids_in(folder / "store.db", "name IS NOT NULL") | ids_in(folder / "restricted.db")
        assert there >= set(range(1, NEEDED + 1)), f"lost with commit {commit}"
        see_blocked(folder, masks)
        commit += step
    assert commit > 6
    shutil.copytree(folder, blocked)
    commit = 1
    while crash(blocked, folder, ERASING, commit, lost):
        see_erased(folder)
        commit += step
    assert commit > 3


def see_blocked(folder: Path, masks: bool) -> None:
    """The next sweep finishes: what a law needs is in the place as it was, the rest is gone, and counted once."""
    context = open_context(folder)
    sweep(context, BLOCKING)
    expected = {("account", "restrict"): NEEDED, ("account", "erase"): OTHERS}
    assert hits(context) == expected
    close(context)
    kept = rows(folder / "restricted.db", "SELECT id, name, invoiced_at FROM account ORDER BY id")
    assert kept == [(number, f"P{number}", "2023-05-05 00:00:00") for number in range(1, NEEDED + 1)]
    live = rows(folder / "store.db", "SELECT id, name FROM account ORDER BY id")
    assert live == ([(number, None) for number in range(1, NEEDED + 1)] if masks else [])
    assert (
        len(rows(folder / ("store.db" if masks else "restricted.db"), "SELECT id FROM message")) == 2 * NEEDED
    )


def see_erased(folder: Path) -> None:
    """The next sweep finishes: nothing is left anywhere, and each row of the place is counted once."""
    context = open_context(folder)
    sweep(context, ERASING)
    assert hits(context)["restricted.account", "erase"] == NEEDED
    close(context)
    for path in ("store.db", "restricted.db"):
        assert rows(folder / path, "SELECT id FROM account") == []
        assert rows(folder / path, "SELECT * FROM zusage_journal") == []
