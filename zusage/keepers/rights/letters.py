"""Mails about a request, in the person's language: confirmation, receipt, extension, answer; and to staff.

Each has a key of its own, so that it goes out once; text and HTML come from the one renderer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from zusage.declaration.strict_yaml import parse
from zusage.documents import Document, Link, Paragraph, render
from zusage.keepers.context import Context
from zusage.keepers.rights.parties import Customer
from zusage.keepers.rights.routing import owner_of, route_of
from zusage.mail import Attachment, Message, enqueue
from zusage.registers.requests import Request
from zusage.text import Language

#: what whoever stands in hears as well
_DEPUTY_TOO = frozenset({"arrived", "escalation", "overdue"})


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("zusage.keepers.rights").joinpath("words.yaml").read_text("utf-8")
    words: Mapping[str, Mapping[str, str]] = parse(text, "words.yaml").data
    return words


def say(context: Context, language: str, key: str, **values: str) -> str:
    """A phrase in the person's language and the controller's form of address."""
    phrase = _words()[key]
    said = phrase["en"] if language == "en" else phrase.get(context.declaration.address, phrase["de"])
    return said.format(**values) if values else said


def has_words(key: str) -> bool:
    """Whether there is a phrase of this name."""
    return key in _words()


def day(context: Context, language: str, at: datetime) -> str:
    """An instant as a day where the controller is."""
    local = at.astimezone(ZoneInfo(context.declaration.time_zone))
    return f"{local:%d.%m.%Y}" if language == "de" else f"{local.day} {local:%B} {local.year}"


def confirmation(
    connection: Connection, context: Context, request: Request, confirm: str, status: str, now: datetime
) -> None:
    """The link that proves control of the mailbox. The same for a known and an unknown person."""
    language = request.language
    assert request.confirm_until is not None
    kind = say(context, language, f"kind-{request.kind.value}")
    link = context.link(f"/rights/confirm/{confirm}")
    paragraphs = (
        Paragraph(say(context, language, "greeting")),
        Paragraph(
            say(
                context,
                language,
                "confirm-text",
                kind=kind,
                until=day(context, language, request.confirm_until),
            )
        ),
        Paragraph((Link(link, link),)),
        Paragraph(say(context, language, "confirm-not-you")),
        _status(context, language, status),
    )
    _send(connection, context, request, "confirm", paragraphs, now)


def receipt(connection: Connection, context: Context, request: Request, status: str, now: datetime) -> None:
    """Receipt with the day by which an answer comes."""
    language = request.language
    kind = say(context, language, f"kind-{request.kind.value}")
    paragraphs = (
        Paragraph(say(context, language, "greeting")),
        Paragraph(say(context, language, "receipt-text", kind=kind, due=day(context, language, request.due))),
        _status(context, language, status),
    )
    _send(connection, context, request, "receipt", paragraphs, now)


def question_of_identity(
    connection: Connection, context: Context, request: Request, question: str, now: datetime
) -> None:
    """One question on data that only the person knows (Art. 12(6)); nothing of the data is said."""
    said = say(context, request.language, "prove-text", question=question)
    blocks = (Paragraph(say(context, request.language, "greeting")), Paragraph(said))
    _send(connection, context, request, "prove", blocks, now)


def extended(connection: Connection, context: Context, request: Request, reason: str, now: datetime) -> None:
    """Notice of the extension with its reason (Art. 12(3) sentence 3)."""
    language = request.language
    due = day(context, language, request.due)
    said = say(context, language, "extended-text", due=due, reason=reason)
    _send(
        connection,
        context,
        request,
        "extended",
        (Paragraph(say(context, language, "greeting")), Paragraph(said)),
        now,
    )


def answer(
    connection: Connection, context: Context, request: Request, document: Document, now: datetime
) -> None:
    """The answer itself as text, HTML and, where the extra is there, nothing more: the package is a download."""
    if request.reply_to is None:
        return
    subject = say(context, request.language, "answer-subject", reference=request.reference)
    _enqueue(connection, context, request, "answer", subject, document, now, attach="answer.html")


def passed_on(
    connection: Connection, context: Context, request: Request, customer: Customer, party: str, now: datetime
) -> None:
    """The person is told to whom their request went, where that controller's notice is, and how it is reached."""
    said = say(context, request.language, "passed-on", tenant=customer.name)
    blocks = (
        Paragraph(say(context, request.language, "greeting")),
        Paragraph(said),
        Paragraph((say(context, request.language, "their-notice"), Link(customer.notice, customer.notice))),
        Paragraph(say(context, request.language, "their-contact", email=customer.email)),
    )
    _send(connection, context, request, "passed-on", blocks, now, again=party)


def lifting(connection: Connection, context: Context, request: Request, day_: str, now: datetime) -> None:
    """Before a restriction is lifted the person is told (Art. 18(3))."""
    said = say(context, request.language, "lifting-text", day=day_)
    blocks = (Paragraph(say(context, request.language, "greeting")), Paragraph(said))
    _send(connection, context, request, "lifting", blocks, now)


def acknowledgement(
    connection: Connection, context: Context, request: Request, reason: str, now: datetime
) -> None:
    """Receipt is confirmed with the reason why the answer takes longer; no clock is stopped by it."""
    said = say(
        context, request.language, "acknowledged-text", due=day(context, request.language, request.due)
    )
    blocks = (Paragraph(say(context, request.language, "greeting")), Paragraph(said), Paragraph(reason))
    _send(connection, context, request, "acknowledged", blocks, now)


def to_staff(
    connection: Connection,
    context: Context,
    request: Request,
    what: str,
    now: datetime,
    *,
    again: str = "",
    **values: str,
) -> bool:
    """A message to the data protection officer, once for each `what` (and `again`); whether there is an address.

    It names the request and never the person.
    """
    to = owner_of(context.declaration, request) or context.officer()
    if to is None:
        return False
    route = route_of(context.declaration, request)
    also = route.deputy if route is not None and what in _DEPUTY_TOO else None
    language = context.declaration.languages[0]
    due = day(context, language, request.due)
    subject = say(context, language, f"{what}-subject", reference=request.reference, due=due, **values)
    state = say(context, language, f"state-{request.state.value}")
    kind = say(context, language, f"kind-{request.kind.value}")
    text = say(context, language, "staff-text", state=state, kind=kind)
    message = Message(
        to, subject, text, f"request/{what}", language=language, reference=f"request/{request.id}"
    )
    key = f"request/{request.id}/{what}" + (f"/{again}" if again else "")
    enqueue(connection, message, sender=context.sender(), now=now, key=key[:160])
    if also is not None and also != to:
        copy = replace(message, recipient=also)
        enqueue(connection, copy, sender=context.sender(), now=now, key=f"{key}/deputy"[:160])
    return True


def _status(context: Context, language: str, status: str) -> Paragraph:
    link = context.link(f"/rights/{status}")
    return Paragraph((say(context, language, "status-link"), Link(link, link)))


def _send(
    connection: Connection,
    context: Context,
    request: Request,
    what: str,
    blocks: tuple[Paragraph, ...],
    now: datetime,
    *,
    again: str = "",
) -> None:
    if request.reply_to is None:
        return
    language = cast(Language, request.language)
    subject = say(context, language, f"{what}-subject", reference=request.reference)
    document = Document(subject, language, (*blocks, Paragraph(context.declaration.controller.name)))
    _enqueue(connection, context, request, what, subject, document, now, again=again)


def _enqueue(
    connection: Connection, context: Context, request: Request, what: str, subject: str, document: Document,
    now: datetime, *, attach: str | None = None, again: str = "",
) -> None:  # fmt: skip
    """Write a letter down as text and HTML, and once more as a file where it is to be kept (`attach`: its name)."""
    assert request.reply_to is not None
    html = render(document, "html")
    message = Message(
        recipient=request.reply_to,
        subject=subject,
        text=render(document, "txt").decode(),
        html=html.decode(),
        template=f"request/{what}",
        language=request.language,
        reference=f"request/{request.id}",
        attachments=(Attachment(attach, "text/html", html),) if attach else (),
    )
    key = f"request/{request.id}/{what}" + (f"/{again}" if again else "")
    enqueue(connection, message, sender=context.sender(), now=now, key=key[:160])
