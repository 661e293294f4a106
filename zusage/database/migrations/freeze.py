"""`python -m zusage.database.migrations.freeze`: rewrite the initial migration's SQL from the tables in the code.

For developers, until the first release. Imports every module of the package that defines a table.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Dialect, MetaData
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

import zusage
from zusage.database.migrations.versions.initial import END
from zusage.database.revision import script_path
from zusage.database.schema import metadata

_DIALECTS: dict[str, Dialect] = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}  # type: ignore[no-untyped-call]
#: A room that defines tables of the state database takes the one `metadata`; host applications have their own.
_OURS = re.compile(r"^from zusage\.database(?:\.schema)? import .*\bmetadata\b", re.MULTILINE)


def all_tables() -> MetaData:
    """The schema with the tables of every room: imports each module that defines one."""
    root = Path(zusage.__file__).parent
    for path in sorted(root.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if _OURS.search(text) and "Table(" in text:
            parts = path.relative_to(root.parent).with_suffix("").parts
            importlib.import_module(".".join(parts))
    return metadata


def statements(tables: MetaData, dialect: Dialect) -> Iterator[str]:
    """CREATE statements for `tables`, referenced tables first, without trailing spaces."""
    for table in tables.sorted_tables:
        indexes = sorted(table.indexes, key=lambda each: str(each.name))
        creates: list[ExecutableDDLElement] = [CreateTable(table), *(CreateIndex(index) for index in indexes)]
        for create in creates:
            sql = str(create.compile(dialect=dialect))
            yield "\n".join(line.rstrip() for line in sql.strip().splitlines())


def main() -> int:
    """Rewrite the scripts; with `--check`, only say (exit code 1) whether they are behind the code."""
    tables, behind = all_tables(), []
    for name, dialect in _DIALECTS.items():
        path = script_path(name)
        wanted = "".join(f"{statement}{END}" for statement in statements(tables, dialect))
        if not path.exists() or path.read_text(encoding="utf-8") != wanted:
            behind.append(path.name)
            if "--check" not in sys.argv[1:]:
                path.write_text(wanted, encoding="utf-8")
    print(f"initial migration, {len(tables.tables)} tables: {', '.join(behind) or 'nothing'} behind the code")
    return int(bool(behind) and "--check" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
