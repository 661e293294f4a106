"""Files on paper of a subject's rows: by shelf mark, before the rows go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, cast, select

from zusage.stores.bindings import Paper
from zusage.stores.sql.database import Database
from zusage.stores.sql.identity import Identity
from zusage.stores.sql.narrowing import Narrow, narrowed
from zusage.stores.sql.subject_tables import KeptBy, subject_tables


@dataclass(frozen=True, slots=True)
class PaperFiles:
    """The rows of one table that have a file on paper: row key → shelf mark."""

    activity: str
    table: str
    paper: Paper
    marks: dict[str, str]


def paper_files(
    database: Database, identities: Sequence[Identity], kept_by: KeptBy, skip: Collection[str] = (),
    narrow: Narrow | None = None,
) -> list[PaperFiles]:  # fmt: skip
    """What an erasure of the subject now (`narrow`: of these rows) would leave on the shelves; one statement for each table
    that has paper."""
    if not any(part.paper for part in database.parts()):
        return []
    found, going = [], dict[str, ColumnElement[bool]]()
    with database.reading() as connection:
        for each in narrowed(subject_tables(connection, database, identities, skip), narrow):
            rows = each.erasable(kept_by(each.activity, each.part), {} if each.restricted else going)
            if not each.restricted:
                going[each.part.table] = rows
            paper = each.part.paper
            if paper is None or paper.shelf not in each.table.table.c:
                continue
            shelf = cast(each.table.table.c[paper.shelf], String())
            query = select(each.table.row_key, shelf).where(rows, shelf.is_not(None), shelf != "")
            marks = {str(key): str(mark) for key, mark in connection.execute(query)}
            if marks:
                found.append(PaperFiles(each.activity, each.part.table, paper, marks))
    return found
