"""One server on this machine answers for all hosts of all stand-ins, and remembers what reached it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from zusage import clock
from zusage.declaration import Declaration
from zusage.deployments.standins.behaving import Misbehaviour, StandIn, stand_ins
from zusage.deployments.standins.certifying import Certificate

_GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


@dataclass(frozen=True, slots=True)
class Hit:
    """A request that reached a stand-in. `at` is the server's clock."""

    at: datetime
    host: str
    path: str
    query: dict[str, str]
    service: str
    referrer: str = ""
    cookies: str = ""
    body: str = ""


@dataclass
class StandIns:
    """The stand-ins of one declaration, and what reached them."""

    services: dict[str, StandIn]
    wrong: Misbehaviour = field(default_factory=Misbehaviour)
    hits: list[Hit] = field(default_factory=list)
    port: int = 0

    def hosts(self) -> list[str]:
        """Every declared host; `*.example.com` becomes `any.example.com`."""
        declared = (host for one in self.services.values() for host in one.service.hosts)
        return list(dict.fromkeys(host.partition(":")[0].replace("*", "any") for host in declared))

    def at(self, host: str) -> StandIn | None:
        """The stand-in that answers for a host."""
        for one in self.services.values():
            for own in one.service.hosts:
                name = own.partition(":")[0]
                if host == name or (name.startswith("*.") and host.endswith(name[1:])):
                    return one
        return None


@contextmanager
def standing_in(declaration: Declaration, certificate: Certificate | None = None) -> Iterator[StandIns]:
    """Serves the stand-ins of a declaration on a free port of this machine until the block ends."""
    made = StandIns(stand_ins(declaration))
    handler = type("Handler", (_Handler,), {"stand_ins": made})
    server = _Server(("127.0.0.1", 0), handler)
    if certificate is not None:
        # the handshake is the handler's, so that a slow one keeps nobody waiting
        context = certificate.context()
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser may break off at any time."""


class _Handler(BaseHTTPRequestHandler):
    stand_ins: StandIns
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace"))

    def _answer(self, body: str) -> None:
        host = (self.headers.get("Host") or "").partition(":")[0]
        parts = urlsplit(self.path)
        if parts.path == "/favicon.ico":
            self._send(204, b"", "image/x-icon", ())
            return
        one, sent, now = self.stand_ins.at(host), self.headers.get("Cookie") or "", clock.now()
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.stand_ins.hits.append(
            Hit(
                now,
                host,
                parts.path,
                query,
                one.id if one else "",
                self.headers.get("Referer") or "",
                sent,
                body,
            )
        )
        self._send(200, *self._made(one, parts.path, host, sent, now))

    def _made(
        self, one: StandIn | None, path: str, host: str, sent: str, now: datetime
    ) -> tuple[bytes, str, tuple[str, ...]]:
        """Body, media type and cookies of an answer."""
        if one is None:
            return _GIF, "image/gif", ()
        wrong = self.stand_ins.wrong
        cookies = tuple(one.cookies(host, sent, wrong, now))
        if path.endswith(".js"):
            return one.script(wrong).encode(), "text/javascript", cookies
        if one.service.kind in ("embed", "captcha") and not path.endswith(("/collect", ".gif")):
            return one.frame(wrong).encode(), "text/html; charset=utf-8", cookies
        return _GIF, "image/gif", cookies

    def _send(self, status: int, body: bytes, media_type: str, cookies: tuple[str, ...]) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            for cookie in cookies:
                self.send_header("Set-Cookie", cookie)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the browser went away
