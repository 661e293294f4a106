"""The pages behind links in mails, in a real browser: readable by everybody, yes and no alike, without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.keepers.consent.conftest import ADA, Publisher

pytestmark = pytest.mark.browser
STYLE = (
    "font-size",
    "font-weight",
    "color",
    "background-color",
    "border-top-color",
    "padding-left",
    "height",
    "width",
)


@pytest.fixture
def opened(publisher: Publisher, browser_page: Page) -> Callable[[str], Page]:
    """Opens a path of the publisher's pages."""

    def answer(route: Route) -> None:
        said = publisher.client.request(
            route.request.method, route.request.url, content=route.request.post_data_buffer,
            headers={name: value for name, value in route.request.headers.items() if name != "host"},
        )  # fmt: skip
        route.fulfill(status=said.status_code, headers=dict(said.headers), body=said.content)

    def go(path: str) -> Page:
        browser_page.goto(f"https://nord.example{path}")
        return browser_page

    browser_page.route("**/*", answer)
    return go


@pytest.mark.parametrize("language", ["de", "en"])
def test_everybody_can_read_and_answer(
    publisher: Publisher,
    opened: Callable[[str], Page],
    axe: Callable[[Page], list[dict[str, Any]]],
    language: str,
) -> None:
    publisher.subscribe(ADA, language=language)
    publisher.confirm(ADA)
    publisher.at("2025-03-01T09:15")
    publisher.mailing(ADA, language=language)
    leave = publisher.link(publisher.mails(ADA)[-1], "unsubscribe")
    asked = {
        "purpose": "release",
        "address": ADA,
        "scope": "akademie-1",
        "recipient": "Beispiel Akademie",
        "language": language,
    }
    publisher.at("2025-03-01T09:30")
    publisher.api("consent-requests", asked | {"data": "Lebenslauf"}, 202)
    question = publisher.link(publisher.mails(ADA)[-1], "confirm")
    page = opened(question)
    assert page.locator("html").get_attribute("lang") == language
    assert axe(page) == []
    buttons = page.locator("main button")
    styles = [
        button.evaluate(
            "(one, names) => names.map(name => getComputedStyle(one)[name].replace(/[.][0-9]+px/, 'px'))",
            list(STYLE),
        )
        for button in (buttons.nth(0), buttons.nth(1))
    ]
    assert styles[0] == styles[1], "yes and no weigh the same"
    buttons.nth(1).click()
    assert axe(page) == []
    assert publisher.may("release/akademie-1", ADA)["code"] == "withdrawn"
    page = opened(question)
    assert "abgelaufen" in page.locator("main").inner_text() or "run out" in page.locator("main").inner_text()
    assert axe(page) == []
    page = opened(leave)
    assert axe(page) == []
    assert page.locator("main button").count() == 1
    page.locator("main button").click()
    assert axe(page) == []
    assert page.locator("main button").count() == 0, "nobody is asked again"
    assert publisher.may("newsletter", ADA)["code"] == "withdrawn"


@pytest.mark.parametrize("width", [320, 1440])
def test_nothing_is_cut_off(publisher: Publisher, opened: Callable[[str], Page], width: int) -> None:
    publisher.subscribe(ADA)
    link = publisher.link(publisher.mails(ADA)[-1], "confirm")
    page = opened(link)
    page.set_viewport_size({"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("main button").click()
    assert "festgehalten" in page.locator("main").inner_text()
    assert publisher.may("newsletter", ADA)["allowed"]
