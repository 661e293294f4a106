"""Which schema of the state database this version works with, told without loading what migrates; and the look at it.

Nothing is released yet: there is one initial migration, and its revision is a digest of its SQL.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from zusage.errors import ZusageError


class OtherVersion(ZusageError):
    """The state database was made by another version of Zusage, or never made. Nothing was read or changed."""


def script_path(dialect: str) -> Path:
    """The SQL of the initial migration for `sqlite` or `postgresql`."""
    return Path(__file__).parent / "migrations" / "versions" / f"initial.{dialect}.sql"


def revision() -> str:
    """The revision that this version works with."""
    path = script_path("sqlite")
    return f"initial_{sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else 'empty'}"


def only_this_version(engine: Engine) -> Engine:
    """The engine, whose first connection asks for the database's revision. Then raises `OtherVersion`."""

    @event.listens_for(engine, "connect", once=True)
    def _look(connection: Any, _record: Any) -> None:
        found = _found(connection, engine.dialect.loaded_dbapi.Error)
        if found is None:
            raise OtherVersion(
                "the state database holds no tables of this program yet", hint="zusage migrate"
            )
        if found != revision():
            raise OtherVersion(
                f"the state database was made by another version of Zusage ({found})",
                hint="`zusage migrate` brings it up to date, or says how to bring its content over",
            )

    return engine


def _found(connection: Any, failure: type[Exception]) -> str | None:
    cursor = connection.cursor()
    try:
        cursor.execute("SELECT version_num FROM alembic_version")
        row = cursor.fetchone()
    except failure:
        row = None
    finally:
        cursor.close()
        connection.rollback()
    return None if row is None else str(row[0])
