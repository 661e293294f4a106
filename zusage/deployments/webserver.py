"""A real nginx (a Debian package) before a deployment's pages: what it logs is what the logs keeper takes in."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from zusage.errors import ZusageError

PAGES = ("a.html", "index.html", "deliver", "click", "form")


class NoWebServer(ZusageError):
    """nginx is not installed, or did not start."""


def program() -> str | None:
    """Where nginx is, if it is installed."""
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


@contextlib.contextmanager
def serving(log: Path, log_format: str = "") -> Iterator[int]:
    """nginx on a free port of loopback that logs to `log`, in nginx's combined format or the one given.

    Addresses of visitors come from `X-Forwarded-For`, as behind a proxy. Yields the port. Raises `NoWebServer`.
    """
    found = program()
    if found is None:
        raise NoWebServer("nginx is not installed", hint="apt-get install nginx-light")
    home = log.parent / "nginx"
    (home / "html").mkdir(parents=True, exist_ok=True)
    for name in PAGES:
        (home / "html" / name).write_text("x" * 512)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    (home / "nginx.conf").write_text(_configuration(home, log, log_format, port))
    process = subprocess.Popen(
        [found, "-c", str(home / "nginx.conf"), "-p", str(home)], stderr=subprocess.PIPE
    )
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(10)
        if process.stderr:
            process.stderr.close()


def _configuration(home: Path, log: Path, log_format: str, port: int) -> str:
    user = "user root;" if os.geteuid() == 0 else ""
    named = f"log_format declared '{log_format}';" if log_format else ""
    temporary = " ".join(
        f"{kind}_temp_path {home}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"{user} daemon off; pid {home}/pid; error_log {home}/error.log; worker_processes 1; events {{}}\n"
        f"http {{ {named} {temporary} access_log {log} {'declared' if log_format else 'combined'};\n"
        f"keepalive_requests 100000; set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;\n"
        f"server {{ listen 127.0.0.1:{port}; root {home}/html; error_page 405 =200 $uri; }} }}\n"
    )


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise NoWebServer(
        "nginx did not start", hint="its error.log lies in the folder nginx beside the access log"
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: what for, from which address, with which browser and referrer."""

    path: str
    address: str
    agent: str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    referrer: str = "https://www.beispiel.example/"


def advertising(count: int, seed: int = 1) -> list[Visit]:
    """Deliveries and clicks of two customers' campaigns, pages, and what is not there, by invented visitors."""
    chance = random.Random(seed)
    paths = (
        *(f"/deliver?ad=W-{ad}&campaign=C-{ad % 2 + 7}" for ad in (7, 8, 9, 10)),
        "/click?ad=W-7&campaign=C-8", "/a.html?mail=visitor@example.org", "/missing.html",
    )  # fmt: skip
    return [
        Visit(
            f"{path}&cb={chance.randrange(10**9)}" if "?" in path else path,
            f"198.51.{chance.randrange(256)}.{chance.randrange(1, 255)}"
            if chance.random() < 0.85
            else f"2001:db8:{chance.randrange(65536):x}::{chance.randrange(65536):x}",
        )
        for path in (chance.choice(paths) for _ in range(count))
    ]


def visit(port: int, visits: Sequence[Visit], side_by_side: int = 4) -> float:
    """All these requests, on some connections at once; returns how many a second were answered."""
    begin = time.perf_counter()
    with ThreadPoolExecutor(side_by_side, "visitors") as pool:
        for _ in pool.map(
            lambda part: _ask(port, part), [visits[n::side_by_side] for n in range(side_by_side)]
        ):
            pass
    return len(visits) / (time.perf_counter() - begin)


def _ask(port: int, visits: Sequence[Visit]) -> None:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        for one in visits:
            headers = {"X-Forwarded-For": one.address, "User-Agent": one.agent, "Referer": one.referrer}
            connection.request("GET", one.path, headers=headers)
            connection.getresponse().read()
