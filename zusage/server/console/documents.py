"""Every document that can be written, in both languages and all formats."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from zusage import clock
from zusage.documents import FORMATS, Format, render
from zusage.documents.html import body
from zusage.notice.writing.catalogue import DOCUMENTS, write
from zusage.notice.writing.wording import Wording
from zusage.server.accounts import Login
from zusage.server.console.access import logged_in
from zusage.server.pages import pages_of

router = APIRouter(prefix="/documents")
_TYPES = {
    "html": "text/html; charset=utf-8", "md": "text/markdown; charset=utf-8", "txt": "text/plain; charset=utf-8",
    "json": "application/json", "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip


@router.get("")
def documents(request: Request, _: Annotated[Login, Depends(logged_in)]) -> Response:
    """The list."""
    return pages_of(request).render(request, "console/documents.html", names=DOCUMENTS, formats=FORMATS)


@router.get("/{name}")
def document(request: Request, name: str, _: Annotated[Login, Depends(logged_in)]) -> Response:
    """One document; `?format=`."""
    if name not in DOCUMENTS:
        raise HTTPException(404)
    pages = pages_of(request)
    wanted = request.query_params.get("format", "html")
    if wanted not in FORMATS:
        raise HTTPException(400, "no such format")
    wording = Wording.load(pages.workspace.folder)
    made = write(pages.workspace.declaration, name, pages.language(request), clock.now().date(), wording)
    if wanted == "html":
        return pages.render(request, "console/document.html", title=made.title, body=body(made))
    return Response(render(made, cast(Format, wanted)), media_type=_TYPES[wanted])
