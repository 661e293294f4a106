"""What visitors and sites do in the tests of several notices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.promises.browsing import Scene, Visitor


def clicks_to(visitor: Visitor, purpose: str, *, wanted: bool) -> int:
    """Answers one purpose by the link in the footer; how many clicks it took."""
    page, clicks = visitor.page, 1
    page.locator("footer a[data-zs=settings]").last.click()
    box = page.locator(f"dialog input[value={purpose}]")
    box.wait_for()
    if box.is_checked() is not wanted:
        box.click()
        clicks += 1
    page.locator("dialog button[value=save]").click()
    visitor.idle()
    return clicks + 1


@contextmanager
def put_back(site: Scene) -> Iterator[Scene]:
    """The site for a test that publishes another version; the declaration is put back afterwards."""
    path = site.scenario.folder / "declaration.yaml"
    text = path.read_text(encoding="utf-8")
    yield site
    path.write_text(text, encoding="utf-8")
    site.restart()
