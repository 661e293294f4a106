"""One small site three times: in Starlette, Flask and Django, each behind its middleware, asked without a socket."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import flask
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse as DjangoResponse
from django.http import StreamingHttpResponse
from django.urls import clear_url_caches
from django.urls import path as django_path
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response as StarletteResponse
from starlette.responses import StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from zusage_client import Zusage
from zusage_client.asgi import ConsentMiddleware as Asgi
from zusage_client.visits import Visit
from zusage_client.wsgi import ConsentMiddleware as Wsgi

PAGE = '<!doctype html><html lang="{lang}"><head><title>Laden</title></head><body><main>{body}</main>{foot}</body></html>'
#: what the application tries to set with every page
COOKIES = {
    "sid": "sid=s1; Path=/; HttpOnly",
    "stranger": "stranger=1; Path=/",
    "_aw": "_aw=1; Path=/; Max-Age=31536000",
}


@dataclass(frozen=True)
class Said:
    """A response as a browser gets it."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @property
    def text(self) -> str:
        """The body."""
        return self.body.decode()

    def header(self, name: str) -> str:
        """A header's value, several joined; empty without one."""
        return ", ".join(value for key, value in self.headers if key.lower() == name)

    @property
    def cookies(self) -> dict[str, str]:
        """Cookie name → the whole `Set-Cookie` value."""
        found = [value.strip() for key, value in self.headers if key.lower() == "set-cookie"]
        return {value.partition("=")[0]: value for value in found}


Ask = Callable[..., Said]


def page_of(path: str, visit: Visit) -> tuple[str, str]:
    """(media type, text) of each path of the site."""
    if path == "/data":
        return "application/json", json.dumps({"allowed": visit.allows("marketing")})
    if path == "/film":
        body = visit.embed(
            "film", "https://video.example/7?a=1&b=2", 'Ein "Film"', direct="https://video.example/7"
        )
        return "text/html; charset=utf-8", PAGE.format(lang="de", body=body, foot="")
    if path == "/en":
        return "text/html; charset=utf-8", PAGE.format(lang="en", body="Shop", foot="<!--zusage:footer-->")
    return "text/html; charset=utf-8", PAGE.format(lang="de", body="Laden", foot="")


def starlette_host(zusage: Zusage | None, **options: Any) -> Ask:
    """The site in Starlette."""

    async def page(request: Request) -> StarletteResponse:
        media_type, text = page_of(request.url.path, request.scope["zusage"])
        if request.url.path == "/stream":
            return StreamingResponse(iter([text[:20].encode(), text[20:].encode()]), media_type="text/html")
        made = StarletteResponse(text, media_type=media_type, headers={"etag": '"1"'})
        for value in COOKIES.values():
            made.headers.append("set-cookie", value)
        return made

    app = Starlette(routes=[Route("/{rest:path}", page, methods=["GET", "POST"])])
    app.add_middleware(Asgi, zusage=zusage, **options)

    def ask(path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Said:
        client = TestClient(app, base_url="https://shop.example", follow_redirects=False)
        answer = client.request(method, path, content=body, headers=_named(headers))
        return Said(answer.status_code, answer.headers.multi_items(), answer.content)

    return ask


def flask_host(zusage: Zusage | None, **options: Any) -> Ask:
    """The site in Flask."""
    app = flask.Flask("laden")

    @app.route("/", defaults={"rest": ""}, methods=["GET", "POST"])
    @app.route("/<path:rest>", methods=["GET", "POST"])
    def page(rest: str) -> flask.Response:
        media_type, text = page_of(f"/{rest}", flask.request.environ["zusage"])
        if rest == "stream":
            return flask.Response(iter([text[:20], text[20:]]), mimetype="text/html")
        made = flask.Response(text, content_type=media_type, headers={"etag": '"1"'})
        for value in COOKIES.values():
            made.headers.add("set-cookie", value)
        return made

    app.wsgi_app = Wsgi(app.wsgi_app, zusage, **options)  # type: ignore[method-assign]
    return _wsgi(app)


def django_host(zusage: Zusage | None, **options: Any) -> Ask:
    """The site in Django."""

    def page(request: Any, rest: str) -> Any:
        media_type, text = page_of(f"/{rest}", request.zusage)
        if rest == "stream":
            return StreamingHttpResponse(iter([text[:20], text[20:]]), content_type="text/html")
        made = DjangoResponse(text, content_type=media_type, headers={"etag": '"1"'})
        made.set_cookie("sid", "s1", httponly=True)
        made.set_cookie("stranger", "1")
        made.set_cookie("_aw", "1", max_age=31536000)
        return made

    urls = ModuleType("tests_client_urls")
    urls.urlpatterns = [django_path("<path:rest>", page), django_path("", page, {"rest": ""})]  # type: ignore[attr-defined]
    sys.modules[urls.__name__] = urls
    if not settings.configured:
        settings.configure(
            SECRET_KEY="only here", ALLOWED_HOSTS=["*"], SECURE_PROXY_SSL_HEADER=None, ROOT_URLCONF=urls.__name__,
            MIDDLEWARE=["zusage_client.django.ConsentMiddleware"], USE_I18N=False, LOGGING_CONFIG=None,
        )  # fmt: skip
    settings.ZUSAGE = {"zusage": zusage, **options}
    app = get_wsgi_application()

    def fresh(environ: dict[str, Any], start: Any) -> Any:
        # the resolver of an earlier test's site would be found again
        clear_url_caches()
        return app(environ, start)

    return _wsgi(fresh)


def _wsgi(app: Callable[..., Iterable[bytes]]) -> Ask:
    def ask(path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Said:
        parts = urlsplit(path)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": parts.path, "QUERY_STRING": parts.query,
            "SERVER_NAME": "shop.example", "SERVER_PORT": "443", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "shop.example",
            "REMOTE_ADDR": "192.0.2.7", "CONTENT_LENGTH": str(len(body)) if body else "", "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https", "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.multithread": True,
            "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip
        for name, value in _named(headers).items():
            key = name.upper().replace("-", "_")
            environ["CONTENT_TYPE" if name == "content-type" else f"HTTP_{key}"] = value
        started: list[Any] = []
        result = app(environ, lambda status, given, exc_info=None: started.append((status, given)))
        try:
            text = b"".join(result)
        finally:
            getattr(result, "close", lambda: None)()
        status, given = started[-1]
        return Said(int(status.partition(" ")[0]), given, text)

    return ask


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


HOSTS = {"starlette": starlette_host, "flask": flask_host, "django": django_host}
