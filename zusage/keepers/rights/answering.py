"""The answer: what was found and done, what stays and why, where a refusal can be challenged; every text from the declaration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, select

from zusage.documents import Block, Callout, Document, Heading, Items, Paragraph, Table
from zusage.keepers.context import Context
from zusage.keepers.rights.letters import day, public_url, say
from zusage.keepers.rights.lifecycle import GROUNDS
from zusage.keepers.rights.packages import package_of
from zusage.law.authorities import authority, competent
from zusage.law.citations import Citation
from zusage.notice.writing import write
from zusage.registers.requests import OUTCOMES, Kind, Request
from zusage.text import Language


def answer(context: Context, connection: Connection, request: Request, now: datetime) -> Document:
    """The answer to a request that was decided and carried out."""
    language = cast(Language, request.language)
    kind = say(context, language, f"kind-{request.kind.value}")
    blocks: list[Block] = [Paragraph(say(context, language, "greeting"))]
    if request.decision == "refuse":
        blocks.extend(_refusal(context, request))
    elif request.kind is Kind.COMPLAINT:
        blocks.extend(_remedies(context, language))
    elif request.tenant:
        blocks.append(Paragraph(say(context, language, "passed-on", tenant=request.tenant)))
    else:
        blocks.extend(_done(context, connection, request, now))
    if request.decision == "partly":
        blocks.extend(_refusal(context, request))
    blocks.append(Paragraph(context.declaration.controller.name))
    title = say(context, language, "answer-title", reference=request.reference, kind=kind)
    return Document(title, language, tuple(blocks))


def _done(context: Context, connection: Connection, request: Request, now: datetime) -> Iterator[Block]:
    language = request.language
    rows = connection.execute(
        select(OUTCOMES).where(OUTCOMES.c.request == request.id).order_by(OUTCOMES.c.id)
    ).all()
    if not any(row.hit or row.left or row.result == "held" for row in rows):
        yield Paragraph(say(context, language, "found-nothing"))
        return
    columns = tuple(say(context, language, key) for key in ("col-activity", "col-result", "col-count"))
    shown = tuple(
        (
            _title(context, row.activity, language),
            say(context, language, f"result-{row.result}"),
            str(row.hit),
        )
        for row in rows
    )
    yield Heading(say(context, language, "done"))
    yield Table(columns, shown, numeric=columns[2:])
    stays = tuple(_stays(context, row, language) for row in rows if row.result == "held" or row.left)
    if stays:
        yield Heading(say(context, language, "retained"))
        yield Paragraph(say(context, language, "retained-intro"))
        yield Items(stays)
    package = package_of(connection, context, request.id, now)
    if package:
        link = public_url(context, f"/rights/download/{package.token}")
        yield Callout(
            (
                Paragraph(
                    say(
                        context,
                        language,
                        "download",
                        until=day(context, language, package.expires_at),
                        link=link,
                    )
                ),
            )
        )
    if request.kind is Kind.ACCESS:
        spoken = cast(Language, language)
        yield from write(context.declaration, "notice", spoken, now.date()).blocks


def _stays(context: Context, row: object, language: str) -> str:
    until = getattr(row, "until", None)
    return say(
        context,
        language,
        "retained-row",
        activity=_title(context, str(getattr(row, "activity", "")), language),
        count=str(getattr(row, "left", 0)),
        reason=str(getattr(row, "reason", "")),
        until=day(context, language, until) if until else say(context, language, "open-end"),
    )


def _title(context: Context, activity: str, language: str) -> str:
    found = context.declaration.activities.get(activity)
    return found.title.says(cast(Language, language)) if found else activity


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
