"""A page whose truth is known: thirteen things stored, seven third parties asked, one of the things late, one on scrolling."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

#: kind, name: the first-party cookies by header, hidden, by script, by `cookieStore`, late, on scrolling, on a sub-page
STORED = {
    ("cookie", "plain"), ("cookie", "hidden"), ("cookie", "script"), ("cookie", "store"), ("cookie", "late"),
    ("cookie", "scrolled"), ("cookie", "below"), ("cookie", "foreign"), ("local-storage", "kept-1"),
    ("local-storage", "kept-2"), ("session-storage", "tab"), ("indexed-db", "base"), ("cache", "box"),
}  # fmt: skip
ENDPOINTS = {"css", "script", "pixel", "frame", "fetch", "beacon", "socket"}
_HOME = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Bekannt</title>
<link rel="stylesheet" href="http://css.localhost:{port}/a.css"><script src="http://script.localhost:{port}/a.js"></script></head>
<body><h1>Bekannt</h1><img src="http://pixel.localhost:{port}/p.gif?u=1" alt=""><iframe src="http://frame.localhost:{port}/f"></iframe>
<p style="height:3000px"></p><a href="/unten">unten</a>
<script>
document.cookie = 'script=1; max-age=86400; path=/';
cookieStore.set({{name: 'store', value: '1', expires: Date.now() + 86400000}});
setTimeout(() => {{ document.cookie = 'late=1; path=/'; }}, 5000);
addEventListener('scroll', () => {{ document.cookie = 'scrolled=1; path=/'; }}, {{once: true}});
localStorage.setItem('kept-1', 'a'); localStorage['kept-2'] = 'b'; sessionStorage.setItem('tab', 'c');
indexedDB.open('base'); caches.open('box').then(box => box.put('/x', new Response('y')));
fetch('http://fetch.localhost:{port}/x', {{mode: 'no-cors'}}); navigator.sendBeacon('http://beacon.localhost:{port}/b', 'x');
new WebSocket('ws://socket.localhost:{port}/w');
document.createElement('canvas').toDataURL();
</script></body></html>"""


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        host, port = (self.headers.get("Host") or ":").split(":")
        path = urlsplit(self.path).path
        cookies: tuple[str, ...] = ()
        kind, body = "text/html", b""
        if host == "known.localhost" and path == "/":
            body = _HOME.format(port=port).encode()
            cookies = ("plain=1; Max-Age=31536000; Path=/", "hidden=1; HttpOnly; Path=/")
        elif host == "known.localhost" and path == "/unten":
            body, cookies = b"<!doctype html><title>u</title><p>unten", ("below=1; Path=/",)
        elif path == "/p.gif":
            kind, cookies = "image/gif", ("foreign=1; Max-Age=99999; Path=/",)
        elif path == "/a.css":
            kind = "text/css"
        elif path == "/a.js":
            kind = "text/javascript"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for cookie in cookies:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 the base class's name


@contextmanager
def known_site() -> Iterator[int]:
    """Serves the page on a free loopback port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
