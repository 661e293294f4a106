"""Public pages: the privacy centre, the notice in its languages and formats, cookies."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zusage import clock
from zusage.documents import render
from zusage.documents.html import body
from zusage.notice.writing import write
from zusage.server.pages import Pages

router = APIRouter(include_in_schema=False)


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


def _document(request: Request, name: str) -> Response:
    pages = _pages(request)
    document = write(pages.workspace.declaration, name, pages.language(request), clock.now().date())  # type: ignore[arg-type]
    wanted = request.query_params.get("format", "html")
    if wanted == "html":
        return pages.render(request, "document.html", title=document.title, body=body(document))
    types = {"md": "text/markdown", "txt": "text/plain", "json": "application/json", "pdf": "application/pdf"}
    if wanted not in types:
        return JSONResponse({"error": "format is html, md, txt, json or pdf"}, status_code=400)
    return Response(
        render(document, wanted),
        media_type=f"{types[wanted]}; charset=utf-8" if wanted != "pdf" else types[wanted],
    )  # type: ignore[arg-type]
