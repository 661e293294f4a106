"""Starting the browser: the system's own Chromium, quiet, and no easier to recognise than a visitor's."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zusage.errors import MissingExtra, ZusageError

#: Environment variable that names the browser.
VARIABLE = "ZUSAGE_CHROMIUM"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # frames of other sites stay in reach of one protocol session; and no window of a visitor's gets two pages of the
    # browser's own for its address bar, which cost more than most sites
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process,WebUIOmniboxPopup,WebUIOmniboxAimPopup",
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
        from playwright.sync_api import Error, sync_playwright
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
    with (
        tempfile.TemporaryDirectory(prefix="zusage-scan-", ignore_cleanup_errors=True) as profile,
        sync_playwright() as playwright,
    ):
        _permissive(Path(profile))
        try:
            first = playwright.chromium.launch_persistent_context(
                profile, executable_path=executable, args=arguments, headless=True
            )
        except Error:
            raise MissingBrowser(str(executable)) from None
        try:
            yield first.browser
        finally:
            first.close()


def _permissive(profile: Path) -> None:
    """Cookies of other sites are taken, as many visitors' browsers do: what a site tries is to be seen. Each of our visitors
    has a private profile, which would refuse them by itself, were it not for the one it comes from."""
    (profile / "Default").mkdir()
    told = {"profile": {"cookie_controls_mode": 0}}
    (profile / "Default" / "Preferences").write_text(json.dumps(told), encoding="utf-8")
