"""Who holds which key, what was asked to be opened, and who approved it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, LargeBinary, String, Table, Text

from zusage.database.schema import metadata
from zusage.database.types import JsonText, UtcDateTime

#: Who holds a role's key. `person` is a name and erasable; the ledger knows pseudonyms.
seal_keyholder = Table(
    "seal_keyholder",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("role", String(80), nullable=False),
    Column("customer", String(80)),
    Column("person", String(200), nullable=False),
    Column("public", String(200), nullable=False, unique=True),
    Column("since", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
)

#: A request to open what is sealed: of which room (`logs:ACTIVITY`, `archive:MEASURE`), for which case or on which ground.
seal_opening = Table(
    "seal_opening",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("room", String(90), nullable=False),
    Column("matter", String(80), nullable=False),
    Column("scope", JsonText, nullable=False),
    Column("reason", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("requested_by", String(200), nullable=False),
    Column("opener", String(200), nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("valid_until", UtcDateTime, nullable=False),
    Column("state", String(20), nullable=False),
    Column("opened_at", UtcDateTime),
    #: where what was opened is kept for a while: the segment, and until when
    Column("result", String(32)),
    Column("result_until", UtcDateTime),
)

seal_approval = Table(
    "seal_approval",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("opening", String(32), nullable=False),
    Column("role", String(80), nullable=False),
    Column("holder", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    #: the role's shares, wrapped to the opener
    Column("shares", LargeBinary, nullable=False),
    Column("withdrawn", Boolean, nullable=False, default=False),
    Index("ix_seal_approval_opening_holder", "opening", "holder", unique=True),
)
