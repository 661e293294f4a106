"""A small real site under several local host names, served by the banner's own pieces, with third parties that count."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex, token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Error, Page

from zusage.keepers.consent.banner import (
    Assets,
    BannerSpec,
    ConsentEvent,
    EventRefused,
    build_assets,
    choice_from_form,
    content_security_policy,
    render_first_layer,
    render_footer_link,
    render_settings,
    validate_event,
)
from zusage_client.consent import Visitor, filter_response, inject, visitor
from zusage_client.consent.choice import sent_cookies

#: One transparent pixel.
_GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Laden</title>
<meta name="viewport" content="width=device-width,initial-scale=1"></head><body><main><h1>Laden</h1>
<p>Willkommen.</p>{body}<p><a id="next" href="/zwei">weiter</a></p></main><footer>{footer}</footer></body></html>"""


@dataclass
class Site:
    """The site and what reached it. `pages` maps a path to the inner HTML of `<main>`."""

    make: Callable[[int], BannerSpec]
    pages: dict[str, str] = field(default_factory=dict)
    language: str = "de"
    wall: bool = False
    render: bool = True
    delay: float = 0.0
    failing: bool = False
    #: pages sent as they are; seconds that a preflight takes on `api.localhost`
    plain: dict[str, str] = field(default_factory=dict)
    preflight: float = 0.0
    third: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    port: int = 0
    hits: list[tuple[str, str]] = field(default_factory=list)
    events: list[ConsentEvent] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    slips: list[dict[str, Any]] = field(default_factory=list)
    set_cookie: tuple[str, ...] = ()
    spec: BannerSpec = field(init=False)
    assets: Assets = field(init=False)

    def url(self, path: str = "/", host: str = "shop.localhost") -> str:
        """An address of the site."""
        return f"http://{host}:{self.port}{path}"

    def hosts(self) -> set[str]:
        """Third-party hosts that were asked for anything."""
        return {host for host, _ in self.hits}

    def start(self, port: int) -> None:
        """Makes the banner once the port is known."""
        self.port = port
        self.spec = self.make(port)
        self.assets = build_assets(self.spec)


def becomes(page: Page, expression: str) -> None:
    """Waits until a page says yes; works under a strict policy and across navigations."""
    for _ in range(200):
        try:
            if page.evaluate(expression):
                return
        except Error:
            pass
        page.wait_for_timeout(50)
    raise AssertionError(f"it never became true: {expression}")


def recorded(page: Page) -> None:
    """Waits until the service has acknowledged every choice of this page."""
    page.wait_for_selector("#zs", state="detached")
    becomes(page, "!localStorage.getItem('zusage-queue')")


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Serves a site on a free loopback port until the block ends."""
    handler = type("Handler", (_Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    site.start(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if not self._own_host():
            return self._third_party()
        asset = self.site.assets.files.get(path)
        if asset is not None:
            return self._send(200, asset.body, asset.media_type, {"Cache-Control": asset.cache_control})
        if path == "/settings":
            return self._page(
                render_settings(self.site.spec, self._language(), self._visitor()), settings=True
            )
        if path in self.site.plain:
            page = PAGE.format(lang="de", body=self.site.plain[path], footer="")
            return self._send(200, page.encode(), "text/html; charset=utf-8")
        if path in self.site.pages:
            return self._page(self.site.pages[path])
        return self._send(204 if path == "/favicon.ico" else 404, b"", "text/plain")

    def do_OPTIONS(self) -> None:
        time.sleep(self.site.preflight)
        headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "content-type"}
        self._send(204, b"", "text/plain", headers)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self._own_host():
            return self._third_party()
        if self.path == "/api/v1/slips":
            self.site.slips.append(json.loads(body))
            return self._send(204, b"", "text/plain")
        if self.path == "/settings":
            return self._form(body)
        time.sleep(self.site.delay)
        if self.site.failing:
            return self._send(503, b"", "text/plain")
        try:
            event = validate_event(body, self.site.spec)
        except EventRefused as refusal:
            self.site.refused.append(f"{refusal.reason}: {refusal}")
            return self._send(refusal.status, b"", "text/plain")
        self._keep(event)
        self.site.bodies.append(json.loads(body))
        return self._send(200, b"{}", "application/json", {"Access-Control-Allow-Origin": "*"})

    def _keep(self, event: ConsentEvent) -> None:
        if event.id not in {known.id for known in self.site.events}:
            self.site.events.append(event)

    def _form(self, body: bytes) -> None:
        form = parse_qs(body.decode())
        event = choice_from_form(
            form, self.site.spec, self._language(), self._visitor(), fresh=(token_hex(16), token_hex(16))
        )
        headers = {"Location": "/settings"}
        if event is not None:
            self._keep(event)
            now = datetime.now(UTC)
            choice = event.choice(self.site.spec, now.date())
            headers["Set-Cookie"] = choice.set_cookie(self.site.spec.policy, now, secure=False)
        self._send(303, b"", "text/plain", headers)

    def _page(self, body: str, *, settings: bool = False) -> None:
        spec, state = self.site.spec, self._visitor()
        nonce = token_urlsafe(16)
        page = PAGE.format(
            lang=self.site.language, body=body, footer=render_footer_link(spec, self._language(), state)
        ).encode()
        first = render_first_layer(spec, self._language(), state) if self.site.render and not settings else ""
        if self.site.render:
            embeds = "zs-e" in body or settings
            head = str(self.site.assets.head(spec, state, nonce=nonce, walled=self.site.wall, embeds=embeds))
        else:
            head = f'<script src="/zusage.js" nonce="{nonce}" defer></script>'
        headers = {"Cache-Control": "no-store"}
        if self.site.wall:
            once = sent_cookies(self.headers.get("Cookie", "")).get("zusage-once", "").partition(".")[0]
            headers["Content-Security-Policy"] = content_security_policy(spec, state, nonce, once=once)
        cookies = filter_response(
            self.site.set_cookie,
            spec.policy,
            state,
            datetime.now(UTC),
            cookie_header=self.headers.get("Cookie", ""),
        ).set_cookie
        self._send(
            200, inject(page, head=head, first=str(first)), "text/html; charset=utf-8", headers, cookies
        )

    def _third_party(self) -> None:
        host = (self.headers.get("Host") or "").partition(":")[0]
        path = urlsplit(self.path).path
        self.site.hits.append((host, path))
        media_type, body = self.site.third.get(path, ("image/gif", _GIF))
        headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
        self._send(200, body, media_type, headers)

    def _own_host(self) -> bool:
        return (self.headers.get("Host") or "").startswith(("shop.localhost", "api.localhost"))

    def _language(self) -> Any:
        return self.site.language

    def _visitor(self) -> Visitor:
        return visitor(dict(self.headers.items()), self.site.spec.policy)

    def _send(
        self,
        status: int,
        body: bytes,
        media_type: str,
        headers: Mapping[str, str] | None = None,
        cookies: tuple[str, ...] = (),
    ) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            for cookie in cookies:
                self.send_header("Set-Cookie", cookie)
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass
