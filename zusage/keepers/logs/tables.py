"""What is known of logs: how far each was read, which segments and partials there are, who holds which key."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from zusage.database.schema import metadata
from zusage.database.types import JsonText, UtcDateTime

#: How far a log was read. A log is known by a keyed digest of its beginning, wherever it was moved to.
log_source = Table(
    "log_source",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("activity", String(80), nullable=False),
    Column("source", String(500), nullable=False),
    Column("device", BigInteger, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("head_size", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    #: bytes taken, counted after decompression
    Column("taken", BigInteger, nullable=False),
    #: size at which a rotated file ended without a line end when it was last seen
    Column("tail_size", BigInteger),
    Column("newest", UtcDateTime),
    Column("seen_at", UtcDateTime, nullable=False),
    Index("ix_log_source_activity_source", "activity", "source"),
)

log_segment = Table(
    "log_segment",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("activity", String(80), nullable=False),
    Column("batch", String(32), nullable=False),
    Column("customer", String(80), nullable=False),
    Column("hour", UtcDateTime, nullable=False),
    Column("lines", BigInteger, nullable=False),
    Column("malformed", BigInteger, nullable=False),
    Column("file", String(200), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sealed_at", UtcDateTime, nullable=False),
    #: the retention clock starts here: the hour, or the sealing where the hour lies after it
    Column("recorded_at", UtcDateTime, nullable=False),
    #: a case whose lines these are (result of a log opening, or lines held on their own)
    Column("held_for", String(80)),
    Column("erased_at", UtcDateTime),
    Index("ix_log_segment_activity_hour", "activity", "hour"),
    Index("ix_log_segment_activity_erased_at", "activity", "erased_at"),
)

log_partial = Table(
    "log_partial",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("activity", String(80), nullable=False),
    Column("batch", String(32), nullable=False),
    Column("customer", String(80), nullable=False),
    Column("day", String(10), nullable=False),
    Column("lines", BigInteger, nullable=False),
    Column("file", String(200), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("erased_at", UtcDateTime),
    Index("ix_log_partial_activity_day", "activity", "day"),
)

#: One publication: what came in, what was counted, what was sealed. The sums must agree.
log_batch = Table(
    "log_batch",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("activity", String(80), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("lines", BigInteger, nullable=False),
    Column("counted", BigInteger, nullable=False),
    Column("malformed", BigInteger, nullable=False),
    Column("unsealed", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
)

#: A concrete suspicion with its scope. Openings and holds refer to it.
log_case = Table(
    "log_case",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("activity", String(80), nullable=False),
    Column("suspicion", Text, nullable=False),
    Column("scope", JsonText, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("opened_by", String(200), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    #: the hold of the lines in scope ends here at the latest
    Column("hold_until", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
)

#: When a period of a statistic was first published: what comes later is not added, or two exports would tell it.
log_release = Table(
    "log_release",
    metadata,
    Column("activity", String(80), primary_key=True),
    Column("statistic", String(80), primary_key=True),
    Column("customer", String(80), primary_key=True),
    Column("period", String(20), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

TABLES = (
    log_source, log_segment, log_partial, log_batch, log_case, log_release,
)  # fmt: skip
