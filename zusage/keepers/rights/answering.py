"""The answer: what was found and done, what stays and why, where a refusal can be challenged; every text from the declaration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, select

from zusage.documents import Block, Callout, Document, Heading, Link, Paragraph
from zusage.keepers.context import Context
from zusage.keepers.rights.explaining import law_name, particulars
from zusage.keepers.rights.letters import day, say
from zusage.keepers.rights.lifecycle import GROUNDS, IN_WORDS
from zusage.keepers.rights.objecting import KEPT_FOR_CLAIMS
from zusage.keepers.rights.packages import package_of
from zusage.keepers.rights.parties import read_parties
from zusage.keepers.rights.summing import acts
from zusage.law.authorities import authority, competent
from zusage.law.citations import Citation
from zusage.law.periods import deadline
from zusage.notice.writing.parties import sender
from zusage.registers.notifications import CUSTOMER, notifications
from zusage.registers.requests import OUTCOMES, Kind, Request
from zusage.text import Language


def answer(context: Context, connection: Connection, request: Request, now: datetime) -> Document:
    """The answer to a request that was decided and carried out."""
    language = cast(Language, request.language)
    kind = say(context, language, f"kind-{request.kind.value}")
    blocks: list[Block] = [Paragraph(say(context, language, "greeting"))]
    if request.decision == "refuse":
        blocks.extend(_for_claims(context, connection, request))
        blocks.extend(_refusal(context, request))
    elif request.kind is Kind.COMPLAINT:
        blocks.extend(_remedies(context, language))
    elif request.kind is Kind.CHILD_REPORT:
        # to whoever reported, and that may be anybody: nothing of what was found
        blocks.append(Paragraph(say(context, language, "child-done")))
    else:
        blocks.extend(_done(context, connection, request, now))
    if request.decision == "partly":
        blocks.extend(_refusal(context, request))
    blocks.append(Paragraph(sender(context.declaration, language)))
    title = say(context, language, "answer-title", reference=request.reference, kind=kind)
    return Document(title, language, tuple(blocks))


#: periods end with a day; what is on file is the first instant after it
_INSTANT = timedelta(microseconds=1)
#: said in place of a table, where nothing in a store was touched
_PLAIN = {
    Kind.MARKETING_OBJECTION: "suppressed",
    Kind.OBJECTION: "objected",
    Kind.WITHDRAW_CONSENT: "withdrawn",
}


def _done(context: Context, connection: Connection, request: Request, now: datetime) -> Iterator[Block]:
    language = request.language
    found = connection.execute(
        select(OUTCOMES).where(OUTCOMES.c.request == request.id).order_by(OUTCOMES.c.id)
    ).all()
    masked = sum(row.hit for row in found if row.action == "mask")
    rows = [row for row in found if row.action != "mask"]
    if request.decision_text and request.decision == "grant":
        yield Heading(say(context, language, "said-to-you"))
        yield Paragraph(request.decision_text)
    if request.kind in _PLAIN:
        erased = [row for row in rows if row.action == "erase"]
        count = str(sum(row.hit for row in rows if row not in erased))
        yield Paragraph(say(context, language, _PLAIN[request.kind], count=count))
        if erased:
            yield from acts(context, connection, request, erased, now)
    elif any(row.hit or row.left or row.result == "held" for row in rows):
        yield from acts(context, connection, request, rows, now)
        yield from _package(context, connection, request, now)
        if masked:
            yield Paragraph(say(context, language, "third-persons", count=str(masked)))
        if request.kind is Kind.ACCESS:
            concerned = concerned_by(context, rows)
            yield from particulars(context, connection, request, concerned, now)
            yield from _remedies(context, language)
    elif not request.tenant and request.kind not in IN_WORDS:
        yield Paragraph(say(context, language, "found-nothing"))
    if "transmitted_at" in (request.details or {}):
        at = datetime.fromisoformat(str((request.details or {})["transmitted_at"]))
        to = urlsplit(str((request.details or {}).get("transmit_to"))).hostname or ""
        yield Paragraph(say(context, language, "transmitted", to=to, day=day(context, language, at)))
    if request.kind is Kind.ERASURE:
        yield from _backups(context, rows, now, language)
    yield from _others(context, connection, request)


def _backups(context: Context, rows: Sequence[Row[Any]], now: datetime, language: str) -> Iterator[Block]:
    """The copies that erasure does not reach at once, and when the last of them is gone."""
    declared = context.declaration.activities
    last = [
        deadline(now, rule.backup, "eu", context.declaration.controller.land, context.declaration.time_zone)
        for row in rows
        if row.hit and row.activity in declared
        for rule in declared[row.activity].retention
        if rule.backup is not None
    ]
    if last:
        yield Paragraph(say(context, language, "backups", until=day(context, language, max(last))))


def concerned_by(context: Context, rows: Iterable[Row[Any]]) -> list[str]:
    """The declared activities in which something was found."""
    declared = context.declaration.activities
    return list(dict.fromkeys(row.activity for row in rows if row.hit and row.activity in declared))


def _package(context: Context, connection: Connection, request: Request, now: datetime) -> Iterator[Block]:
    language = request.language
    package = package_of(connection, context, request.id, now)
    if package:
        link = context.link(f"/rights/download/{package.token}")
        until = day(context, language, package.expires_at)
        yield Callout((Paragraph((say(context, language, "download", until=until), Link(link, link))),))


def _others(context: Context, connection: Connection, request: Request) -> Iterator[Block]:
    """To which customers the request went, and which recipients are told (Art. 19)."""
    known = read_parties(context.folder).customers
    recipients = []
    for one in notifications(connection, request=request.id):
        if one.role == CUSTOMER:
            name = known[one.party].name if one.party in known else one.party
            yield Paragraph(say(context, request.language, "passed-on", tenant=name))
        else:
            recipients.append(context.declaration.recipients[one.party].name)
    if recipients:
        yield Paragraph(say(context, request.language, "recipients-told", names=", ".join(recipients)))


def _for_claims(context: Context, connection: Connection, request: Request) -> Iterator[Block]:
    """What stays against an objection because claims can still be made: the law and the day, after which it goes."""
    statement = select(OUTCOMES).where(OUTCOMES.c.request == request.id, OUTCOMES.c.action == KEPT_FOR_CLAIMS)
    kept = {(row.reason, row.until): None for row in connection.execute(statement.order_by(OUTCOMES.c.id))}
    language = cast(Language, request.language)
    for reason, until in kept:
        said = say(
            context, language, "claim-period",
            law=law_name(reason, language), until=day(context, language, until - _INSTANT),
        )  # fmt: skip
        yield Paragraph(said)


def _refusal(context: Context, request: Request) -> Iterator[Block]:
    language = request.language
    if request.ground:
        cited = Citation.parse_id(GROUNDS[request.ground]).text(cast(Language, language))
        yield Paragraph(say(context, language, "refusal", ground=cited))
    if request.decision_text:
        yield Paragraph(request.decision_text)
    yield from _remedies(context, language)


def _remedies(context: Context, language: str) -> Iterator[Block]:
    yield Paragraph(say(context, language, "remedies"))
    declared, controller = context.declaration.authority, context.declaration.controller
    known = authority(declared.id) if declared and declared.id else None
    if known is None and not (declared and declared.name):
        known = competent(controller.address.country if controller.address else "DE", controller.land)
    name = known.name.says(cast(Language, language)) if known else declared.name if declared else None
    if name:
        yield Paragraph(say(context, language, "authority", name=name))
