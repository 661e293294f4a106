"""The test site, and visitors of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.keepers.consent.banner.sample import sample_spec
from tests.keepers.consent.banner.site import Site, serving
from tests.support.browser import stored_cookies

#: The eight ways of a third party into a page, each inert until its purpose was agreed to.
VECTORS = """
<script type="text/plain" data-zusage="statistics" data-src="http://stats.localhost:{port}/parser.js"></script>
<script type="text/plain" data-zusage="marketing">
  var s = document.createElement('script'); s.src = 'http://ads.localhost:{port}/injected.js'; document.head.append(s);
</script>
<script type="text/plain" data-zusage="statistics">fetch('http://stats.localhost:{port}/fetch');</script>
<script type="text/plain" data-zusage="statistics">navigator.sendBeacon('http://stats.localhost:{port}/beacon', 'x');</script>
<img data-zusage="marketing" data-src="http://pixel.localhost:{port}/pixel.gif" alt="">
<img data-zusage="adwind-pixel" data-srcset="http://pixel.localhost:{port}/image.gif 1x" alt="">
<iframe data-zusage="media" data-src="http://video.localhost:{port}/frame" title="Film"></iframe>
<template data-zusage="marketing"><link rel="stylesheet" href="http://ads.localhost:{port}/style.css"></template>
<script type="text/plain" data-zusage="statistics">
  document.cookie = '_zw_1=7; path=/; max-age=999'; localStorage['zw-cache'] = 1; sessionStorage['zw-tab'] = 1;
  indexedDB.open('zw-db');
</script>
"""
VECTOR_PATHS = {
    "/parser.js", "/injected.js", "/fetch", "/beacon", "/pixel.gif", "/image.gif", "/frame", "/style.css",
}  # fmt: skip


@pytest.fixture
def site() -> Iterator[Site]:
    """The site with one page; third parties answer on their own local host names."""
    with ExitStack() as stack:
        made = stack.enter_context(serving(Site(sample_spec, {"/": "", "/zwei": ""})))
        made.third = {
            "/frame": ("text/html", b"<title>Film</title><p>Film"),
            "/style.css": ("text/css", b""),
            "/parser.js": ("text/javascript", b"window.parsed = 1"),
            "/injected.js": ("text/javascript", b"window.injected = 1"),
        }
        yield made


@pytest.fixture
def vectors(site: Site) -> Site:
    """The site whose pages hold all eight vectors."""
    site.pages["/"] = site.pages["/zwei"] = VECTORS.format(port=site.port)
    return site


@pytest.fixture
def errors(browser_page: Page) -> list[str]:
    """What the page's scripts threw and what the policy refused."""
    seen: list[str] = []
    browser_page.on("pageerror", lambda error: seen.append(str(error)))
    browser_page.on("console", lambda said: seen.append(said.text) if said.type == "error" else None)
    return seen


@pytest.fixture
def choice_cookie(browser_context: BrowserContext) -> Callable[[], str | None]:
    """The value of the choice's cookie, None without one."""

    def read() -> str | None:
        found = [one["value"] for one in stored_cookies(browser_context) if one["name"] == "zusage"]
        return str(found[0]) if found else None

    return read
