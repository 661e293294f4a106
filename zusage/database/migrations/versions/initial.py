"""All tables of the state database, as the SQL beside this file says. Written by `…migrations.freeze`."""

from __future__ import annotations

from alembic import op

from zusage.database.revision import revision as of_script
from zusage.database.revision import script_path

#: What ends a statement in the scripts.
END = ";\n\n"

revision = of_script()
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    path = script_path(op.get_bind().dialect.name)
    for statement in path.read_text(encoding="utf-8").split(END):
        if statement.strip():
            op.execute(statement)
