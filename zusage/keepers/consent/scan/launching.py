"""Starting the browser: the system's own Chromium, quiet, and no easier to recognise than a visitor's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zusage.errors import MissingExtra, ZusageError

#: Environment variable that names the browser.
VARIABLE = "ZUSAGE_CHROMIUM"
#: seconds that a browser may take to start
_STARTS = 20
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # frames of other sites stay in reach of one protocol session
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process",
    # a site must not behave for the scanner as it would not for a visitor
    "--disable-blink-features=AutomationControlled",
)


class MissingBrowser(ZusageError):
    """There is no browser to look with."""

    exit_code = 3

    def __init__(self, named: str | None = None) -> None:
        said = f"there is no browser at {named}" if named else "no Chromium or Chrome is installed"
        super().__init__(said, hint=f"on Debian: apt-get install chromium; or name one in {VARIABLE}")


def find_browser(named: str | Path | None = None) -> Path:
    """The browser's program: `named`, `ZUSAGE_CHROMIUM`, or the system's. Raises `MissingBrowser`."""
    wanted = str(named or os.environ.get(VARIABLE) or "")
    if wanted:
        if not Path(wanted).is_file():
            raise MissingBrowser(wanted)
        return Path(wanted)
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    raise MissingBrowser()


@contextmanager
def running_browser(
    program: str | Path | None = None, *, resolve: Mapping[str, str] | None = None, insecure: bool = False
) -> Iterator[Any]:
    """A headless Chromium of Playwright until the block ends; `resolve` maps host patterns to addresses, `insecure`
    takes any certificate (for every kind of request, which the setting of a context does not).

    Raises `MissingBrowser` and, without Playwright, `MissingExtra`.
    """
    executable = find_browser(program)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise MissingExtra("scan", "looking at a site with a browser") from None
    arguments = [*_ARGUMENTS]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium has no sandbox for root
    if insecure:
        arguments.append("--ignore-certificate-errors")
    if resolve:
        rules = ", ".join(f"MAP {host} {address}" for host, address in resolve.items())
        arguments.append(f"--host-resolver-rules={rules}")
    with tempfile.TemporaryDirectory(prefix="zusage-scan-", ignore_cleanup_errors=True) as profile:
        _permissive(Path(profile))
        arguments += ["--headless", "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(
            [executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            port = _debugging_port(Path(profile), process)
            with sync_playwright() as playwright:
                browser = _connected(playwright, port, executable)
                try:
                    yield browser
                finally:
                    browser.close()
        finally:
            process.terminate()
            process.wait(timeout=10)


def _connected(playwright: Any, port: str, executable: Path) -> Any:
    from playwright.sync_api import Error

    try:
        return playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
    except Error:
        raise MissingBrowser(str(executable)) from None


def _permissive(profile: Path) -> None:
    """Cookies of other sites are taken, as many visitors' browsers do: what a site tries is to be seen. Each of our visitors
    has a private profile, which would refuse them by itself."""
    (profile / "Default").mkdir()
    told = {"profile": {"cookie_controls_mode": 0}}
    (profile / "Default" / "Preferences").write_text(json.dumps(told), encoding="utf-8")


def _debugging_port(profile: Path, process: subprocess.Popen[bytes]) -> str:
    said, until = profile / "DevToolsActivePort", time.monotonic() + _STARTS
    while time.monotonic() < until and process.poll() is None:
        if said.exists() and (lines := said.read_text(encoding="utf-8").split()):
            return lines[0]
        time.sleep(0.02)
    raise MissingBrowser(str(process.args[0] if isinstance(process.args, list) else process.args))
