"""Nothing runs before the choice, after a refusal and after a withdrawal; everything agreed to runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.keepers.consent.banner.conftest import VECTOR_PATHS
from tests.keepers.consent.banner.sample import sample_spec
from tests.keepers.consent.banner.site import Site, becomes, recorded, serving

pytestmark = pytest.mark.browser
_STORED = "[document.cookie.includes('_zw_'), 'zw-cache' in localStorage, 'zw-tab' in sessionStorage]"
_DATABASES = "indexedDB.databases().then(all => all.map(d => d.name))"


def _quiet(site: Site, page: Page) -> None:
    """A whole visit, with time for anything to slip out."""
    page.goto(site.url())
    page.goto(site.url("/zwei"))
    page.mouse.wheel(0, 500)
    page.wait_for_timeout(400)


def test_eight_of_eight_are_silent_before_and_after_a_refusal(vectors: Site, browser_page: Page) -> None:
    _quiet(vectors, browser_page)
    assert vectors.hits == []
    browser_page.click("[data-zs=reject]")
    recorded(browser_page)
    _quiet(vectors, browser_page)
    assert vectors.hits == []
    assert browser_page.evaluate(_STORED) == [False, False, False]


def test_all_eight_run_once_after_consent(vectors: Site, browser_page: Page, errors: list[str]) -> None:
    browser_page.goto(vectors.url())
    browser_page.click("[data-zs=accept]")
    recorded(browser_page)
    becomes(browser_page, "window.parsed && window.injected")
    browser_page.wait_for_timeout(300)
    assert {path for _, path in vectors.hits} == VECTOR_PATHS
    assert len(vectors.hits) == 8
    assert browser_page.evaluate(_STORED) == [True, True, True]
    assert errors == []


def test_withdrawal_silences_and_removes(
    vectors: Site, browser_page: Page, choice_cookie: Callable[[], str | None]
) -> None:
    browser_page.goto(vectors.url())
    browser_page.click("[data-zs=accept]")
    recorded(browser_page)
    becomes(browser_page, "window.parsed")
    browser = vectors.events[0].browser
    browser_page.get_by_role("link", name="Datenschutz-Einstellungen").click()
    with browser_page.expect_navigation():
        browser_page.locator("dialog").get_by_role("button", name="Alle ablehnen").click()
    recorded(browser_page)
    vectors.hits.clear()
    _quiet(vectors, browser_page)
    assert vectors.hits == []
    assert browser_page.evaluate(_STORED) == [False, False, False]
    assert browser_page.evaluate(_DATABASES) == []
    withdrawal = vectors.events[-1]
    assert (withdrawal.agrees, withdrawal.browser) == (False, browser)
    assert browser not in (choice_cookie() or "")


def test_one_purpose_does_not_open_another(vectors: Site, browser_page: Page) -> None:
    browser_page.goto(vectors.url())
    browser_page.click("[data-zs=settings]")
    dialog = browser_page.locator("dialog[open]")
    dialog.wait_for()
    assert [box.is_checked() for box in dialog.locator("input[type=checkbox]").all()] == [False] * 5
    dialog.get_by_label("Statistik").check()
    dialog.get_by_role("button", name="Auswahl speichern").click()
    recorded(browser_page)
    becomes(browser_page, "window.parsed")
    browser_page.wait_for_timeout(200)
    assert vectors.hosts() == {"stats.localhost"}
    assert vectors.events[0].purposes == {"statistics": True, "marketing": False, "media": False}


def test_the_wall_stands_even_where_markup_is_careless(site: Site, browser_page: Page) -> None:
    site.wall = True
    careless = f"""<img src="http://pixel.localhost:{site.port}/p.gif" alt="">
      <script src="http://stats.localhost:{site.port}/s.js"></script>
      <iframe src="http://video.localhost:{site.port}/frame" title="f"></iframe>"""
    site.pages["/"] = careless
    browser_page.goto(site.url())
    browser_page.wait_for_timeout(300)
    assert site.hits == []
    with browser_page.expect_navigation():
        browser_page.click("[data-zs=accept]")
    browser_page.wait_for_load_state("load")
    assert site.hosts() == {"pixel.localhost", "stats.localhost", "video.localhost"}


def test_strict_policy_with_trusted_types_has_no_violation(
    vectors: Site, browser_page: Page, errors: list[str]
) -> None:
    vectors.wall = True
    browser_page.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error('policy ' + e.violatedDirective + e.blockedURI))"
    )
    browser_page.goto(vectors.url())
    browser_page.click("[data-zs=settings]")
    browser_page.wait_for_selector("dialog[open]")
    browser_page.keyboard.press("Escape")
    assert vectors.hits == []
    # the page's own script that builds a script by hand is what trusted types are there to refuse: left out here
    vectors.pages["/"] = vectors.pages["/"].replace("s.src =", "s.title =")
    browser_page.goto(vectors.url())
    with browser_page.expect_navigation():
        browser_page.click("[data-zs=accept]")
    becomes(browser_page, "window.parsed")
    browser_page.wait_for_timeout(200)
    assert {path for _, path in vectors.hits} == VECTOR_PATHS - {"/injected.js"}
    assert errors == []


def test_consent_mode_follows_the_purposes(site: Site, browser_page: Page) -> None:
    said = "(window.dataLayer || []).filter(a => a[0] === 'consent').map(a => [a[1], a[2]])"
    browser_page.goto(site.url())
    assert browser_page.evaluate(said) == []
    browser_page.click("[data-zs=settings]")
    browser_page.locator("dialog").get_by_label("Statistik").check()
    browser_page.locator("dialog").get_by_role("button", name="Auswahl speichern").click()
    recorded(browser_page)
    becomes(browser_page, "window.dataLayer && window.dataLayer.length === 2")
    calls = browser_page.evaluate(said)
    denied = dict.fromkeys(("ad_storage", "ad_user_data", "ad_personalization"), "denied")
    assert calls == [
        ["default", denied | {"analytics_storage": "denied"}],
        ["update", denied | {"analytics_storage": "granted"}],
    ]


def test_single_page_applications(site: Site, browser_page: Page) -> None:
    browser_page.goto(site.url())
    add = """path => { history.pushState({}, '', path); const s = document.createElement('script'); s.type = 'text/plain';
      s.dataset.zusage = 'statistics'; s.dataset.src = 'http://stats.localhost:PORT' + path; document.body.append(s); }"""
    add = add.replace("PORT", str(site.port))
    browser_page.evaluate(add, "/eins")
    browser_page.wait_for_timeout(200)
    assert site.hits == []
    browser_page.click("[data-zs=accept]")
    recorded(browser_page)
    browser_page.evaluate(add, "/zwei")
    browser_page.wait_for_timeout(300)
    assert sorted(path for _, path in site.hits) == ["/eins", "/zwei"]


def test_a_page_without_server_rendering_asks_too(vectors: Site, browser_page: Page) -> None:
    vectors.render = False
    _quiet(vectors, browser_page)
    region = browser_page.get_by_role("region", name="Ihre Einwilligung")
    assert "4 andere Anbieter" in region.inner_text()
    assert vectors.hits == []
    region.get_by_role("button", name="Alle akzeptieren").click()
    recorded(browser_page)
    becomes(browser_page, "window.parsed")


def test_watch_mode_names_what_slipped_through(browser_page: Page) -> None:
    with serving(Site(lambda port: sample_spec(port, watch=True), {"/": ""})) as site:
        # hosts are declared without a port
        careless = f'<img src="http://rogue.localhost:{site.port}/x.gif" alt=""><script>document.cookie="_zw_9=1";</script>'
        site.pages["/"] = careless
        browser_page.goto(site.url())
        browser_page.wait_for_timeout(500)
        found = {(slip["kind"], slip["name"], slip["why"]) for slip in site.slips}
        assert found == {("host", "rogue.localhost", "undeclared"), ("cookie", "_zw_9", "without consent")}


def test_gpc_is_a_refusal_without_a_cookie_below_an_explicit_choice(vectors: Site, browser: Browser) -> None:
    context = browser.new_context(locale="de-DE", extra_http_headers={"Sec-GPC": "1"})
    context.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    page = context.new_page()
    try:
        page.goto(vectors.url())
        page.wait_for_timeout(200)
        assert page.locator("#zs").count() == 0
        assert (vectors.hits, context.cookies(), vectors.events) == ([], [], [])
        assert "Global Privacy Control" in page.inner_text("footer")
        page.get_by_role("link", name="Datenschutz-Einstellungen").click()
        page.locator("dialog").get_by_role("button", name="Alle akzeptieren").click()
        becomes(page, "window.parsed")
        assert [(event.signal, event.agrees) for event in vectors.events] == [("gpc", True)]
    finally:
        context.close()


def test_do_not_track_alone_is_a_refusal_too(vectors: Site, browser_context: BrowserContext) -> None:
    browser_context.add_init_script("Object.defineProperty(navigator, 'doNotTrack', {value: '1'})")
    page = browser_context.new_page()
    page.goto(vectors.url())
    page.wait_for_selector("#zs", state="detached")
    page.wait_for_timeout(200)
    assert vectors.hits == []
    assert browser_context.cookies() == []
