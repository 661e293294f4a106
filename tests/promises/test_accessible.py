"""Every page and document that people read passes axe-core in a real browser, in both languages and at a telephone's width."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route
from starlette.testclient import TestClient

from tests.promises.publishing import edit, publish
from tests.promises.scenario import Scenario, at
from zusage import deployments
from zusage.clock import VARIABLE
from zusage.declaration.loading import load
from zusage.documents import render
from zusage.notice.writing.catalogue import DOCUMENTS, write
from zusage.server.app import create_app
from zusage.text import LANGUAGES, Language
from zusage.workspace import open_workspace

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[dict[str, Any]]]
FOLDER = Path(deployments.__file__).parent
ON = date(2026, 3, 1)
PARTIES = 'customers:\n  alpha: {name: Alpha GmbH, notice: "https://alpha.example/ds", email: ds@alpha.example, contract: "2026-01-10", services: [hosting]}\n'
PATHS = (
    "/", "/notice", "/notice?on=2026-01-20", "/notice?on=2020-01-01", "/notice/versions", "/notice/changes", "/cookies", "/transfers", "/processors",
    "/measures", "/rights", "/settings", "/nowhere",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_document_is_accessible(browser_page: Page, axe: Axe, language: Language) -> None:
    """Every kind of document, of the deployment with the shortest ones: the templates are the same for all."""
    declaration = load(FOLDER / "messaging" / "declaration.yaml")
    for document in DOCUMENTS:
        browser_page.set_content(render(write(declaration, document, language, ON), "html").decode())
        assert browser_page.locator("html").get_attribute("lang") == language
        assert browser_page.locator("script").count() == 0
        assert axe(browser_page) == [], document


@pytest.fixture
def site(itservice: Scenario, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TestClient, str]]:
    """The pages of the IT provider on a day after its first version, and a customer's page."""
    edit(itservice, 'as_of: "2026-01-20"', 'as_of: "2026-01-15"')
    itservice.file("parties.yaml", PARTIES)
    assert publish(itservice, "2026-01-15T08:00")[0] == 0
    link = itservice.zusage("2026-05-06", "partner", "link", "alpha").out.strip()
    monkeypatch.setenv(VARIABLE, at("2026-05-06").isoformat())
    with TestClient(create_app(open_workspace(itservice.folder))) as client:
        yield client, "/partners/" + link.partition("/partners/")[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_page_is_accessible(
    site: tuple[TestClient, str], browser_page: Page, axe: Axe, language: Language
) -> None:
    client, partner = site

    def answer(route: Route) -> None:
        said = client.get(route.request.url, headers={"accept-language": language})
        route.fulfill(status=said.status_code, headers=dict(said.headers), body=said.content)

    browser_page.route("**/*", answer)
    browser_page.set_viewport_size({"width": 360, "height": 740})
    for path in (*PATHS, partner):
        browser_page.goto(f"http://testserver{path}")
        assert browser_page.locator("html").get_attribute("lang") == language, path
        assert axe(browser_page) == [], path
        wide = browser_page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, (path, wide)
