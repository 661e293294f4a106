"""`ConsentMiddleware` for Flask, and any other WSGI application.

    app.wsgi_app = ConsentMiddleware(app.wsgi_app, Zusage("http://127.0.0.1:8600", key))

Handlers find the visitor as `environ["zusage"]`, a `Visit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from http import HTTPStatus
from itertools import chain
from typing import Any

from zusage_client.client import Zusage
from zusage_client.passing import MOST, Call, Returned, is_passed, network_of
from zusage_client.sharing import as_recorded, must_compare
from zusage_client.visits import Header, Treatment, is_page

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]


class ConsentMiddleware:
    """The same as `zusage_client.asgi.ConsentMiddleware`, with the same options."""

    def __init__(
        self,
        app: App,
        zusage: Zusage | None = None,
        *,
        passed: Sequence[str] = (),
        treatment: Treatment | None = None,
    ) -> None:
        self.app = app
        self.zusage = zusage
        self.passed = tuple(passed)
        self.treatment = treatment or Treatment()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """WSGI."""
        headers = request_headers(environ)
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        if self.zusage is not None and is_passed(path, self.passed):
            return _answer(self.zusage.pass_on(call_of(environ, headers, path)), start_response)
        visit = self.treatment.visit(self.zusage.published() if self.zusage else None, headers)
        if self.zusage is not None and must_compare(visit, headers):
            visit = as_recorded(self.zusage, visit, _origin(environ, headers), self.treatment.now())
        environ["zusage"] = visit
        started = _Started()
        result = self.app(environ, started)
        chunks = started.chunks(result)
        left = self.treatment.headers(
            visit, started.headers, headers, self.zusage.slipped if self.zusage else None
        )
        if not is_page(started.headers):
            start_response(started.status, left, started.error)
            return _Rest(chunks, result)
        try:
            body = b"".join(chunks)
        finally:
            _close(result)
        left = self.treatment.page_headers(visit, left)
        if body:
            body = self.treatment.page(visit, body)
            left.append(("Content-Length", str(len(body))))
        start_response(started.status, left, started.error)
        return [body]


def request_headers(environ: Environ) -> dict[str, str]:
    """The request's headers by lower-case name."""
    found = {
        key[5:].replace("_", "-").lower(): str(value)
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    return found | ({"content-type": environ["CONTENT_TYPE"]} if environ.get("CONTENT_TYPE") else {})


def call_of(environ: Environ, headers: dict[str, str], path: str) -> Call:
    """A request as it is passed on."""
    length = environ.get("CONTENT_LENGTH") or "0"
    size = min(int(length), MOST + 1) if length.isdecimal() else 0
    query = environ.get("QUERY_STRING", "")
    return Call(
        environ["REQUEST_METHOD"],
        _quoted(path) + (f"?{query}" if query else ""),
        _origin(environ, headers),
        headers,
        environ["wsgi.input"].read(size) if size else b"",
        network_of(environ.get("REMOTE_ADDR", "")),
    )


def _origin(environ: Environ, headers: dict[str, str]) -> str:
    host = headers.get("host") or environ.get("SERVER_NAME", "localhost")
    return f"{environ.get('wsgi.url_scheme', 'http')}://{host}"


def _quoted(path: str) -> str:
    """WSGI gives paths decoded, as Latin-1."""
    plain = "/-._~!$&'()*+,;=:@"
    return "".join(
        one if one.isascii() and (one.isalnum() or one in plain) else f"%{ord(one) & 255:02X}" for one in path
    )


def _answer(returned: Returned, start_response: StartResponse) -> Iterable[bytes]:
    headers = [*returned.headers, ("Content-Length", str(len(returned.body)))]
    start_response(f"{returned.status} {_phrase(returned.status)}", headers)
    return [returned.body]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


class _Started:
    """Takes the place of `start_response`, and keeps what the application said."""

    def __init__(self) -> None:
        self.status = "500 Internal Server Error"
        self.headers: list[Header] = []
        self.error: Any = None
        self.written: list[bytes] = []

    def __call__(self, status: str, headers: list[Header], exc_info: Any = None) -> Callable[[bytes], Any]:
        self.status, self.headers, self.error = status, list(headers), exc_info
        return self.written.append

    def chunks(self, result: Iterable[bytes]) -> Iterator[bytes]:
        """The body; asks for its first part, because an application may start its response only then."""
        iterator = iter(result)
        first = next(iterator, b"")
        return chain(self.written, (first,), iterator)


class _Rest:
    """A body on its way, that is closed as the application's own."""

    def __init__(self, chunks: Iterator[bytes], result: Iterable[bytes]) -> None:
        self._chunks, self._result = chunks, result

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        """WSGI."""
        _close(self._result)


def _close(result: Iterable[bytes]) -> None:
    close = getattr(result, "close", None)
    if close is not None:
        close()
