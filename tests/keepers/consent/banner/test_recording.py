"""A proof survives the click: leaving, a dead service, no network, no storage, two tabs, the back button, a wrong clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.keepers.consent.banner.site import Site, becomes, recorded
from zusage.keepers.consent.banner import build_assets
from zusage.text import Text
from zusage_client.consent import Choice

pytestmark = pytest.mark.browser


def _waits(site: Site, page: Page, count: int) -> None:
    for _ in range(100):
        if len(site.events) >= count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{len(site.events)} of {count} proofs arrived")


def test_ten_of_ten_proofs_survive_leaving_at_once(site: Site, browser_page: Page) -> None:
    """The hundred, with a real preflight, are counted in benchmarks/banner.py."""
    site.delay = 0.1
    browser_page.goto(site.url())
    for _ in range(10):
        browser_page.context.clear_cookies()
        browser_page.goto(site.url())
        browser_page.evaluate(
            "target => { document.querySelector('[data-zs=accept]').click(); location.href = target; }",
            site.url("/zwei"),
        )
        browser_page.wait_for_url("**/zwei")
    _waits(site, browser_page, 10)
    assert len({event.id for event in site.events}) == 10
    assert all(event.agrees for event in site.events)


def test_a_dead_service_lets_nothing_run_and_keeps_the_proof(
    vectors: Site, browser_page: Page, choice_cookie: Callable[[], str | None]
) -> None:
    vectors.failing = True
    browser_page.goto(vectors.url())
    browser_page.click("[data-zs=accept]")
    browser_page.wait_for_selector("#zs", state="detached")
    browser_page.wait_for_timeout(300)
    browser_page.goto(vectors.url("/zwei"))
    browser_page.wait_for_timeout(300)
    assert vectors.hits == []
    assert browser_page.locator("#zs").count() == 0
    assert browser_page.inner_text("h1") == "Laden"
    pending = Choice.parse(choice_cookie() or "")
    assert pending is not None
    assert not pending.recorded
    vectors.failing = False
    browser_page.goto(vectors.url())
    recorded(browser_page)
    becomes(browser_page, "window.parsed")
    assert len(vectors.events) == 1
    kept = Choice.parse(choice_cookie() or "")
    assert kept is not None
    assert kept.recorded


def test_offline_the_proof_waits(vectors: Site, browser_context: BrowserContext, browser_page: Page) -> None:
    browser_page.goto(vectors.url())
    browser_context.set_offline(True)
    browser_page.click("[data-zs=accept]")
    browser_page.wait_for_timeout(500)
    assert vectors.events == []
    browser_context.set_offline(False)
    _waits(vectors, browser_page, 1)
    becomes(browser_page, "window.parsed")


def test_a_refused_event_is_no_consent(
    vectors: Site, browser_page: Page, choice_cookie: Callable[[], str | None]
) -> None:
    browser_page.goto(vectors.url())
    browser_page.evaluate("zusage.config.t.de = '0'.repeat(32)")
    browser_page.click("[data-zs=accept]")
    becomes(browser_page, "!localStorage.getItem('zusage-queue')")
    assert vectors.refused[0].startswith("outdated")
    assert choice_cookie() is None
    browser_page.goto(vectors.url("/zwei"))
    assert browser_page.locator("#zs").count() == 1
    assert vectors.hits == []


@pytest.mark.parametrize(
    "broken",
    [
        "Storage.prototype.setItem = () => { throw new Error('full') }",
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked') }})",
    ],
    ids=["full", "blocked"],
)
def test_storage_full_or_blocked(vectors: Site, browser_context: BrowserContext, broken: str) -> None:
    browser_context.add_init_script(broken)
    page = browser_context.new_page()
    vectors.pages["/"] = vectors.pages["/"].replace("localStorage['zw-cache'] = 1;", "")
    page.goto(vectors.url())
    page.click("[data-zs=accept]")
    becomes(page, "window.parsed")
    assert len(vectors.events) == 1


def test_cookies_blocked(vectors: Site, browser_context: BrowserContext) -> None:
    browser_context.add_init_script(
        "Object.defineProperty(Document.prototype, 'cookie', {get() { return '' }, set() {}})"
    )
    page = browser_context.new_page()
    page.goto(vectors.url())
    page.click("[data-zs=reject]")
    page.wait_for_selector("#zs", state="detached")
    page.goto(vectors.url("/zwei"))
    page.wait_for_selector("#zs")
    assert vectors.hits == []


def test_two_tabs_agree(vectors: Site, browser_context: BrowserContext) -> None:
    one, two = browser_context.new_page(), browser_context.new_page()
    for page in (one, two):
        page.goto(vectors.url())
    one.click("[data-zs=accept]")
    becomes(two, "window.parsed")
    assert two.locator("#zs").count() == 0
    assert len(vectors.events) == 1
    one.click("footer a")
    with two.expect_navigation():
        one.locator("dialog").get_by_role("button", name="Alle ablehnen").click()
    recorded(two)
    assert two.evaluate("window.parsed") is None
    assert len(vectors.events) == 2


def test_session_storage_of_other_tabs_goes_too(vectors: Site, browser_context: BrowserContext) -> None:
    open_, away, third = (browser_context.new_page() for _ in range(3))
    for page in (open_, away, third):
        page.goto(vectors.url())
    open_.click("[data-zs=accept]")
    for page in (open_, away, third):
        becomes(page, "'zw-tab' in sessionStorage")
    away.goto(f"http://away.localhost:{vectors.port}/")
    open_.focus("footer a")
    open_.keyboard.press("Enter")
    open_.locator("dialog").get_by_role("button", name="Alle ablehnen").click()
    becomes(open_, "!('zw-tab' in sessionStorage)")
    becomes(third, "!('zw-tab' in sessionStorage)")
    away.goto(vectors.url("/zwei"))
    becomes(away, "!('zw-tab' in sessionStorage)")


def test_back_forward_cache_shows_the_present_choice(site: Site, browser_page: Page) -> None:
    browser_page.goto(site.url())
    browser_page.click("#next")
    browser_page.click("[data-zs=reject]")
    recorded(browser_page)
    browser_page.go_back()
    # whether restored or loaded anew: the question was answered
    browser_page.wait_for_selector("#zs", state="detached")
    browser_page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert browser_page.locator("#zs").count() == 0


def test_the_browsers_clock_is_not_believed(site: Site, browser_context: BrowserContext) -> None:
    browser_context.clock.set_fixed_time("2041-02-03T04:05:06Z")
    page = browser_context.new_page()
    page.goto(site.url())
    page.click("[data-zs=accept]")
    recorded(page)
    assert not any("2041" in str(value) for value in site.bodies[0].values())
    assert page.locator("#zs").count() == 0


def test_a_refusal_carries_no_identifier(
    site: Site, browser_page: Page, choice_cookie: Callable[[], str | None]
) -> None:
    seen = set()
    for _ in range(2):
        browser_page.context.clear_cookies()
        browser_page.goto(site.url())
        browser_page.click("[data-zs=reject]")
        recorded(browser_page)
        seen.add(choice_cookie())
    assert len(seen) == 1
    assert [event.browser for event in site.events] == ["", ""]
    assert browser_page.evaluate("localStorage.length") == 0


def test_consent_and_refusal_live_equally_long(site: Site, browser_page: Page) -> None:
    ends = []
    for answer in ("accept", "reject"):
        browser_page.context.clear_cookies()
        browser_page.goto(site.url())
        browser_page.click(f"[data-zs={answer}]")
        recorded(browser_page)
        ends += [cookie["expires"] for cookie in browser_page.context.cookies()]
    assert ends[0] == pytest.approx(ends[1], abs=60)


def test_new_words_ask_again_and_keep_what_is_unchanged(vectors: Site, browser_page: Page) -> None:
    browser_page.goto(vectors.url())
    browser_page.click("[data-zs=accept]")
    recorded(browser_page)
    for _ in range(100):
        if len(vectors.hits) >= 8:
            break
        browser_page.wait_for_timeout(50)
    spec = vectors.spec
    marketing = replace(spec.purposes[1], text=Text(de="Neuer Zweck", en="New purpose"))
    vectors.spec = replace(spec, purposes=(spec.purposes[0], marketing, spec.purposes[2]))
    vectors.assets = build_assets(vectors.spec)
    vectors.hits.clear()
    browser_page.goto(vectors.url())
    becomes(browser_page, "window.parsed")
    browser_page.wait_for_timeout(200)
    assert browser_page.locator("#zs").count() == 1
    assert vectors.hosts() == {"stats.localhost", "video.localhost"}
