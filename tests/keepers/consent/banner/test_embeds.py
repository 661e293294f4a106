"""Embeds: who is behind it before anything loads, once, always, and the way there without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.keepers.consent.banner.site import Site, becomes, recorded
from zusage.keepers.consent.banner import render_embed

pytestmark = pytest.mark.browser


@pytest.fixture
def films(site: Site) -> Site:
    """A page with two films and a map, whose visitor has refused everything else."""
    for number, service in enumerate(("filmhaus", "filmhaus", "kartenamt")):
        host = "maps" if service == "kartenamt" else "video"
        site.pages["/"] += str(
            render_embed(
                site.spec,
                "de",
                service,
                f"http://{host}.localhost:{site.port}/frame?{number}",
                f"Rundgang {number}",
                preview="/bild.png",
                direct="https://filmhaus.example/v/1",
                content=f"rundgang-{number}",
            )
        )
    return site


def _refused(site: Site, page: Page) -> None:
    page.goto(site.url())
    page.click("[data-zs=reject]")
    recorded(page)


def test_nothing_loads_before_the_click_and_the_provider_is_named(films: Site, browser_page: Page) -> None:
    _refused(films, browser_page)
    figure = browser_page.locator("figure").first
    for words in ("Filmhaus Media Ltd.", "Irland", "Vereinigte Staaten", "Rundgang 0", "IP-Adresse"):
        assert words in figure.inner_text()
    assert figure.get_by_role("link").get_attribute("href") == "https://filmhaus.example/v/1"
    assert films.hits == []


@pytest.mark.parametrize("wall", [False, True])
def test_once_loads_this_one_with_a_proof_of_its_own(films: Site, browser_page: Page, wall: bool) -> None:
    films.wall = wall
    _refused(films, browser_page)
    browser_page.locator("figure").nth(1).get_by_role("button", name="Einmal laden").click()
    browser_page.wait_for_selector("iframe")
    browser_page.wait_for_timeout(200)
    assert [path for _, path in films.hits] == ["/frame"]
    assert browser_page.locator("iframe").get_attribute("title") == "Rundgang 1"
    assert browser_page.evaluate("document.activeElement.localName") == "iframe"
    proof = films.events[-1]
    assert (proof.method, proof.services, proof.content, proof.browser) == (
        "once",
        {"filmhaus": True},
        "rundgang-1",
        "",
    )
    browser_page.goto(films.url())
    browser_page.wait_for_timeout(200)
    assert browser_page.locator("iframe").count() == 0


@pytest.mark.parametrize("wall", [False, True])
def test_always_covers_this_provider_and_no_other(films: Site, browser_page: Page, wall: bool) -> None:
    films.wall = wall
    _refused(films, browser_page)
    browser_page.locator("figure").first.get_by_role("button", name="Filmhaus Media Ltd. immer laden").click()
    becomes(browser_page, "document.querySelectorAll('iframe').length === 2")
    browser_page.wait_for_timeout(500)  # behind a wall the page loads itself anew
    browser_page.wait_for_load_state()
    browser_page.goto(films.url())
    becomes(browser_page, "document.querySelectorAll('iframe').length === 2")
    assert films.hosts() == {"video.localhost"}
    assert films.events[-1].services == {"filmhaus": True}
    assert not any(films.events[-1].purposes.values())


def test_always_can_be_undone_in_the_settings(films: Site, browser_page: Page) -> None:
    _refused(films, browser_page)
    browser_page.locator("figure").first.get_by_role("button", name="Filmhaus Media Ltd. immer laden").click()
    browser_page.wait_for_selector("iframe")
    browser_page.focus("footer a")
    browser_page.keyboard.press("Enter")
    dialog = browser_page.locator("dialog[open]")
    dialog.wait_for()
    browser_page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    box = dialog.get_by_label("Filmhaus Media Ltd. immer laden")
    assert box.is_checked()
    box.uncheck()
    with browser_page.expect_navigation():
        dialog.get_by_role("button", name="Auswahl speichern").click()
    browser_page.wait_for_timeout(200)
    assert browser_page.locator("iframe").count() == 0
    assert films.events[-1].services == {"filmhaus": False}


def test_a_dead_service_leaves_the_placeholder(films: Site, browser_page: Page) -> None:
    _refused(films, browser_page)
    films.failing = True
    browser_page.locator("figure").first.get_by_role("button", name="Einmal laden").click()
    becomes(browser_page, "(document.getElementById('zs-v') || {}).textContent")
    assert browser_page.locator("iframe").count() == 0
    assert films.hits == []


def test_axe_finds_nothing(
    films: Site, browser_page: Page, axe: Callable[[Page], list[dict[str, Any]]]
) -> None:
    for width in (320, 1280):
        browser_page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            browser_page.emulate_media(color_scheme=scheme)
            browser_page.goto(films.url())
            assert axe(browser_page) == []


def test_a_foreign_preview_and_an_unknown_service_are_refused(site: Site) -> None:
    with pytest.raises(ValueError, match="this site"):
        render_embed(site.spec, "de", "filmhaus", "x", "x", preview="https://i.example/p.jpg")
    with pytest.raises(KeyError):
        render_embed(site.spec, "de", "nobody", "x", "x")
