"""Time stamps on checkpoints (RFC 3161): a third party vouches that a checkpoint existed at an instant.

The authority sees a digest and nothing else. Its answer is stored as it came, before anything looks at it: a verifier
that is stricter than the authority must not cost the stamp. `openssl ts -verify` is the second way; see docs/ledger.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from sqlalchemy import Connection, Engine, select, update

from zusage.errors import MissingExtra, ZusageError
from zusage.ledger.sealing import BATCHES

#: The media types of RFC 3161, section 3.4, for whoever carries the request over HTTP.
REQUEST_TYPE = "application/timestamp-query"
RESPONSE_TYPE = "application/timestamp-reply"


class BadStamp(ZusageError):
    """There is no stamp, or it does not hold."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A stamp that holds: the batch whose checkpoint it covers, and when the authority saw it."""

    batch: int
    at: datetime


def newest_request(engine: Engine) -> tuple[int, bytes]:
    """The newest checkpoint's batch and the request (DER) for its stamp. Raises `BadStamp`, `MissingExtra`."""
    with engine.connect() as connection:
        row = connection.execute(
            select(BATCHES.c.number, BATCHES.c.note).order_by(BATCHES.c.number.desc()).limit(1)
        ).first()
    if row is None:
        raise BadStamp("the ledger is empty: there is no checkpoint to stamp")
    return int(row.number), stamp_request(row.note)


def take_answer(engine: Engine, answer: bytes) -> int:
    """Store an answer that was fetched for `newest_request`, at the checkpoint whose digest it names; returns the batch.

    It is stored as it came: whether it holds is the matter of `verify_stamp` or openssl. Raises `BadStamp`.
    """
    with engine.begin() as connection:
        query = select(BATCHES.c.number, BATCHES.c.note, BATCHES.c.stamp).order_by(BATCHES.c.number.desc())
        for row in connection.execute(query).all():
            if hashlib.sha512(row.note.encode()).digest() in answer:
                if row.stamp is None:
                    connection.execute(
                        update(BATCHES).where(BATCHES.c.number == row.number).values(stamp=answer)
                    )
                return int(row.number)
    raise BadStamp("the answer is about no checkpoint of this ledger; nothing was stored")


def newest_stamped(connection: Connection) -> int:
    """The newest batch whose checkpoint carries a stamp. Raises `BadStamp` where none does."""
    query = select(BATCHES.c.number).where(BATCHES.c.stamp.is_not(None)).order_by(BATCHES.c.number.desc())
    found = connection.execute(query.limit(1)).scalar()
    if found is None:
        raise BadStamp("no checkpoint carries a time stamp")
    return int(found)


def stamp_newest(engine: Engine, send: Callable[[bytes], bytes]) -> int | None:
    """Have the newest checkpoint stamped, if it is not yet; returns its batch, None if there is nothing to stamp.

    `send` carries the request (DER) to the authority and returns the answer. Raises `MissingExtra` and whatever `send`
    raises; then nothing was stored.
    """
    with engine.begin() as connection:
        columns = (BATCHES.c.number, BATCHES.c.note, BATCHES.c.stamp)
        row = connection.execute(select(*columns).order_by(BATCHES.c.number.desc()).limit(1)).first()
    if row is None or row.stamp is not None:
        return None
    answer = send(stamp_request(row.note))
    with engine.begin() as connection:
        connection.execute(update(BATCHES).where(BATCHES.c.number == row.number).values(stamp=answer))
    return int(row.number)


def stamp_request(note: str) -> bytes:
    """The request (DER) for a stamp on a signed note: its SHA-512 and the wish for the authority's certificate."""
    try:
        from rfc3161_client import TimestampRequestBuilder
    except ImportError:
        raise MissingExtra("stamp", "a time stamp") from None
    return TimestampRequestBuilder(data=note.encode(), nonce=False).build().as_bytes()


def verify_stamp(connection: Connection, batch: int, roots: Iterable[x509.Certificate]) -> Stamp:
    """The stamp on a batch's checkpoint, verified against the authority's root certificates. Raises `BadStamp`."""
    try:
        from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response
    except ImportError:
        raise MissingExtra("stamp", "verifying a time stamp") from None
    query = select(BATCHES.c.note, BATCHES.c.stamp).where(BATCHES.c.number == batch)
    row = connection.execute(query).first()
    if row is None or row.stamp is None:
        raise BadStamp(f"the checkpoint of batch {batch} carries no time stamp")
    builder = VerifierBuilder(roots=list(roots))
    try:
        answer = decode_timestamp_response(row.stamp)
        builder.build().verify_message(answer, row.note.encode())
    except (VerificationError, ValueError) as error:
        raise BadStamp(
            f"the time stamp of batch {batch} does not hold here ({type(error).__name__})",
            hint="this verifier is strict; `openssl ts -verify` is the second way, see docs/ledger.md",
        ) from error
    return Stamp(batch, answer.tst_info.gen_time.astimezone(UTC))


def write_stamp(connection: Connection, batch: int, folder: Path) -> tuple[Path, Path]:
    """Write a checkpoint and its stamp as files, for `openssl ts -verify`. Raises `BadStamp` if there is none."""
    row = connection.execute(select(BATCHES.c.note, BATCHES.c.stamp).where(BATCHES.c.number == batch)).first()
    if row is None or row.stamp is None:
        raise BadStamp(f"the checkpoint of batch {batch} carries no time stamp")
    note, answer = folder / f"checkpoint-{batch}.txt", folder / f"checkpoint-{batch}.tsr"
    note.write_bytes(row.note.encode())
    answer.write_bytes(row.stamp)
    return note, answer
