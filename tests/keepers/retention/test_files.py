"""Files under rules: dated by name, by a side table, and erased together with a row."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.keepers.retention.conftest import at, declaration, sweep
from zusage.database.engines import create_engine
from zusage.database.schema import metadata
from zusage.keepers.context import Context
from zusage.keepers.retention import RetentionKeeper
from zusage.keepers.retention.files import finish_unlinking, intent
from zusage.keepers.retention.holding import place
from zusage.keys import KeyRing
from zusage.ledger import Ledger, Wanted
from zusage.mail.settings import MailSettings
from zusage.promises import ProofState, Result
from zusage.registers.holds import Hold
from zusage.stores import open_stores

NOW = at("2026-06-01T03:00")
RULES = """
      - {id: inactive, from: last-login, keep: P24M, then: erase}
      - {id: letters, from: received, keep: P6M, then: erase, backup: P30D}
"""
STORES = """
stores:
  main:
    kind: sql
    url: main.db
    physical: none
    activities:
      accounts:
        - table: account
          subject: {email: email}
          columns: {email: contact}
          events: {last-login: last_login}
          files: {photo: uploads}
  uploads:
    kind: files
    root: uploads
    activities:
      accounts:
        - pattern: "letters/**/*"
          name: 'letters/(?P<email>[^/]+)/(?P<date>\\d{4}-\\d{2}-\\d{2})_.*'
          events: {received: name}
          subject: {email: name}
        - pattern: "scans/*"
          events: {received: table}
          table: {store: main, table: scan, path: path, events: {received: received_on}}
        - pattern: "backups/*.tar"
          name: 'backups/(?P<date>\\d{8})\\.tar'
          date_format: "%Y%m%d"
          events: {backup-made: name}
"""


@pytest.fixture
def context(tmp_path: Path) -> Context:
    folder = tmp_path
    (folder / "stores.yaml").write_text(STORES, encoding="utf-8")
    with create_engine(f"sqlite:///{folder / 'main.db'}").begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT, photo TEXT, last_login TIMESTAMP)"
            )
        )
        connection.execute(text("CREATE TABLE scan (path TEXT PRIMARY KEY, received_on DATE)"))
        connection.execute(
            text("INSERT INTO account VALUES (1, 'a@example.org', 'photos/1/a.jpg', '2024-01-01 10:00:00')")
        )
        connection.execute(
            text("INSERT INTO account VALUES (2, 'b@example.org', 'photos/2/b.jpg', '2026-01-01 10:00:00')")
        )
        connection.execute(
            text("INSERT INTO account VALUES (3, 'c@example.org', '../main.db', '2024-01-01 10:00:00')")
        )
        connection.execute(
            text("INSERT INTO scan VALUES ('scans/old.png', '2025-11-30'), ('scans/new.png', '2025-12-01')")
        )
    for name in (
        "photos/1/a.jpg", "photos/2/b.jpg", "letters/a@example.org/2025-11-30_hello.pdf", "scans/new.png", "scans/old.png",
        "letters/a@example.org/2025-12-01_later.pdf", "letters/b@example.org/2025-01-01_old.pdf", "backups/20260401.tar",
        "backups/20260502.tar", "letters/undated.pdf",
    ):  # fmt: skip
        path = folder / "uploads" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    said, keys = declaration(RULES), KeyRing.create(folder / "keys")
    state = create_engine(f"sqlite:///{folder / 'state.db'}")
    metadata.create_all(state)
    return Context(
        said, open_stores(folder / "stores.yaml", said), state, Ledger(keys), keys, MailSettings(), folder
    )


def there(context: Context) -> set[str]:
    root = context.folder / "uploads"
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_files_go_by_name_by_table_and_with_their_row(context: Context) -> None:
    keeper = RetentionKeeper()
    promises = {promise.id: promise for promise in keeper.promises(context.declaration)}
    letters = promises["retention/accounts/letters"]
    assert keeper.prove(context, letters, NOW).state is ProofState.BROKEN
    outcomes = sweep(context, NOW)
    assert {each.result for each in outcomes} <= {Result.DONE, Result.NOTHING_FOUND}
    assert there(context) == {
        "photos/2/b.jpg", "letters/a@example.org/2025-12-01_later.pdf", "scans/new.png", "backups/20260502.tar",
        "letters/undated.pdf",
    }  # fmt: skip
    assert not (context.folder / "uploads/photos/1").exists(), "an empty folder may be named after a person"
    assert (context.folder / "main.db").exists(), "a path out of the root is not followed"
    assert keeper.prove(context, letters, NOW).state is ProofState.KEPT
    assert keeper.prove(context, promises["retention/accounts/letters/backup"], NOW).state is ProofState.KEPT
    with context.state.connect() as connection:
        done = list(context.ledger.entries(connection, Wanted(kind="retention/done")))
    assert not any("@" in str(entry.facts) for entry in done)


def test_a_hold_keeps_files(context: Context) -> None:
    said = Hold("h1", "legal-claim", "gdpr:17(3)(e)", "claim 1", "subject", NOW, context.keys.pseudonym("actors", "Dora"),
                identity_kind="email", identity="B@example.org")  # fmt: skip
    place(context, said, NOW)
    sweep(context, NOW)
    assert "letters/b@example.org/2025-01-01_old.pdf" in there(context)
    assert "letters/a@example.org/2025-11-30_hello.pdf" not in there(context)


def test_an_interrupted_removal_is_finished_once(context: Context) -> None:
    with context.state.begin() as connection:
        for path in ("letters/b@example.org/2025-01-01_old.pdf", "letters/b@example.org/already-gone.pdf"):
            connection.execute(
                intent.insert().values(
                    act="a", promise="retention/accounts/letters", store="uploads", target="x", path=path
                )
            )
    assert finish_unlinking(context, NOW) == 2
    assert finish_unlinking(context, NOW) == 0
    assert "letters/b@example.org/2025-01-01_old.pdf" not in there(context)
    with context.state.connect() as connection:
        (entry,) = context.ledger.entries(connection, Wanted(kind="retention/done"))
    assert (entry.facts["hit"], entry.facts["reconstructed"]) == (2, True)
