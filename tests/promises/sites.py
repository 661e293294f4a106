"""Other people's sites, and own ones as they are before a release: pages by host on this machine, over TLS.

What is looked at is the product's own crawler; the pages here are its input, as a file would be.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.promises.scenario import Answer, Scenario
from zusage import clock
from zusage.deployments.standins import self_signed


@dataclass
class Sites:
    """Pages by address (`https://host/path`); a text that begins with `->` redirects, a missing one is a 404."""

    pages: dict[str, str] = field(default_factory=dict)
    port: int = 0
    asked: list[str] = field(default_factory=list)

    def resolved(self) -> list[str]:
        """The options under which the product finds every host here."""
        return ["--resolve", f"*=127.0.0.1:{self.port}", "--insecure"]

    def scan(self, scene: Scenario, now: str, what: str, *arguments: str) -> Answer:
        """`zusage scan WHAT` with these hosts here."""
        return scene.zusage(now, "scan", what, *arguments, *self.resolved(), "--json")


@contextmanager
def served(pages: dict[str, str], folder: Path) -> Iterator[Sites]:
    """Serves pages until the block ends."""
    sites = Sites(pages)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

        def do_GET(self) -> None:
            address = f"https://{self.headers.get('Host', '').partition(':')[0]}{self.path.partition('?')[0]}"
            sites.asked.append(address)
            text = sites.pages.get(address, sites.pages.get(address.rstrip("/")))
            body = (text or "").encode()
            self.send_response(404 if text is None else 302 if text.startswith("->") else 200)
            if text and text.startswith("->"):
                self.send_header("Location", text[2:])
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    certificate = self_signed(folder / "tls", ["localhost"], clock.now())
    server.socket = certificate.context().wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    server.daemon_threads = True
    sites.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield sites
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
