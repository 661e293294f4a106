"""All tables of the state database, as the SQL beside this file says. Written by `…migrations.freeze`."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from alembic import op

#: What ends a statement in the scripts.
END = ";\n\n"


def script_path(dialect: str) -> Path:
    """The SQL for `sqlite` or `postgresql`."""
    return Path(__file__).with_name(f"initial.{dialect}.sql")


def _digest() -> str:
    path = script_path("sqlite")
    return sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else "empty"


revision = f"initial_{_digest()}"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    path = script_path(op.get_bind().dialect.name)
    for statement in path.read_text(encoding="utf-8").split(END):
        if statement.strip():
            op.execute(statement)
