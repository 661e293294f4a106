"""Public pages: the privacy centre, the notice in its languages and formats, cookies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from zusage import clock
from zusage.documents import Format, render
from zusage.documents.html import body
from zusage.notice.writing.catalogue import DocumentName, write
from zusage.notice.writing.records import reviews
from zusage.notice.writing.wording import Wording
from zusage.registers.attestations import attestations_of
from zusage.registers.publications import in_force, publications, text_of
from zusage.server.pages import pages_of
from zusage.workspace import Workspace

router = APIRouter(include_in_schema=False)
#: a stored page brings its own style sheet, and nothing else
STORED_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_MEDIA_TYPES: dict[Format, str] = {
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "pdf": "application/pdf",
}


@router.get("/")
def centre(request: Request) -> Response:
    """The privacy centre: notice, cookies, rights, settings. Under the notice's own name, the notice itself."""
    own = urlsplit(pages_of(request).workspace.declaration.browser.notice or "")
    if own.hostname and own.path in ("", "/") and own.hostname == request.url.hostname:
        if own.scheme == "https" and request.url.scheme == "http":
            return RedirectResponse(f"https://{own.netloc}/", 308)
        return _in_force(request)
    return pages_of(request).render(request, "centre.html")


@router.get("/notice")
def notice(request: Request) -> Response:
    """The notice; `?format=md|json|txt|pdf` for programs and printers, `?on=2026-03-01` for the version of that day."""
    return _dated(request, "notice")


@router.get("/notice/versions")
def versions(request: Request) -> Response:
    """Every version that was ever published, with its date."""
    pages = pages_of(request)
    with pages.workspace.state.connect() as connection:
        listed = publications(connection)
    return pages.render(request, "versions.html", versions=listed)


def _in_force(request: Request) -> Response:
    """The notice as it is in force today; as declared, before the first version."""
    today = clock.now().date()
    with pages_of(request).workspace.state.connect() as connection:
        published = in_force(connection, today)
    return _version(request, today.isoformat(), "notice") if published else _document(request, "notice")


def _dated(request: Request, name: DocumentName) -> Response:
    """The document as declared now, or with `?on=` as it was published for that day."""
    wanted = request.query_params.get("on")
    return _document(request, name) if wanted is None else _version(request, wanted, name)


def _version(request: Request, wanted: str, name: DocumentName) -> Response:
    """The version in force on a day, exactly as it was published."""
    pages = pages_of(request)
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        return pages.problem(request, 400, None, "?on=2026-03-01")
    with pages.workspace.state.connect() as connection:
        found = in_force(connection, day)
        text = text_of(connection, found.id, pages.language(request), name) if found else None
    if text is None:
        return pages.problem(request, 404, None, None)
    return Response(
        text, media_type="text/html; charset=utf-8", headers={"content-security-policy": STORED_POLICY}
    )


@router.get("/cookies")
def cookies(request: Request) -> Response:
    """The cookie table."""
    return _document(request, "cookies")


@router.get("/transfers")
def transfers(request: Request) -> Response:
    """Every transfer with its safeguard, and the clauses agreed with each recipient."""
    return _document(request, "transfers")


@router.get("/processors")
def processors(request: Request) -> Response:
    """The list of processors by function."""
    return _dated(request, "processors")


@router.get("/measures")
def measures(request: Request) -> Response:
    """The technical and organisational measures."""
    return _dated(request, "measures")


def _document(request: Request, name: DocumentName) -> Response:
    pages = pages_of(request)
    wording = Wording.load(pages.workspace.folder)
    document = write(pages.workspace.declaration, name, pages.language(request), clock.now().date(), wording)
    if name == "measures" and (last := _reviewed(pages.workspace)):
        block = reviews(pages.workspace.declaration, pages.language(request), last)
        document = replace(document, blocks=(*document.blocks, block))
    wanted = request.query_params.get("format", "html")
    if wanted == "html":
        return pages.render(request, "document.html", title=document.title, body=body(document))
    for format, media_type in _MEDIA_TYPES.items():
        if format == wanted:
            return Response(render(document, format), media_type=media_type)
    return JSONResponse({"error": f"format is html, {', '.join(_MEDIA_TYPES)}"}, status_code=400)


def _reviewed(workspace: Workspace) -> dict[str, date]:
    """The day on which somebody last vouched for each measure."""
    with workspace.state.connect() as connection:
        made = {
            name: attestations_of(connection, f"attestation/measure/{name}")
            for name in workspace.declaration.measures
        }
    return {name: found[0].made_at.date() for name, found in made.items() if found}
