"""The guard: scripts of the page store what is declared, agreed to and not longer than declared; the rest is reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.keepers.consent.banner.sample import sample_spec
from tests.keepers.consent.banner.site import Site, becomes, recorded, serving
from zusage.keepers.consent.banner import BannerSpec, Item
from zusage.text import Text

pytestmark = pytest.mark.browser
_TRY = """() => {
  document.cookie = '_zw_1=7; path=/; max-age=999'; document.cookie = 'fremd=1; path=/';
  localStorage['zw-cache'] = '1'; localStorage.setItem('zw-cache', '1'); sessionStorage.setItem('zw-tab', '1');
  sessionStorage.fremd = '1';
}"""
_THERE = """() => [document.cookie.split('; ').filter(c => c && !c.startsWith('zusage')),
  Object.keys(localStorage).filter(k => !k.startsWith('zusage')).sort(), Object.keys(sessionStorage)]"""
_AGAIN = """() => { document.cookie = '_zw_2=8; path=/'; localStorage.removeItem('zw-cache');
  localStorage['zw-cache'] = '2'; }"""


def _guarded(port: int) -> BannerSpec:
    spec = sample_spec(port, guard=True)
    short = Item(
        "count-note",
        "zw-note",
        "local-storage",
        Text(de="Notiz", en="Note"),
        "P1D",
        "zaehlwerk",
        "statistics",
    )
    return sample_spec(port, guard=True, items=(*spec.items, short))


@pytest.fixture
def guarded() -> Iterator[Site]:
    """A site whose declaration asks for the guard, under the strict policy."""
    with serving(Site(_guarded, {"/": "", "/zwei": ""}, wall=True)) as site:
        yield site


def _slips(site: Site) -> set[tuple[str, str, str]]:
    return {(one["kind"], one["name"], one["why"]) for one in site.slips}


def test_nothing_is_written_before_the_choice(guarded: Site, browser_page: Page, errors: list[str]) -> None:
    browser_page.goto(guarded.url())
    browser_page.evaluate(_TRY)
    assert browser_page.evaluate(_THERE) == [[], [], []]
    becomes(browser_page, "true")
    expected = {
        ("cookie", "_zw_1", "without consent"),
        ("cookie", "fremd", "undeclared"),
        ("local-storage", "zw-cache", "without consent"),
        ("session-storage", "zw-tab", "without consent"),
        ("session-storage", "fremd", "undeclared"),
    }
    for _ in range(100):
        if _slips(guarded) == expected:
            break
        browser_page.wait_for_timeout(50)
    assert _slips(guarded) == expected
    assert errors == []


def test_what_was_agreed_to_is_written_and_gone_with_the_withdrawal(
    guarded: Site, browser_page: Page, browser_context: BrowserContext
) -> None:
    browser_page.goto(guarded.url())
    browser_page.click("[data-zs=accept]")
    recorded(browser_page)
    becomes(browser_page, "window.zusage && window.zusage.allowed('statistics')")
    browser_page.evaluate(_TRY)
    assert browser_page.evaluate(_THERE) == [["_zw_1=7"], ["zw-cache"], ["zw-tab"]]
    # another tab takes it back: the very next write is held back, and the next page sweeps
    browser_context.clear_cookies(name="zusage")
    browser_page.evaluate(_AGAIN)
    assert browser_page.evaluate(_THERE) == [["_zw_1=7"], [], ["zw-tab"]]
    browser_page.goto(guarded.url("/zwei"))
    assert browser_page.evaluate(_THERE)[2] == []


@pytest.mark.parametrize("how", ["max-age=99999999", "expires=Fri, 31 Dec 2099 23:59:59 GMT", ""])
def test_a_lifetime_is_cut_to_the_declared_one(
    guarded: Site, browser_page: Page, browser_context: BrowserContext, how: str
) -> None:
    browser_page.goto(guarded.url())
    browser_page.click("[data-zs=accept]")
    recorded(browser_page)
    becomes(browser_page, "window.zusage && window.zusage.allowed('statistics')")
    # read back in the page: only then has the browser's other process what was written
    write = """() => {
      for (const name of ['_zw_9', 'session']) document.cookie = name + '=7; path=/; HOW';
      return document.cookie;
    }"""
    assert "session=7" in browser_page.evaluate(write.replace("HOW", how))
    found = {one["name"]: one["expires"] for one in browser_context.cookies()}
    assert found["session"] == -1, "declared for the session"
    if how:
        left = datetime.fromtimestamp(found["_zw_9"], UTC) - datetime.now(UTC)
        assert timedelta(days=390) < left <= timedelta(days=398), (
            "thirteen months, cut by the browser at 400 days"
        )
    else:
        assert found["_zw_9"] == -1


def test_local_storage_ends_with_its_declared_lifetime(
    guarded: Site, browser_page: Page, browser_context: BrowserContext
) -> None:
    browser_page.goto(guarded.url())
    browser_page.click("[data-zs=accept]")
    recorded(browser_page)
    becomes(browser_page, "window.zusage && window.zusage.allowed('statistics')")
    browser_page.evaluate("() => { localStorage['zw-note'] = '1'; localStorage['zw-cache'] = '1'; }")
    browser_page.goto(guarded.url("/zwei"))
    assert browser_page.evaluate(_THERE)[1] == ["zw-cache", "zw-note"]
    browser_context.clock.install(time=datetime.now(UTC) + timedelta(days=1, minutes=1))
    browser_page.goto(guarded.url())
    assert browser_page.evaluate(_THERE)[1] == ["zw-cache"]


def test_databases_and_caches_are_guarded_too(
    guarded: Site, browser_page: Page, choice_cookie: Callable[[], str | None]
) -> None:
    browser_page.goto(guarded.url())
    ask = """async () => { const tried = []; try { indexedDB.open('zw-db'); tried.push('db'); } catch (e) { tried.push(e.name); }
      try { await caches.open('kiste'); tried.push('cache'); } catch (e) { tried.push(e.name); } return tried; }"""
    assert browser_page.evaluate(ask) == ["SecurityError", "SecurityError"]
    browser_page.click("[data-zs=accept]")
    recorded(browser_page)
    becomes(browser_page, "window.zusage && window.zusage.allowed('statistics')")
    assert browser_page.evaluate(ask) == ["db", "SecurityError"], "the box is not declared"
    assert choice_cookie() is not None
