"""Gone means gone, on servers as well: planted values are searched in the files of their tables after the physical step."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests.keepers.retention.conftest import SCHEMA, MakeContext, at, ids, sweep
from zusage.database.engines import create_engine
from zusage.ledger import Wanted
from zusage.stores.sql.physical import residue

RULE = "      - {id: inactive, from: last-login, keep: P24M, then: erase}\n"
NOW = at("2026-06-01T03:00")
GONE, STAYS = "Zimtstern-Geheimnis", "Vanillekipferl-Geheimnis"


def plant(url: str) -> Engine:
    """Accounts whose names are searched for afterwards: nine in ten are due."""
    engine = create_engine(url)
    rows = [
        {
            "id": number,
            "name": f"{STAYS if number % 10 == 0 else GONE}-{number}",
            "at": at("2026-05-01" if number % 10 == 0 else "2024-01-15").replace(tzinfo=None),
        }
        for number in range(1, 401)
    ]
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))
        connection.execute(text("INSERT INTO account (id, name, last_login) VALUES (:id, :name, :at)"), rows)
    return engine


def found(files: list[Path]) -> tuple[int, int]:
    """How often the two planted values stand in files."""
    counts = residue(files, [GONE, STAYS])
    return counts[GONE], counts[STAYS]


def said(context: object) -> list[str]:
    """The physical steps of the ledger."""
    with context.state.connect() as connection:  # type: ignore[attr-defined]
        entries = context.ledger.entries(connection, Wanted(kind="retention/physical"))  # type: ignore[attr-defined]
        return [str(entry.facts["step"]) for entry in entries]


@pytest.mark.postgres
def test_postgres_rewrites_the_table_and_says_what_it_does_not_reach(
    postgres_url: str, make_context: MakeContext
) -> None:
    engine = plant(postgres_url)

    def look() -> tuple[tuple[int, int], tuple[int, int]]:
        """The table's file, and the write-ahead log."""
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))
            root = Path(connection.execute(text("SHOW data_directory")).scalar_one())
            place = connection.execute(text("SELECT pg_relation_filepath('account')")).scalar_one()
        return found([root / place]), found([each for each in (root / "pg_wal").iterdir() if each.is_file()])

    assert look()[0] == (360, 40)
    context = make_context(postgres_url, RULE, options="physical: full")
    sweep(context, NOW)
    assert len(ids(engine)) == 40
    table, log = look()
    assert table == (0, 40), "nothing of what was erased is left in the table's file"
    assert said(context) == ["full"]
    assert log[0] > 0, "the log keeps it until it is written over: so it is said, and not promised"
    engine.dispose()


@pytest.mark.mariadb
def test_mariadb_rebuilds_the_table(mariadb_url: str, make_context: MakeContext) -> None:
    engine = plant(mariadb_url)

    def look() -> tuple[int, int]:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("FLUSH TABLES account FOR EXPORT"))
            root, name = connection.execute(text("SELECT @@datadir, DATABASE()")).one()
            counts = found([Path(root) / name / "account.ibd"])
            connection.execute(text("UNLOCK TABLES"))
        return counts

    assert min(look()) >= 40, "pages that were split hold some of them twice"
    context = make_context(mariadb_url, RULE, options="physical: vacuum")
    sweep(context, NOW)
    assert len(ids(engine)) == 40
    gone, stays = look()
    assert (gone, stays >= 40) == (0, True), "nothing of what was erased is left in the table's file"
    assert said(context) == ["vacuum"]
    engine.dispose()
