"""One initial migration makes exactly the tables in the code, once, on both databases that may hold our state."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import inspect, text

from zusage.database import create_engine
from zusage.database.migrations import CannotMigrate, current, differences, head, migrate
from zusage.database.migrations.freeze import all_tables


def test_the_migrated_schema_is_the_one_in_the_code(state_url: str) -> None:
    engine, tables = create_engine(state_url), all_tables()
    assert current(engine) is None
    migrate(engine, tables)
    assert current(engine) == head()
    assert differences(engine, tables) == []
    assert set(inspect(engine).get_table_names()) == {*tables.tables, "alembic_version"}


def test_differences_are_found(state_url: str) -> None:
    engine, tables = create_engine(state_url), all_tables()
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE agenda_tick ADD COLUMN extra INTEGER"))
    assert "extra" in "".join(differences(engine, tables))


def test_migrating_twice_changes_nothing(state_url: str) -> None:
    engine = create_engine(state_url)
    assert migrate(engine) == migrate(engine)


def test_two_processes_may_migrate_at_once(state_url: str) -> None:
    code = (
        "import sys; from zusage.database import create_engine; from zusage.database.migrations import migrate;"
        "print(migrate(create_engine(sys.argv[1])))"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, state_url], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [process.communicate()[0].strip() for process in processes] == [head(), head()]


def test_an_unknown_revision_is_named_and_left_alone(state_url: str) -> None:
    engine = create_engine(state_url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'initial_of_old'"))
    with pytest.raises(CannotMigrate, match="initial_of_old"):
        migrate(engine)
    assert current(engine) == "initial_of_old"


def test_a_failing_migration_leaves_nothing_behind(state_url: str) -> None:
    engine = create_engine(state_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE mail_outbox (n INTEGER)"))
    with pytest.raises(Exception, match="mail_outbox"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["mail_outbox"]
