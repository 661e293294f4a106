"""Public pages: the privacy centre, the notice in its languages and formats, cookies."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zusage import clock
from zusage.documents import Format, render
from zusage.documents.html import body
from zusage.notice.writing import DocumentName, write
from zusage.server.pages import Pages

router = APIRouter(include_in_schema=False)
_MEDIA_TYPES: dict[Format, str] = {
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "pdf": "application/pdf",
}


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


@router.get("/")
def centre(request: Request) -> Response:
    """The privacy centre: notice, cookies, rights, settings."""
    return _pages(request).render(request, "centre.html")


@router.get("/notice")
def notice(request: Request) -> Response:
    """The notice; `?format=md|json|txt|pdf` for programs and printers."""
    return _document(request, "notice")


@router.get("/cookies")
def cookies(request: Request) -> Response:
    """The cookie table."""
    return _document(request, "cookies")


def _document(request: Request, name: DocumentName) -> Response:
    pages = _pages(request)
    document = write(pages.workspace.declaration, name, pages.language(request), clock.now().date())
    wanted = request.query_params.get("format", "html")
    if wanted == "html":
        return pages.render(request, "document.html", title=document.title, body=body(document))
    for format, media_type in _MEDIA_TYPES.items():
        if format == wanted:
            return Response(render(document, format), media_type=media_type)
    return JSONResponse({"error": f"format is html, {', '.join(_MEDIA_TYPES)}"}, status_code=400)
