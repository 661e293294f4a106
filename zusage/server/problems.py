"""What went wrong, as a page that a person can read; programs of the API get JSON."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zusage.errors import ZusageError
from zusage.server.pages import pages_of


def add_problems(app: FastAPI) -> None:
    """Register how each kind of error is answered."""
    app.add_exception_handler(ZusageError, _refused)
    app.add_exception_handler(404, _not_found)
    app.add_exception_handler(HTTPException, _told)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _invalid)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ZusageError)
    status = 503 if error.exit_code == 3 else 400
    return pages_of(request).problem(request, status, error.message, error.hint)


def _not_found(request: Request, _: Exception) -> Response:
    return pages_of(request).problem(request, 404, None, None)


async def _told(request: Request, error: HTTPException) -> Response:
    if error.status_code < 400 or _of_api(request):
        return await http_exception_handler(request, error)
    return pages_of(request).problem(request, error.status_code, str(error.detail), None)


def _invalid(request: Request, error: Exception) -> Response:
    """Where and why a body or parameter does not fit, without what was sent: it may be personal, and no JSON at all."""
    assert isinstance(error, RequestValidationError)
    detail = [{name: one[name] for name in ("loc", "msg", "type")} for one in error.errors()]
    if _of_api(request) or "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"detail": detail}, 422)
    fields = ", ".join(dict.fromkeys(str(one["loc"][-1]) for one in detail))
    return pages_of(request).problem(request, 422, "something is missing or does not fit", fields)


def _of_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")
