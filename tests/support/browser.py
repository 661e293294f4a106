"""A real Chromium (Debian's) and axe-core for pages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.needs import BUILD, missing, program

#: What Playwright switches off by itself: the last list that a browser is told counts.
_PLAYWRIGHT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
)  # fmt: skip
#: Two pages of the browser's own for the address bar of every new window: most of what a test's visitor would cost.
_POPUPS = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
#: Without these it looks up hosts of its maker at every start.
ARGUMENTS = (
    f"--disable-features={','.join(_PLAYWRIGHT + _POPUPS)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: What a page must satisfy: WCAG 2.2 on level AA, as axe-core tests it.
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_VIOLATIONS = """async options => (await axe.run(document, options)).violations
  .map(({id, help, nodes}) => ({id, help, where: nodes.map(node => node.html)}))"""


def chromium() -> Path:
    """The browser: `ZUSAGE_CHROMIUM`, or Debian's."""
    named = os.environ.get("ZUSAGE_CHROMIUM")
    return Path(named) if named else program("chromium", "/usr/bin", package="chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium for a module's tests.

    Not for the session: Playwright runs once in a thread, and the program under test starts it, too (`zusage scan`).
    """
    executable = chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS), headless=True)
        yield running
        running.close()


def stored_cookies(context: BrowserContext) -> list[Any]:
    """A visitor's cookies. What a script wrote is there for the browser's other process once its page has read it back."""
    for page in context.pages:
        if page.url.startswith("http"):
            page.evaluate("document.cookie")
    return list(context.cookies())


@pytest.fixture
def browser_context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh visitor: no cookies, no storage, German."""
    context = browser.new_context(locale="de-DE", timezone_id="Europe/Berlin")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def browser_page(browser_context: BrowserContext) -> Page:
    """An empty tab of a fresh visitor."""
    return browser_context.new_page()


@pytest.fixture(scope="session")
def axe_source() -> str:
    """axe-core's script: `ZUSAGE_AXE`, or where `make test` and CI put it."""
    path = Path(os.environ.get("ZUSAGE_AXE") or BUILD / "npm/node_modules/axe-core/axe.min.js")
    if not path.is_file():
        missing("axe-core is not there; npm install --prefix build/npm axe-core")
    return path.read_text(encoding="utf-8")


@pytest.fixture
def axe(axe_source: str) -> Callable[[Page], list[dict[str, Any]]]:
    """Looks at a page as it is shown; gives what violates WCAG 2.2 AA, each with the elements concerned."""

    def violations(page: Page) -> list[dict[str, Any]]:
        page.evaluate(axe_source)
        options = {"runOnly": {"type": "tag", "values": list(WCAG)}, "resultTypes": ["violations"]}
        # only what is wrong leaves the browser: what passed is many times as much
        found: list[dict[str, Any]] = page.evaluate(_VIOLATIONS, options)
        return found

    return violations
