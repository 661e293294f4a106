"""Public pages behind the links in mails: answer a question for a consent, end a mailing. Opening a link does neither."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zusage import clock
from zusage.keepers.consent.asking import BadAnswer, answer, waiting
from zusage.keepers.consent.links import Unsubscribe, read_link
from zusage.keepers.consent.unsubscribing import unsubscribe
from zusage.registers.consents import Way
from zusage.server.pages import pages_of
from zusage.server.security import TokenBucket, network_of
from zusage.text import Language

router = APIRouter(include_in_schema=False)
#: whoever tries links is slowed down; mail providers send many clicks from one network
_clicks = TokenBucket(rate=20, burst=500)


def _written_in(language: str) -> Language:
    return "en" if language == "en" else "de"


@router.get("/confirm/{token}")
def question(request: Request, token: str) -> Response:
    """The words with the buttons that answer; a mail scanner that opens the link answers nothing."""
    pages = pages_of(request)
    if not _clicks.take(network_of(request)):
        return pages.problem(request, 429, None, None)
    try:
        asked, words = waiting(pages.workspace.context, token, clock.now())
    except BadAnswer as error:
        return pages.render(request, "consents/gone.html", 410, message=error.message)
    purpose = pages.workspace.declaration.consents.get(asked.purpose)
    return pages.render(
        request, "consents/confirm.html", spoken=_written_in(asked.language), token=token, words=words,
        title=purpose.title if purpose else None, free=asked.way == Way.ASKED, parent=asked.way == Way.PARENT,
    )  # fmt: skip


@router.post("/confirm/{token}")
def answered(
    request: Request, token: str, answer_: Annotated[Literal["yes", "no"], Form(alias="answer")] = "yes"
) -> Response:
    """The click of a button."""
    pages = pages_of(request)
    if not _clicks.take(network_of(request)):
        return pages.problem(request, 429, None, None)
    context, now = pages.workspace.context, clock.now()
    try:
        asked, _ = waiting(context, token, now)
        answer(context, token, answer_ == "yes", now)
    except BadAnswer as error:
        return pages.render(request, "consents/gone.html", 410, message=error.message)
    return pages.render(
        request, "consents/confirmed.html", spoken=_written_in(asked.language), yes=answer_ == "yes"
    )


@router.get("/unsubscribe/{token}")
def leaving(request: Request, token: str) -> Response:
    """One button."""
    return _leaving(request, token, done=False)


@router.post("/unsubscribe/{token}")
def left(request: Request, token: str) -> Response:
    """The button, or a mail program's one click (RFC 8058): ended, at once."""
    return _leaving(request, token, done=True)


def _leaving(request: Request, token: str, *, done: bool) -> Response:
    pages = pages_of(request)
    if not _clicks.take(network_of(request)):
        return pages.problem(request, 429, None, None)
    link = read_link(pages.workspace.context.keys, token)
    if link is None:
        return pages.problem(request, 404, None, None)
    if done:
        unsubscribe(pages.workspace.context, link, clock.now())
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"purpose": link.purpose, "ended": done})
    return _page(request, link, token, done=done)


def _page(request: Request, link: Unsubscribe, token: str, *, done: bool) -> Response:
    pages = pages_of(request)
    purpose = pages.workspace.declaration.consents.get(link.purpose)
    return pages.render(
        request, "consents/unsubscribe.html", spoken=link.language, token=token, done=done,
        title=purpose.title if purpose else None,
    )  # fmt: skip
