"""Opening a record of the archive: by its role, on a ground that a law knows, with the approval of the others, once.

What was opened is handed to the process that opened it and kept nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zusage.keepers.archive.place import Archive
from zusage.sealing.keyholders import listed
from zusage.sealing.openings import Asked, Asking, SealedFile, ask, asked_of, key_from, open_once
from zusage.sealing.openings import bundle as bundle_of
from zusage.sealing.rooms import Refused, concrete, refuse
from zusage.sealing.segments import SegmentReader
from zusage.stores.restriction import REASONS
from zusage.stores.sql.identity import Identity
from zusage.stores.sql.sealed import SealedRow, sealed_rows


@dataclass(frozen=True, slots=True)
class NewOpening:
    """A request: whose record, on which ground of `REASONS`, why in words, by whom; `opener` is the public key of the
    archive's role that will open."""

    subject: Identity
    ground: str
    reason: str
    person: str
    opener: str


def sealed_of(archive: Archive, subject: Identity | None = None) -> Sequence[SealedRow]:
    """The sealed records, or those of a subject: that they are there, not what they say."""
    known = (subject.kind, archive.pseudonym(subject.kind, subject.value)) if subject else None
    with archive.database.reading() as connection:
        return sealed_rows(connection, archive.database, known)


def request_opening(archive: Archive, new: NewOpening, now: datetime) -> Asked:
    """File a request. Raises `Refused` (recorded): no ground, no concrete reason, a key that is not the archive's role's,
    no record."""
    if new.ground not in REASONS:
        refuse(
            archive,
            "no-ground",
            "a record is opened on a ground that a law knows",
            now,
            hint=", ".join(REASONS),
        )
    facts: dict[str, Any] = {"ground": new.ground}
    if not concrete(new.reason):
        refuse(archive, "no-reason", "an opening needs a concrete reason; routine is none", now, facts)
    with archive.state.connect() as connection:
        holder = next(
            (each for each in listed(connection) if each.public == new.opener.strip() and each.in_force), None
        )
    if holder is None or holder.role != archive.terms.role:
        said = f"only the role '{archive.terms.role}' opens the archive; this key does not hold it"
        refuse(archive, "unknown-key", said, now, facts)
    found = sealed_of(archive, new.subject)
    if not found:
        refuse(archive, "no-record", "the archive holds no record of this person", now, facts)
    scope = {"records": sorted(each.segment for each in found)}
    asking = Asking(new.ground, scope, new.reason, new.person, new.opener)
    return ask(archive, asking, {**facts, "records": len(found)}, now)


def bundle(archive: Archive, opening: str) -> dict[str, Any]:
    """What an approver reads and needs: ground and reason, and the wrapped shares of each record. Raises `Refused`."""
    with archive.state.connect() as connection:
        found = asked_of(connection, archive, opening)
    if found is None:
        raise Refused(f"there is no opening '{opening}'")
    return bundle_of(found, {"ground": found.matter}, _files(archive, found))


def _files(archive: Archive, asked: Asked) -> list[SealedFile]:
    """The records asked for that are still there."""
    files = [SealedFile(segment, archive.file_of(segment)) for segment in asked.scope["records"]]
    return [each for each in files if each.path.exists()]


def open_records(archive: Archive, opening: str, identity: str, now: datetime) -> list[dict[str, Any]]:
    """What the records say, once; the act is recorded before any is opened.

    Raises `Refused` (recorded), `KeyMissing`, `DamagedSegment`.
    """
    with archive.state.connect() as connection:
        asked = asked_of(connection, archive, opening)
    files = _files(archive, asked) if asked else []
    shares = open_once(archive, asked, files, identity, {"ground": asked.matter if asked else ""}, now)
    found: list[dict[str, Any]] = []
    for each in files:
        key = key_from(archive, each, shares[each.id])
        content = b"".join(SegmentReader(each.path, key).blocks())
        found += [json.loads(line) for line in content.splitlines()]
    return found
