"""Filing an assessment, signing it, reminding of its review."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from zusage.declaration import Declaration
from zusage.declaration.loading import did_you_mean
from zusage.declaration.strict_yaml import parse
from zusage.errors import ZusageError
from zusage.keepers.assessing.judging import Standing, standings
from zusage.keepers.assessing.subjects import PARTS, Subject, required_roles, subjects
from zusage.keepers.context import Context
from zusage.law.periods import retention_end
from zusage.mail import Message, enqueue
from zusage.registers.assessments import (
    Assessment,
    Kind,
    Result,
    Signature,
    add_assessment,
    add_signature,
    assessment_by,
    signatures,
)

#: a reminder comes this long before the review is due
REMIND_BEFORE = timedelta(days=30)
_LONGEST = 20_000


class BadAssessment(ZusageError):
    """An assessment or signature that cannot be taken: nothing was filed."""


@dataclass(frozen=True, slots=True)
class Filing:
    """What is to be filed: the parts by name, the result, when it is looked at again, and a document by name and content."""

    kind: Kind
    subject: str
    result: Result
    content: Mapping[str, str]
    review_at: datetime | None = None
    document: tuple[str, bytes] | None = None


def subject_of(declaration: Declaration, kind: Kind, name: str) -> Subject:
    """What is to be assessed. Raises `BadAssessment` and names what is meant."""
    there = {one.id: one for one in subjects(declaration) if one.kind == kind}
    if name not in there:
        hint = did_you_mean(name, there) or f"they are {', '.join(list(there)[:6])}"
        raise BadAssessment(f"there is no {kind} assessment of '{name}'", hint=hint)
    return there[name]


def file_assessment(context: Context, wanted: Filing, actor: str, now: datetime) -> Assessment:
    """Put an assessment on file, with its ledger entry in one transaction; it counts once it is signed.

    Raises `BadAssessment`.
    """
    about = subject_of(context.declaration, wanted.kind, wanted.subject)
    content = {name: str(wanted.content.get(name, "")).strip() for name in PARTS[wanted.kind]}
    for name, said in content.items():
        if not said or len(said) > _LONGEST:
            raise BadAssessment(f"the assessment lacks its part '{name}', or it is too long")
    zone = context.declaration.time_zone
    review = wanted.review_at or retention_end(now, about.every, "event", zone)
    if review <= now:
        raise BadAssessment("the next review lies in the future", hint="--review 2028-03-01")
    document = wanted.document
    made = Assessment(
        secrets.token_hex(12), wanted.kind, about.id, about.version, now, review, wanted.result, content,
        document[0] if document else None, hashlib.sha256(document[1]).hexdigest() if document else None,
        context.keys.pseudonym("actors", actor),
    )  # fmt: skip
    facts: dict[str, Any] = {
        "assessment": made.id, "kind": made.kind, "subject": made.subject, "processing": made.version,
        "result": made.result, "review": review.isoformat(), "content_sha256": digest_of(content),
    }  # fmt: skip
    if made.document_sha256:
        facts["document_sha256"] = made.document_sha256
    with context.state.begin() as connection:
        add_assessment(connection, made)
        context.ledger.append(connection, "assessment/filed", facts, at=now, actor=made.actor)
    return made


def sign(context: Context, identifier: str, role: str, person: str, now: datetime) -> Signature:
    """Sign an assessment in a role that is asked for. The ledger keeps what was signed as a digest. Raises `BadAssessment`."""
    if not person.strip():
        raise BadAssessment("a signature bears the name of who signs")
    with context.state.begin() as connection:
        filed = assessment_by(connection, identifier)
        if filed is None:
            raise BadAssessment(f"there is no assessment '{identifier}'")
        asked = required_roles(context.declaration, filed.kind)
        if role not in asked:
            raise BadAssessment(f"'{role}' does not sign this", hint=f"it is signed by {' and '.join(asked)}")
        if any(one.role == role for one in signatures(connection).get(identifier, ())):
            raise BadAssessment(f"it was signed by '{role}' already")
        made = Signature(identifier, role, person.strip(), now)
        add_signature(connection, made)
        facts = {"assessment": identifier, "role": role, "content_sha256": digest_of(filed.content)}
        actor = context.keys.pseudonym("actors", person.strip())
        context.ledger.append(connection, "assessment/signed", facts, at=now, actor=actor)
    return made


def digest_of(content: Mapping[str, str]) -> str:
    """What is signed: SHA-256 over the parts in their order."""
    return hashlib.sha256("\n\n".join(content[name] for name in sorted(content)).encode()).hexdigest()


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """What reminders say."""
    text = resources.files("zusage.keepers.assessing").joinpath("words.yaml").read_text("utf-8")
    found: Mapping[str, Any] = parse(text, "words.yaml").data
    return found


def remind(context: Context, connection: Connection, now: datetime) -> int:
    """Write to the officer of every review that is due within thirty days, and once more when it is late; returns how many.

    Each occasion is written of once, however often this is called.
    """
    to = context.officer()
    if to is None:
        return 0
    count = 0
    for one in standings(context.declaration, connection, now):
        if one.review_at is not None and one.review_at - REMIND_BEFORE <= now:
            _write(context, connection, to, one, now)
            count += 1
    return count


def _write(context: Context, connection: Connection, to: str, one: Standing, now: datetime) -> None:
    assert one.review_at is not None
    about, language = one.subject, context.declaration.languages[0]
    what = "late" if one.review_at <= now else "remind"
    day = one.review_at.astimezone(ZoneInfo(context.declaration.time_zone))
    shown = f"{day:%d.%m.%Y}" if language == "de" else f"{day:%Y-%m-%d}"
    said = words()
    filled = {
        "day": shown, "what": about.id, "title": about.title.says(language), "kind_id": about.kind,
        "kind": said[f"kind-{about.kind}"][language],
    }  # fmt: skip
    message = Message(
        to, said[f"{what}-subject"][language].format(**filled), said["text"][language].format(**filled),
        "assessment/reminder", language=language,
    )  # fmt: skip
    known = hashlib.sha256(about.promise.encode()).hexdigest()[:16]
    key = f"assessment/{known}/{day:%Y-%m-%d}/{what}"
    enqueue(connection, message, sender=context.sender(), now=now, key=key)
