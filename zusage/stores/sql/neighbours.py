"""Tables that nobody declared and that seem to reach people: by a foreign key, or by columns named like identities."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import String, Table

from zusage.findings import Finding, Place, Severity
from zusage.stores.sql.database import Database
from zusage.stores.sql.schema import Schema
from zusage.text import Text

#: column names by which people are usually found or described, in German and English
_PERSONAL = re.compile(
    r"(^|_)(e?_?mail|email_?address|phone|telefon|tel|mobile|handy|fax|first_?name|vorname|last_?name|surname|nachname"
    r"|full_?name|birth(day|date|_date)?|geburt\w*|dob|street|strasse|iban|tax_?id|steuer\w*|ssn|passport|ausweis\w*"
    r"|ip(_?addr(ess)?)?|customer_?(no|number)|kundennummer|user_?agent|cookie\w*|gender|geschlecht|religion|konfession"
    r"|salary|gehalt)($|_)",
    re.IGNORECASE,
)
_IDENTITY = re.compile(
    r"(^|_)(e?_?mail|email_?address|phone|telefon|mobile|handy|customer_?(no|number)|kundennummer)($|_)",
    re.IGNORECASE,
)


def looks_personal(column: str) -> bool:
    """Whether a column is named like personal data. A guess, said as such."""
    return bool(_PERSONAL.search(column))


def identity_columns(table: Table) -> list[str]:
    """Text columns named like something that leads to a person."""
    return [
        column.name
        for column in table.columns
        if _IDENTITY.search(column.name) and isinstance(column.type, String)
    ]


def known_tables(database: Database) -> set[str]:
    """Tables that are bound, named as dependents, or ignored."""
    known = set(database.binding.ignore)
    for part in database.parts():
        known |= {part.table, *part.dependents.erase, *part.dependents.keep}
        known |= {said.split("(")[0].strip() for said in part.dependents.also}
    return known


def undeclared_neighbours(database: Database, schema: Schema) -> Iterator[Finding]:
    """Unbound tables that refer to a bound one, or hold a column that leads to a person."""
    known = known_tables(database)
    bound = {part.table for part in database.parts()}
    for name, table in schema.tables.items():
        if name in known or name.startswith("alembic_"):
            continue
        reached = sorted({key.parent for key in schema.parents.get(name, ()) if key.parent in bound})
        columns = identity_columns(table)
        if not reached and not columns:
            continue
        german = f"verweist auf {', '.join(reached)}" if reached else f"hat die Spalte {columns[0]}"
        english = f"refers to {', '.join(reached)}" if reached else f"has the column {columns[0]}"
        yield Finding(
            "store/undeclared-table", Severity.ERROR,
            Text(f"Die Tabelle {name} {german}, und keine Anbindung kennt sie.",
                 f"The table {name} {english}, and no binding knows it."),
            Place(file=database.name, key=name),
            instead=Text("an eine Tätigkeit anbinden, oder unter ignore nennen",
                         "bind it to an activity, or name it under ignore"),
        )  # fmt: skip
