"""Grounds: on which legal basis a single case, or a step of it, is processed, and since when (Art. 5(2), 6(1)).

Cases stand under a keyed pseudonym; who the person is stands nowhere here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Column, Connection, Index, String, Table, insert, select

from zusage.database.schema import metadata
from zusage.database.types import UtcDateTime

GROUNDS = Table(
    "ground",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("activity", String(80), nullable=False),
    #: keyed pseudonym (`grounds`) of the case's own number
    Column("case_key", String(80), nullable=False),
    Column("step", String(80), nullable=False),
    Column("basis", String(80), nullable=False),
    Column("relation", String(20), nullable=False),
    #: when the consent that it rests on was given
    Column("consented_at", UtcDateTime),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Index("ix_ground_case_key", "case_key"),
)


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground as it is on file."""

    id: str
    activity: str
    case_key: str
    step: str
    basis: str
    relation: str
    consented_at: datetime | None
    at: datetime
    actor: str


def add_ground(connection: Connection, made: Ground) -> None:
    """Put a ground on file, in the caller's transaction."""
    connection.execute(
        insert(GROUNDS).values(**{field.name: getattr(made, field.name) for field in fields(made)})
    )


def grounds_of(connection: Connection, case_key: str) -> list[Ground]:
    """Every ground of a case, step by step, the oldest first."""
    statement = select(GROUNDS).where(GROUNDS.c.case_key == case_key).order_by(GROUNDS.c.at, GROUNDS.c.id)
    return [Ground(**row._mapping) for row in connection.execute(statement)]
