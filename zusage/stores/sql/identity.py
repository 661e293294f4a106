"""Finding a subject's rows: identities compared without regard to letter case, outer spaces and Unicode composition."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, cast, false, func, or_, select, tuple_

from zusage.stores.paths import parse_path
from zusage.stores.sql.bound import BoundTable
from zusage.stores.sql.events import resolve_path
from zusage.stores.sql.folding import fold
from zusage.stores.sql.schema import ForeignKey, Schema

Bool = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Identity:
    """What leads to a person: a kind as the bindings call it (`email`, `customer-number`) and a value."""

    kind: str
    value: str

    def forms(self) -> list[str]:
        """The ways in which the value may be stored: composed and decomposed, as written and in lower case."""
        plain = " ".join(self.value.split())
        found = {plain, plain.lower(), plain.casefold(), plain.upper()}
        return sorted({unicodedata.normalize(form, each) for each in found for form in ("NFC", "NFD")})

    @property
    def folded(self) -> str:
        """The form that databases compare: one space, composed, lower case."""
        return fold(self.value) or ""


def same_identity(column: ColumnElement[Any], identity: Identity, dialect: str) -> Bool:
    """The column holds the identity in some form: by index where it is stored as written, by folding otherwise."""
    as_text = cast(column, String()) if dialect != "mysql" else column
    if dialect == "sqlite":
        return func.zusage_fold(column) == identity.folded
    if not isinstance(column.type, String):
        return as_text == identity.value.strip()
    trimmed = func.trim(as_text)
    if dialect == "postgresql":
        composed = func.normalize(trimmed)
        return or_(column.in_(identity.forms()), func.lower(composed) == identity.folded)
    lowered = [form.lower() for form in identity.forms()]
    return or_(column.in_(identity.forms()), func.lower(trimmed).in_(lowered))


def subject_rows(table: BoundTable, identities: Sequence[Identity]) -> Bool:
    """The rows of a bound table that belong to a subject known by any of `identities`."""
    return or_(
        false(),
        *(
            _at_path(table, table.binding.subject[identity.kind], identity)
            for identity in identities
            if identity.kind in table.binding.subject
        ),
    )


def _at_path(table: BoundTable, said: str, identity: Identity) -> Bool:
    path = parse_path(said)
    keys, last = resolve_path(table.schema, table.table.name, path)
    if not keys:
        return same_identity(last.c[path.column], identity, table.dialect)
    return _through(table, keys, path.column, identity)


def _through(table: BoundTable, keys: Sequence[ForeignKey], column: str, identity: Identity) -> Bool:
    """From the far end back: the last table's rows by identity, then whoever refers to them."""
    schema: Schema = table.schema
    aliases = [schema.tables[key.parent].alias() for key in keys]
    rows: Bool = same_identity(aliases[-1].c[column], identity, table.dialect)
    for position in range(len(keys) - 1, -1, -1):
        key, there = keys[position], aliases[position]
        here: Any = aliases[position - 1] if position else table.table
        targets = select(*(there.c[name] for name in key.targets)).where(rows)
        columns = [here.c[name] for name in key.columns]
        rows = columns[0].in_(targets) if len(columns) == 1 else tuple_(*columns).in_(targets)
    return rows
