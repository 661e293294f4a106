"""`ConsentMiddleware` for Django: the first of `MIDDLEWARE`, configured by the setting `ZUSAGE`.

    MIDDLEWARE = ["zusage_client.django.ConsentMiddleware", ...]
    ZUSAGE = {"zusage": Zusage("http://127.0.0.1:8600", key), "passed": ("/notice",)}

Views find the visitor as `request.zusage`, a `Visit`. The keys are the parameters of the other middlewares.
"""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import Morsel
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from zusage_client.client import Zusage
from zusage_client.passing import MOST, Call, Returned, is_passed, network_of
from zusage_client.sharing import as_recorded, must_compare
from zusage_client.visits import Treatment, is_page


class ConsentMiddleware:
    """The same as `zusage_client.asgi.ConsentMiddleware`."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        options = settings.ZUSAGE
        self.get_response = get_response
        self.zusage: Zusage | None = options.get("zusage")
        self.passed = tuple(options.get("passed", ()))
        self.treatment: Treatment = options.get("treatment") or Treatment()

    def __call__(self, request: Any) -> Any:
        """One request."""
        if self.zusage is not None and is_passed(request.path, self.passed):
            return _answer(self.zusage.pass_on(_call(request)))
        visit = self.treatment.visit(self.zusage.published() if self.zusage else None, request.headers)
        if self.zusage is not None and must_compare(visit, request.headers):
            visit = as_recorded(self.zusage, visit, _origin(request), self.treatment.now())
        request.zusage = visit
        response = self.get_response(request)
        given = list(response.items()) + [
            ("set-cookie", morsel.OutputString()) for morsel in response.cookies.values()
        ]
        left = self.treatment.headers(
            visit, given, request.headers, self.zusage.slipped if self.zusage else None
        )
        page = is_page(given)
        if page:
            response = _page(response, self.treatment.page(visit, _content(response)))
            left = self.treatment.page_headers(visit, left)
        for name in list(response.headers):
            del response[name]
        _set(response, left)
        if page and response.content:
            response["content-length"] = str(len(response.content))
        return response


def _call(request: Any) -> Call:
    length = request.META.get("CONTENT_LENGTH") or "0"
    size = min(int(length), MOST + 1) if str(length).isdecimal() else 0
    return Call(
        request.method,
        request.get_full_path(),
        _origin(request),
        dict(request.headers),
        request.read(size) if size else b"",
        network_of(request.META.get("REMOTE_ADDR", "")),
    )


def _origin(request: Any) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _answer(returned: Returned) -> Any:
    response = HttpResponse(returned.body, status=returned.status)
    del response["content-type"]
    _set(response, returned.headers)
    return response


def _content(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def _page(response: Any, body: bytes) -> Any:
    """The response with another body; a streamed one becomes a whole."""
    if not response.streaming:
        response.content = body
        return response
    response.close()
    return HttpResponse(body, status=response.status_code)


def _set(response: Any, headers: list[tuple[str, str]]) -> None:
    """Sets headers; those that stand more than once are joined, cookies stand one by one."""
    response.cookies.clear()
    for name, value in headers:
        if name.lower() == "set-cookie":
            dict.__setitem__(response.cookies, f"{len(response.cookies)}", _Said(value))
        elif response.has_header(name):
            response[name] = f"{response[name]}, {value}"
        else:
            response[name] = value


class _Said(Morsel[str]):
    """A `Set-Cookie` value exactly as it was decided."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self._said = said

    def OutputString(self, attrs: Any = None) -> str:  # noqa: N802 the name of the standard library
        """The value."""
        return self._said
