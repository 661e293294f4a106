"""What a scene stands on: applications served on this machine, and a Chromium that finds them under their real names."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import ARGUMENTS, chromium
from zusage.deployments.standins import Certificate


def register_application(folder: Path) -> str:
    """Makes the deployment's application known to its Zusage; the key under which it speaks."""
    key = token_hex(16)
    secret = folder / "application-key"
    secret.touch(mode=0o600)
    secret.write_text(key, encoding="utf-8")
    (folder / "parties.yaml").write_text(f"application: {{secret: 'file:{secret}'}}\n", encoding="utf-8")
    return key


#: whom a browser that has run for some minutes calls by itself: no page has to do with that, so nobody is there
_MAKERS = ("update.googleapis.com", "clients*.google.com", "optimizationguide-pa.googleapis.com")


@contextmanager
def running_chromium(profile: Path, rules: str, *, cookies: bool = True) -> Iterator[Browser]:
    """A headless Chromium that resolves hosts by `rules` and takes our certificate.

    Its visitors have private profiles, and in those it would refuse the cookies of other sites, unless told otherwise in
    the profile they come from: many visitors' browsers take them, and then the promises must hold, too.
    """
    (profile / "Default").mkdir(parents=True)
    taken = {} if cookies else {"default_content_setting_values": {"cookies": 2}}
    told = {"profile": {"cookie_controls_mode": 0, **taken}}
    (profile / "Default" / "Preferences").write_text(json.dumps(told), encoding="utf-8")
    resolved = ",".join([*(f"MAP {host} ~NOTFOUND" for host in _MAKERS), rules])
    arguments = [*ARGUMENTS, "--ignore-certificate-errors", f"--host-resolver-rules={resolved}"]
    with sync_playwright() as playwright:
        first = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium(), args=arguments, headless=True
        )
        assert first.browser is not None
        yield first.browser
        first.close()


@contextmanager
def served(app: Any, certificate: Certificate | None = None) -> Iterator[int]:
    """An ASGI application on a free port of this machine."""
    files = (
        {"ssl_certfile": str(certificate.certificate), "ssl_keyfile": str(certificate.key)}
        if certificate
        else {}
    )
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="on", **files)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started
    try:
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(timeout=10)
