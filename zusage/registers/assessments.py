"""Assessments on file: of the impact on persons (Art. 35), and of legitimate interests (Art. 6(1)(f)), with who signed them.

They are about processing, not about data subjects. The names of those who signed stand here and go with the row; the
ledger keeps digests and pseudonyms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Column, Connection, ForeignKey, Index, String, Table, delete, insert, select

from zusage.database.schema import metadata
from zusage.database.types import JsonText, UtcDateTime

Kind = Literal["impact", "interest"]
Result = Literal["acceptable", "consult", "refused"]

ASSESSMENTS = Table(
    "assessment",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("kind", String(10), nullable=False),
    #: an activity, or `activity/purpose`
    Column("subject", String(170), nullable=False),
    #: digest of the processing as it was declared when it was assessed
    Column("version", String(16), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("review_at", UtcDateTime, nullable=False),
    Column("result", String(12), nullable=False),
    Column("content", JsonText, nullable=False),
    Column("document_name", String(255)),
    Column("document_sha256", String(64)),
    Column("actor", String(80), nullable=False),
    Index("ix_assessment_kind_subject", "kind", "subject"),
)
SIGNATURES = Table(
    "assessment_signature",
    metadata,
    Column("assessment", String(24), ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("person", String(200), nullable=False),
    Column("signed_at", UtcDateTime, nullable=False),
)
#: an assessment that a newer one replaced is kept so long: fines are barred after three years, and a claim at the end of a year
KEEP_REPLACED = timedelta(days=4 * 365 + 1)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed an assessment, in which role, when."""

    assessment: str
    role: str
    person: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment as it is on file. `content` holds its parts by name."""

    id: str
    kind: Kind
    subject: str
    version: str
    made_at: datetime
    review_at: datetime
    result: Result
    content: Mapping[str, str]
    document_name: str | None
    document_sha256: str | None
    actor: str


def add_assessment(connection: Connection, made: Assessment) -> None:
    """Put an assessment on file, in the caller's transaction."""
    values = {field.name: getattr(made, field.name) for field in fields(made)}
    connection.execute(insert(ASSESSMENTS).values(values | {"content": dict(made.content)}))


def add_signature(connection: Connection, made: Signature) -> None:
    """Put a signature on file, in the caller's transaction."""
    connection.execute(
        insert(SIGNATURES).values({field.name: getattr(made, field.name) for field in fields(made)})
    )


def assessment_by(connection: Connection, identifier: str) -> Assessment | None:
    """The assessment with this id."""
    row = connection.execute(select(ASSESSMENTS).where(ASSESSMENTS.c.id == identifier)).first()
    return Assessment(**row._mapping) if row else None


def newest_assessments(connection: Connection) -> dict[tuple[Kind, str], Assessment]:
    """The newest assessment of everything that has one, in one look."""
    rows = connection.execute(select(ASSESSMENTS).order_by(ASSESSMENTS.c.made_at, ASSESSMENTS.c.id))
    return {(row.kind, row.subject): Assessment(**row._mapping) for row in rows}


def signatures(connection: Connection) -> dict[str, list[Signature]]:
    """All signatures by assessment, in the order in which they were given."""
    found: dict[str, list[Signature]] = {}
    for row in connection.execute(select(SIGNATURES).order_by(SIGNATURES.c.signed_at, SIGNATURES.c.role)):
        found.setdefault(row.assessment, []).append(Signature(**row._mapping))
    return found


def expire_assessments(connection: Connection, now: datetime) -> int:
    """Erase assessments that a newer one replaced long ago; returns how many."""
    newest = {one.id for one in newest_assessments(connection).values()}
    old = select(ASSESSMENTS.c.id).where(ASSESSMENTS.c.review_at < now - KEEP_REPLACED)
    over = [name for name in connection.execute(old).scalars() if name not in newest]
    connection.execute(delete(SIGNATURES).where(SIGNATURES.c.assessment.in_(over)))
    return connection.execute(delete(ASSESSMENTS).where(ASSESSMENTS.c.id.in_(over))).rowcount
