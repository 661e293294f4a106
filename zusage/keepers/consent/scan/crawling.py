"""Which pages there are: the sitemap's, and the links of a page to its own site."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

_LOCATION = re.compile(r"<loc>\s*([^<\s]+)\s*</loc>")
#: what is no page to look at, and what would change something
_SKIPPED = re.compile(
    r"\.(?:pdf|zip|png|jpe?g|gif|svg|webp|mp4|mp3|docx?|xlsx?|ics)$|logout|abmelden|delete", re.IGNORECASE
)


def listed_pages(context: Any, url: str) -> list[str]:
    """The addresses of the site's own sitemap; none where there is no sitemap."""
    from playwright.sync_api import Error

    try:
        answer = context.request.get(urljoin(url, "/sitemap.xml"), timeout=5000)
    except Error:
        return []
    if not answer.ok:
        return []
    site = urlsplit(url).netloc
    return [address for address in _LOCATION.findall(answer.text()) if urlsplit(address).netloc == site]


def links_of(page: Any, site: str) -> list[str]:
    """Addresses on the same site that a page links to, without fragments, in their order."""
    found = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    bare = (urldefrag(address).url for address in found)
    own = (
        address
        for address in bare
        if urlsplit(address).netloc == site and not _SKIPPED.search(urlsplit(address).path)
    )
    return list(dict.fromkeys(own))
