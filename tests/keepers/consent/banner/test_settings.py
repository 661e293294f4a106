"""The way back: a real dialog, and a page that works without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.keepers.consent.banner.site import Site, becomes, recorded

pytestmark = pytest.mark.browser


def test_focus_goes_in_stays_in_and_comes_back(site: Site, browser_page: Page) -> None:
    browser_page.goto(site.url())
    opener = browser_page.locator("#zs [data-zs=settings]")
    opener.focus()
    browser_page.keyboard.press("Enter")
    browser_page.wait_for_selector("dialog[open]")
    inside = "!!document.activeElement.closest('dialog') || document.activeElement === document.body"
    for _ in range(30):
        browser_page.keyboard.press("Tab")
        assert browser_page.evaluate(inside)
    browser_page.keyboard.press("Escape")
    assert browser_page.evaluate("document.activeElement.dataset.zs") == "settings"
    assert browser_page.locator("#zs").is_visible()
    assert site.events == []


def test_the_dialog_shows_every_item_with_provider_and_lifetime(site: Site, browser_page: Page) -> None:
    browser_page.goto(site.url())
    browser_page.click("#zs [data-zs=settings]")
    browser_page.wait_for_selector("dialog[open]")
    text = browser_page.locator("dialog").text_content() or ""
    for item in site.spec.items:
        assert item.name in text
    for vendor in site.spec.vendors.values():
        assert vendor.name in text
    for words in (
        "13 Monate",
        "bis der Browser geschlossen wird",
        "Vereinigte Staaten",
        "Unbedingt erforderlich",
    ):
        assert words in text
    assert text.index("Profiling") < text.index("Alle akzeptieren")


def test_what_was_chosen_is_ticked_and_can_be_withdrawn_one_by_one(site: Site, browser_page: Page) -> None:
    browser_page.goto(site.url())
    browser_page.click("#zs [data-zs=accept]")
    recorded(browser_page)
    browser_page.click("footer a")
    dialog = browser_page.locator("dialog[open]")
    dialog.wait_for()
    boxes = dialog.locator("[name=purpose]").all()
    assert [box.is_checked() for box in boxes] == [True, True, True]
    dialog.get_by_label("Werbung auf anderen Seiten").uncheck()
    dialog.get_by_role("button", name="Auswahl speichern").click()
    becomes(browser_page, "!localStorage.getItem('zusage-queue')")
    assert site.events[-1].purposes == {"statistics": True, "marketing": False, "media": True}
    assert site.events[-1].browser == site.events[0].browser


def test_one_click_gives_everything_and_one_click_takes_everything_back(
    site: Site, browser_page: Page
) -> None:
    """c-21: no more clicks than the consent took; on the very page where it was given, and on every other."""
    browser_page.goto(site.url())
    back = browser_page.locator("footer a[data-zs=withdraw]")
    assert back.is_hidden(), "there is nothing to take back"
    browser_page.click("#zs [data-zs=accept]")
    recorded(browser_page)
    back.click()
    expect(browser_page.get_by_role("status")).to_have_text("Ihre Wahl ist gespeichert.")
    becomes(browser_page, "!localStorage.getItem('zusage-queue')")
    assert [(event.agrees, event.browser) for event in site.events] == [
        (True, site.events[0].browser),
        (False, site.events[0].browser),
    ]
    browser_page.goto(site.url("/zwei"))
    assert back.is_hidden()
    browser_page.click("footer a[data-zs=settings]")
    browser_page.locator("dialog").get_by_role("button", name="Alle akzeptieren").click()
    recorded(browser_page)
    browser_page.goto(site.url())
    assert back.is_visible()


def test_withdrawing_takes_no_more_clicks_than_the_settings_need(site: Site, browser_page: Page) -> None:
    browser_page.goto(site.url())
    browser_page.click("#zs [data-zs=accept]")
    recorded(browser_page)
    browser_page.click("footer a")
    browser_page.locator("dialog").get_by_role("button", name="Alle ablehnen").click()
    becomes(browser_page, "!localStorage.getItem('zusage-queue')")
    assert [event.agrees for event in site.events] == [True, False]


def test_cookies_that_script_cannot_reach_are_named(site: Site, browser_page: Page) -> None:
    browser_page.goto(site.url())
    browser_page.click("#zs [data-zs=accept]")
    recorded(browser_page)
    browser_page.evaluate("Object.defineProperty(document, 'cookie', {get: () => '_aw=1', set() {}}); void 0")
    browser_page.evaluate("zusage.open(document.querySelector('footer a'))")
    browser_page.wait_for_selector("dialog[open]")
    browser_page.keyboard.press("Escape")
    browser_page.evaluate("zusage.load(zusage.config.f).then(() => zusage.remove(['marketing']))")
    becomes(browser_page, "document.getElementById('zs-v').textContent.includes('_aw')")


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(
    site: Site, browser_page: Page, axe: Callable[[Page], list[dict[str, Any]]], width: int, language: str
) -> None:
    site.language = language
    browser_page.set_viewport_size({"width": width, "height": 900})
    for scheme in ("light", "dark"):
        browser_page.emulate_media(color_scheme=scheme)
        browser_page.goto(site.url())
        browser_page.click("#zs [data-zs=settings]")
        browser_page.wait_for_selector("dialog[open]")
        browser_page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert axe(browser_page) == []
        browser_page.goto(site.url("/settings"))
        assert axe(browser_page) == []


def test_everything_works_without_script(vectors: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    try:
        page.goto(vectors.url())
        assert vectors.hits == []
        page.click("#zs [value=reject]")
        assert page.url.endswith("/settings")
        assert [(event.method, event.browser) for event in vectors.events] == [("reject-all", "")]
        page.goto(vectors.url())
        assert page.locator("#zs").count() == 0
        page.click("footer a")
        page.get_by_label("Statistik").check()
        page.get_by_role("button", name="Auswahl speichern").click()
        assert vectors.events[-1].purposes == {"statistics": True, "marketing": False, "media": False}
        assert page.get_by_label("Statistik").is_checked()
        assert not page.get_by_label("Werbung auf anderen Seiten").is_checked()
    finally:
        context.close()


def test_no_banner_stands_before_the_settings_page(site: Site, browser_page: Page) -> None:
    browser_page.goto(site.url("/settings"))
    browser_page.wait_for_timeout(200)
    assert browser_page.locator("#zs").count() == 0


def test_the_settings_page_with_script_removes_what_was_withdrawn(vectors: Site, browser_page: Page) -> None:
    browser_page.goto(vectors.url())
    browser_page.click("[data-zs=accept]")
    recorded(browser_page)
    becomes(browser_page, "'zw-cache' in localStorage")
    browser_page.goto(vectors.url("/settings"))
    browser_page.get_by_role("button", name="Alle ablehnen").click()
    becomes(browser_page, "!('zw-cache' in localStorage)")
    becomes(browser_page, "!localStorage.getItem('zusage-queue')")
    assert not vectors.events[-1].agrees
