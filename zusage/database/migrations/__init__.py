"""Bringing the state database up to date: alembic, run from code, with the scripts in the package.

Nothing is released yet: there is one initial migration, and `python -m zusage.database.migrations.freeze` rewrites it
from the tables that the rooms define. Its revision is a digest of the schema: a database made before is noticed.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, MetaData, inspect

from zusage.database.dialects import one_at_a_time
from zusage.errors import ZusageError


class CannotMigrate(ZusageError):
    """The state database was made by another version and there is no way from there to here. Nothing was changed."""


def _config(connection: Connection | None = None, metadata: MetaData | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def head() -> str:
    """The revision that this version of Zusage works with."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None
    return found


def current(engine: Engine) -> str | None:
    """The revision of the database; None if it was never migrated."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine, metadata: MetaData | None = None) -> str:
    """Bring the database to `head()` in one transaction; returns the revision. Two processes wait for each other.

    Raises `CannotMigrate` for a database of an unknown revision, or one that holds other tables under our names.
    """
    with engine.begin() as connection:
        one_at_a_time(connection, "zusage migrate")
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision == head():
            return revision
        if revision is None and "ledger_entry" in inspect(connection).get_table_names():
            raise CannotMigrate(
                "the database holds tables of Zusage, but not by migration", hint="use an empty one"
            )
        try:
            command.upgrade(_config(connection, metadata), "head")
        except CommandError as error:
            raise CannotMigrate(
                f"the database is at the revision {revision}, which this version does not know",
                hint="it was made by another version of Zusage: install that, back up, and restore with this one",
            ) from error
    return head()


def differences(engine: Engine, metadata: MetaData) -> list[str]:
    """What a migrated database lacks or has too much, compared with the tables in the code; empty if nothing."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(each) for each in compare_metadata(context, metadata)]
