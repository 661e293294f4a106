"""Sealing archived rows: nothing is lost or left in the clear whenever it ends, and what may come back is left alone."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zusage.founding import create_workspace
from zusage.keepers.archive import putting
from zusage.keepers.archive.keeper import ArchiveKeeper
from zusage.keepers.archive.opening import sealed_of
from zusage.keepers.archive.place import Archive, archive_of
from zusage.promises import ProofState, Result
from zusage.sealing.keyholders import NewHolder, add
from zusage.sealing.shares import new_identity
from zusage.stores.restriction import restrict_subject, unrestrict_subject
from zusage.stores.sql import journal
from zusage.stores.sql.identity import Identity
from zusage.workspace import Workspace, open_workspace

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ADA, BEN = Identity("email", "ada@example.net"), Identity("email", "ben@example.net")
DECLARATION = """
zusage: 1
as_of: 2026-01-01
controller: {name: Beispiel GmbH, email: privacy@example.com}
activities:
  billing:
    title: Billing
    purposes: [{id: billing, text: Billing}]
    subjects: [customers]
    data: [{id: invoice, text: invoices}]
measures:
  kept: {title: Archive, text: sealed apart, kind: technical, archive: {role: archive, approved_by: [dpo]}}
"""
STORES = """
stores:
  shop:
    kind: sql
    url: shop.db
    restricted: {to: locked.db, sealed: {folder: archive, key_store: archive-keys}}
    activities: {billing: [{table: invoice, subject: {email: email}, columns: {email: invoice, words: invoice}}]}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A shop with one invoice for each of two customers; Ada's was archived, Ben asked for restriction."""
    folder = tmp_path / "workspace"
    create_workspace(folder, DECLARATION)
    (folder / "stores.yaml").write_text(STORES)
    with sqlite3.connect(folder / "shop.db") as shop:
        shop.execute("CREATE TABLE invoice (id INTEGER PRIMARY KEY, email VARCHAR(80), words VARCHAR(80))")
        shop.execute(
            "INSERT INTO invoice VALUES (1, 'ada@example.net', 'Walnuss'), (2, 'ben@example.net', 'Haselnuss')"
        )
    made = open_workspace(folder)
    database = archive_of(made.context).database
    restrict_subject(database, [ADA], "erasure-1", NOW)
    restrict_subject(database, [BEN], "restriction-2", NOW)
    with database.writing() as connection:
        journal.lift(connection, "erasure-1")
    return made


def _hold(archive: Archive) -> None:
    for role in archive.opened_by:
        add(archive, NewHolder(role, f"person of {role}", new_identity()[1]), NOW)


def _words(workspace: Workspace) -> str:
    return "".join(
        word
        for word in ("Walnuss", "Haselnuss")
        if any(word.encode() in path.read_bytes() for path in workspace.folder.rglob("*") if path.is_file())
    )


def test_without_a_key_for_each_role_nothing_is_touched_and_the_promise_is_broken(
    workspace: Workspace,
) -> None:
    keeper, context = ArchiveKeeper(), workspace.context
    (outcome,) = keeper.keep(context, keeper.plan(context, NOW), NOW)
    assert (outcome.result, outcome.reason, outcome.left) == (Result.NOT_COVERED, "no-keyholder", 1)
    (promise,) = keeper.promises(context.declaration)
    assert keeper.prove(context, promise, NOW).state is ProofState.BROKEN
    _hold(archive_of(context))
    (outcome,) = keeper.keep(context, keeper.plan(context, NOW), NOW)
    assert (outcome.result, outcome.hit, outcome.left) == (Result.DONE, 1, 0)
    assert keeper.prove(context, promise, NOW).state is ProofState.KEPT
    assert _words(workspace) == "Haselnuss", "what is restricted for a while only stays as it is"
    assert list(keeper.keep(context, keeper.plan(context, NOW), NOW)) == []
    archive = archive_of(context)
    assert [len(sealed_of(archive, each)) for each in (ADA, BEN)] == [1, 0]
    unrestrict_subject(archive.database, "restriction-2")
    with sqlite3.connect(workspace.folder / "shop.db") as shop:
        assert shop.execute("SELECT id, words FROM invoice").fetchall() == [(2, "Haselnuss")]


def test_what_ends_in_between_leaves_the_row_whole_and_no_record_behind(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = archive_of(workspace.context)
    _hold(archive)
    with monkeypatch.context() as patch:
        patch.setattr(putting, "mark", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            putting.put(archive, NOW)
    assert _words(workspace) == "WalnussHaselnuss"
    assert len(list(archive.folder.glob("*.seg"))) == 1, "sealed, and not yet named by a row"
    assert putting.tidy(archive, NOW) == 1
    assert list(archive.folder.glob("*.seg")) == []
    assert archive.key_store.segments() == set()
    assert putting.put(archive, NOW) == 1
    assert putting.tidy(archive, NOW) == 0
    assert _words(workspace) == "Haselnuss"
