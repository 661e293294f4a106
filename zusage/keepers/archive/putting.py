"""Putting into the archive: rows of the restricted place that will not come back are sealed, each a record of its own.

A record's file and key share are durable before the row that names it is emptied. What a crash leaves without a row is
removed by the next run, as is a record whose row the retention rule has erased: its share first, so that copies in backups
do not open either.
"""

from __future__ import annotations

import base64
import json
import secrets
from datetime import date, datetime, time
from typing import Any

from zusage.keepers.archive.place import Archive
from zusage.sealing.keyholders import Holders, holders
from zusage.sealing.segments import Head, SegmentWriter
from zusage.sealing.shares import make_shares, segment_key, sync_folder
from zusage.stores.sql.sealed import Record, mark, sealed_rows, unsealed


def put(archive: Archive, now: datetime) -> int:
    """Seal everything that stands in the place in the clear and will not come back; returns how many records were made.

    Raises `NoKeyholder` before anything is touched.
    """
    with archive.state.connect() as connection:
        keys = holders(archive, connection)
    made = 0
    with archive.alone():
        while done := _batch(archive, keys, now):
            made += done
    if made:
        with archive.state.begin() as connection:
            archive.record(connection, "archive/sealed", {"records": made}, now)
    return made


def _batch(archive: Archive, keys: Holders, now: datetime) -> int:
    database, keep = archive.database, archive.may_come_back()
    with database.writing() as connection:
        found = unsealed(connection, database, keep)
        if not found:
            return 0
        day = f"{now:%Y-%m-%d}"
        records = [(record, _seal(archive, keys, record, day)) for record in found]
        archive.key_store.sync([day])
        sync_folder(archive.folder)
        mark(connection, database, records, archive.pseudonym)
    return len(records)


def _seal(archive: Archive, keys: Holders, record: Record, day: str) -> str:
    segment = secrets.token_hex(16)
    part, shares = make_shares(segment, keys.roles, archive.quorum, None)
    key = segment_key(segment, part, archive.key_store.create(segment, day))
    writer = SegmentWriter(archive.file_of(segment), Head(segment, tuple(shares), archive.quorum), key)
    said = {"activity": record.activity, "table": record.table, "rows": record.rows}
    writer.write(json.dumps(said, ensure_ascii=False, default=_plain).encode() + b"\n")
    writer.close()
    return segment


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    return str(value)


def left_over(archive: Archive) -> set[str]:
    """Sealed records without a row: the law's period is over, or a crash left them."""
    there = {path.stem for path in archive.folder.glob("*.seg")} | archive.key_store.segments()
    if not there:
        return there
    with archive.database.reading() as connection:
        return there - {each.segment for each in sealed_rows(connection, archive.database)}


def tidy(archive: Archive, now: datetime) -> int:
    """Destroy the shares, then the files, of records without a row; returns how many there were."""
    if not archive.folder.is_dir():
        return 0
    with archive.alone():
        gone = left_over(archive)
        if not gone:
            return 0
        archive.key_store.destroy(gone)
        for segment in gone:
            archive.file_of(segment).unlink(missing_ok=True)
        sync_folder(archive.folder)
        with archive.state.begin() as connection:
            archive.record(connection, "archive/erased", {"records": len(gone)}, now)
    return len(gone)
