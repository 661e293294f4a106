"""The notice beside its proofs: each sentence, what stands behind it, and what was seen when it was last looked at."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zusage import clock
from zusage.documents import render
from zusage.evidence.looking import look
from zusage.evidence.report import as_record
from zusage.evidence.sentences import sentences
from zusage.notice.writing.catalogue import write
from zusage.notice.writing.wording import Wording
from zusage.registers.publications import in_force, text_of
from zusage.server.accounts import Login
from zusage.server.changes import changes
from zusage.server.console.access import logged_in
from zusage.server.pages import pages_of

router = APIRouter(prefix="/notice")
#: the worst first: how a sentence with several promises is marked
_WORST = ("broken", "unreachable", "due", "unbound", "kept")


@router.get("")
def notice(request: Request, _: Annotated[Login, Depends(logged_in)]) -> Response:
    """Every sentence with its promises; those without a sentence of their own stand at the end."""
    pages, now = pages_of(request), clock.now()
    workspace, language = pages.workspace, pages.language(request)
    document = write(workspace.declaration, "notice", language, now.date(), Wording.load(workspace.folder))
    seen = look(workspace, now)
    found = sentences(document, workspace.declaration, seen.promises)
    records = {promise.id: as_record(promise, proof) for promise, proof in seen.rows()}
    shown = {name for one in found for name in one.promises}
    rest = [name for name in records if name not in shown]
    with workspace.state.connect() as connection:
        published = in_force(connection, now.date())
        text = text_of(connection, published.id, language) if published else None
    # what people read is the published text: where the declaration says something else today, that is named
    ahead: list[str] = []
    behind: list[str] = []
    if published and text:
        same_day = write(
            workspace.declaration, "notice", language, published.as_of, Wording.load(workspace.folder)
        )
        ahead, behind = changes(text, render(same_day, "html"))
    if request.query_params.get("format") == "json":
        rows = [{"text": one.text, "level": one.level, "promises": list(one.promises)} for one in found]
        said = {"at": now.isoformat(), "sentences": rows, "without": rest, "promises": records}
        return JSONResponse(said | {"published_only": behind, "not_published": ahead})
    return pages.render(
        request, "console/notice.html", title=document.title, sentences=found, records=records, rest=rest, at=now,
        published=published, ahead=ahead, behind=behind,
        mark=lambda names: min((records[name]["state"] for name in names), key=_WORST.index),
    )  # fmt: skip
