"""Fewer of a person's rows: those for which something holds, and those that go with them by their references."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, and_, select

from zusage.stores.sql.keys import within
from zusage.stores.sql.subject_tables import SubjectTable

Bool = ColumnElement[bool]
#: which rows of a table are meant; None where the table itself does not say
Narrow = Callable[[SubjectTable], Bool | None]


def narrowed(tables: Sequence[SubjectTable], narrow: Narrow | None) -> list[SubjectTable]:
    """The live tables with only the rows that `narrow` means, and the rows of others that refer to those.

    Tables that do neither are left out, and so is the restricted place. Without `narrow`, everything as it was.
    """
    if narrow is None:
        return list(tables)
    live = {each.part.table: each for each in tables if not each.restricted}
    found = []
    for each in tables:
        meant = None if each.restricted else _meant(each, live, narrow, frozenset())
        if meant is not None:
            found.append(replace(each, rows=and_(each.rows, meant)))
    return found


def _meant(
    each: SubjectTable, live: Mapping[str, SubjectTable], narrow: Narrow, seen: frozenset[str]
) -> Bool | None:
    said = narrow(each)
    if said is not None:
        return said
    for key in each.table.schema.parents.get(each.part.table, ()):
        parent = live.get(key.parent)
        if parent is None or parent.activity != each.activity or key.parent in seen:
            continue
        meant = _meant(parent, live, narrow, seen | {each.part.table})
        if meant is not None:
            there = parent.table.table
            targets = select(*(there.c[name] for name in key.targets)).where(parent.rows, meant)
            return within([each.table.table.c[name] for name in key.columns], targets)
    return None
