"""The first layer in a real browser: equal, reachable, honest."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.keepers.consent.banner.sample import sample_spec
from tests.keepers.consent.banner.site import Site, recorded, serving
from zusage.keepers.consent.banner import build_assets, render_first_layer
from zusage_client.consent import Visitor

pytestmark = pytest.mark.browser

_LOOK = """b => { const s = getComputedStyle(b), r = b.getBoundingClientRect();
  const keys = ['color','backgroundColor','borderTopColor','borderTopWidth','borderTopStyle','borderRadius','opacity','fontSize',
    'fontWeight','fontFamily','textDecorationLine','textTransform','boxShadow','cursor','padding','visibility','filter'];
  return {tag: b.localName, type: b.type, area: r.width * r.height, top: r.top, inside: r.bottom <= innerHeight && r.top >= 0,
    style: keys.map(k => s[k])}; }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1440])
def test_accepting_and_refusing_look_the_same(
    site: Site, browser_page: Page, width: int, scheme: Any
) -> None:
    browser_page.set_viewport_size({"width": width, "height": 640})
    browser_page.emulate_media(color_scheme=scheme)
    browser_page.goto(site.url())
    accept = browser_page.locator("#zs [data-zs=accept]").evaluate(_LOOK)
    reject = browser_page.locator("#zs [data-zs=reject]").evaluate(_LOOK)
    assert accept["style"] == reject["style"]
    assert accept["tag"] == reject["tag"] == "button"
    assert accept["top"] == reject["top"]
    assert accept["area"] == pytest.approx(reject["area"], rel=0.01)
    assert accept["inside"]
    assert reject["inside"]


def test_both_are_one_click_and_neighbours_in_tab_order(site: Site, browser_page: Page) -> None:
    browser_page.goto(site.url())
    order: list[str] = []
    for _ in range(8):
        browser_page.keyboard.press("Tab")
        order.append(
            browser_page.evaluate("document.activeElement.dataset.zs || document.activeElement.textContent")
        )
    assert order.index("reject") == order.index("accept") + 1
    assert order.index("Datenschutzerklärung") < order.index("accept")
    browser_page.locator("#zs [data-zs=reject]").focus()
    browser_page.keyboard.press("Enter")
    recorded(browser_page)
    assert [event.method for event in site.events] == ["reject-all"]


def test_it_is_a_named_region_first_in_the_page_and_takes_no_focus(site: Site, browser_page: Page) -> None:
    browser_page.goto(site.url())
    region = browser_page.get_by_role("region", name="Ihre Einwilligung")
    assert region.count() == 1
    assert browser_page.evaluate("document.body.firstElementChild.id") == "zs"
    assert browser_page.evaluate("document.activeElement.localName") == "body"
    browser_page.click("#next")
    assert browser_page.url.endswith("/zwei")


def test_imprint_and_notice_are_reachable_without_a_choice(site: Site, browser_page: Page) -> None:
    browser_page.set_viewport_size({"width": 320, "height": 568})
    browser_page.goto(site.url())
    for name, path in (("Datenschutzerklärung", "/datenschutz"), ("Impressum", "/impressum")):
        link = browser_page.locator("#zs").get_by_role("link", name=name)
        assert link.is_visible()
        assert link.get_attribute("href") == path
    assert site.events == []


def test_it_says_who_how_many_where_and_how_to_withdraw(site: Site, browser_page: Page) -> None:
    browser_page.set_viewport_size({"width": 1280, "height": 800})
    browser_page.goto(site.url())
    text = browser_page.inner_text("#zs")
    for part in (
        "Nordlicht Laden GmbH",
        "Statistik",
        "4 andere Anbieter",
        "Vereinigte Staaten",
        "Art. 49",
        "widerrufen",
    ):
        assert part in text
    unseen = browser_page.evaluate("(m => m.scrollHeight - m.clientHeight)(document.querySelector('.zs-m'))")
    assert unseen <= 0


def test_closing_refuses(site: Site, browser_page: Page, choice_cookie: Callable[[], str | None]) -> None:
    browser_page.goto(site.url())
    browser_page.get_by_role("button", name="Schließen und alles ablehnen").click()
    recorded(browser_page)
    assert [(event.method, event.agrees) for event in site.events] == [("close", False)]
    assert (choice_cookie() or "").startswith("1.k.")


def test_scrolling_waiting_and_leaving_are_no_choice(site: Site, browser_page: Page) -> None:
    site.pages["/"] = "<p>Text</p>" * 300
    browser_page.goto(site.url())
    browser_page.keyboard.press("End")
    browser_page.keyboard.press("Escape")
    browser_page.mouse.click(5, 5)
    browser_page.click("#next")
    browser_page.wait_for_selector("#zs")
    assert site.events == []
    assert browser_page.context.cookies() == []
    assert browser_page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_no_question_where_nothing_needs_consent(browser_page: Page) -> None:
    def quiet(port: int) -> Any:
        spec = sample_spec(port)
        return sample_spec(port, purposes=(), services=(), items=spec.items_of(""))

    with serving(Site(quiet, {"/": ""})) as site:
        browser_page.goto(site.url())
        assert browser_page.locator("#zs").count() == 0
        assert browser_page.locator("script").count() == 0
        browser_page.get_by_role("link", name="Datenschutz-Einstellungen").click()
        assert "Anmeldung" in (browser_page.locator("main").text_content() or "")


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(
    site: Site, browser_page: Page, axe: Callable[[Page], list[dict[str, Any]]], width: int, language: str
) -> None:
    site.language = language
    browser_page.set_viewport_size({"width": width, "height": 640})
    for scheme in ("light", "dark"):
        browser_page.emulate_media(color_scheme=scheme)
        browser_page.goto(site.url())
        assert axe(browser_page) == []


def test_targets_are_large_and_nothing_moves(site: Site, browser_page: Page) -> None:
    browser_page.add_init_script(
        "window.shift = 0; new PerformanceObserver(l => l.getEntries().forEach(e => shift += e.value))"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    browser_page.set_viewport_size({"width": 320, "height": 568})
    browser_page.goto(site.url())
    for box in (element.bounding_box() for element in browser_page.locator("#zs button").all()):
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    animated = "getComputedStyle(document.getElementById('zs')).animationName"
    assert browser_page.evaluate(animated) == "none"
    assert browser_page.evaluate("shift") == 0


def test_zoom_and_long_words_do_not_hide_the_refusal(site: Site, browser_page: Page) -> None:
    browser_page.set_viewport_size({"width": 320, "height": 256})  # 1280 × 1024 at 400 %
    browser_page.goto(site.url())
    button = browser_page.locator("#zs [data-zs=reject]")
    button.scroll_into_view_if_needed()
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= 320
    button.click()
    browser_page.wait_for_selector("#zs", state="detached")


def test_right_to_left(site: Site, browser_page: Page) -> None:
    browser_page.goto(site.url())
    browser_page.evaluate("document.documentElement.dir = 'rtl'")
    close, title = (browser_page.locator(f"#zs {part}").bounding_box() for part in (".zs-x", "h2"))
    assert close is not None
    assert title is not None
    assert close["x"] + close["width"] <= title["x"]


def _gzip(body: bytes | str) -> int:
    return len(gzip.compress(body.encode() if isinstance(body, str) else body, 9))


@pytest.mark.parametrize("language", ["de", "en"])
def test_bytes_stay_in_their_budgets(language: Any) -> None:
    spec = sample_spec()
    assets = build_assets(spec)
    size = {path: _gzip(asset.body) for path, asset in assets.files.items()}
    first = (
        _gzip(str(render_first_layer(spec, language, Visitor()))) + size[assets.first] + size[assets.style]
    )
    later = ("settings", "more", "waking", "signals", f"zusage-{language}")
    everything = first + sum(size[path] for path in size if any(part in path for part in later))
    assert first <= 4 * 1024
    assert everything <= 9 * 1024
    assert size[assets.core] <= 2 * 1024


def test_names_are_neutral_and_hold_the_hash() -> None:
    assets = build_assets(sample_spec())
    for path in assets.files:
        assert not any(word in path for word in ("cookie", "consent", "banner", "gdpr"))
    changed = build_assets(sample_spec(keep="P12M"))
    assert assets.first != changed.first
    assert assets.style == changed.style
