"""A walk through all pages with a real Chromium: a person asks, the officer works, on a phone and on a desk, in both languages.

On every page: no violation of WCAG 2.2 AA, nothing cut off at 360 pixels, no error in the console, no request elsewhere.
The pictures lie in `build/screenshots`, for people to look at.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.keepers.rights.conftest import Shop
from tests.promises.staging import served
from tests.server.conftest import PASSWORD
from tests.support.needs import BUILD
from zusage import clock
from zusage.keepers.announcing.breaches import Facts, open_breach
from zusage.registers.requests import Kind
from zusage.server import mailbox
from zusage.server.accounts import Role, create_account
from zusage.server.app import create_app
from zusage.server.console.access import _attempts

pytestmark = pytest.mark.browser
BEN = "ben@mail.example"
PHONE, DESK = {"width": 360, "height": 780}, {"width": 1280, "height": 900}
#: how each language is looked at
WIDTHS = {"de": PHONE, "en": DESK}
#: all that a keyboard must reach
CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
_REACHED = """controls => [...document.querySelectorAll(controls)]
  .filter(one => one.checkVisibility({checkVisibilityCSS: true}))
  .filter(one => !one.closest('details:not([open])') || one.matches('summary'))
  .map(one => one.outerHTML.slice(0, 120))"""


@dataclass
class Walk:
    """One person's browser on the shop's pages, and everything that went wrong in it."""

    page: Page
    base: str
    axe: Callable[[Page], list[dict[str, Any]]]
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on(
            "console",
            lambda said: self.errors.append(said.text) if said.type in ("error", "warning") else None,
        )
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda asked: self._asked(asked.url))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.base, "data:")):
            self.elsewhere.append(url)

    def go(self, path: str) -> Page:
        """Open a page."""
        self.page.goto(f"{self.base}{path}")
        return self.page

    def look(self, name: str, language: str = "de") -> None:
        """Look at the page as it stands, from the phone in German, from the desk in English."""
        # a click returns when the answer has begun; what is measured needs its styles
        self.page.wait_for_load_state()
        assert self.page.locator("html").get_attribute("lang") == language, name
        for width in (DESK, PHONE) if language == "de" else (PHONE, DESK):
            self.page.set_viewport_size({"width": width["width"], "height": width["height"]})
            over = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, f"{name} is {over} pixels too wide at {width['width']}"
        assert self.axe(self.page) == [], name
        folder = BUILD / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{name}-{language}.png")
        assert self.errors == [], name
        assert self.elsewhere == [], name
        self.seen.add(f"{name}-{language}")

    def both(self, path: str, name: str) -> None:
        """Open and look at a page in both languages."""
        for language in WIDTHS:
            self.go(f"{path}{'&' if '?' in path else '?'}lang={language}")
            self.look(name, language)

    def reached(self) -> None:
        """The tab key alone reaches everything that can be used, in the order of the page, and shows where it is."""
        self.page.reload()
        there = self.page.evaluate(_REACHED, CONTROLS)
        reached = []
        for _ in there:
            self.page.keyboard.press("Tab")
            said, outline = self.page.evaluate(
                "[document.activeElement.outerHTML.slice(0, 120), getComputedStyle(document.activeElement).outlineStyle]"
            )
            reached.append(said)
            assert outline != "none", f"nobody sees that the keyboard is at {said}"
        assert reached == there


@pytest.fixture
def walk(
    shop: Shop, browser_context: BrowserContext, axe: Callable[[Page], list[dict[str, Any]]]
) -> Iterator[Walk]:
    """The shop behind a socket, with the demonstration's mailbox, and a fresh visitor."""
    _attempts._filled.clear()
    app = create_app(shop.workspace)
    app.include_router(mailbox.router)
    with served(app) as port:
        yield Walk(browser_context.new_page(), f"http://127.0.0.1:{port}", axe)


def _filled(shop: Shop) -> str:
    """Something to see on every page; the reference of a request that waits for a decision."""
    context, now = shop.workspace.context, clock.now()
    with shop.workspace.state.begin() as connection:
        create_account(connection, "dpo", PASSWORD, Role.DPO, now)
    waiting = shop.confirmed(Kind.ERASURE)
    open_breach(
        context, Facts(now - timedelta(hours=80), "Notebook", "gesperrt", risk="high"), {}, "dpo", now
    )
    shop.do(
        "UPDATE invoice SET issued_at = '2010-06-01 10:00:00' WHERE id = 2",
        "ALTER TABLE customer ADD COLUMN birthday VARCHAR(20)",
    )
    return waiting.reference


def test_a_person_wants_her_data_gone(shop: Shop, walk: Walk) -> None:
    page = walk.page
    for path, name in (("/", "centre"), ("/notice", "notice"), ("/cookies", "cookies"), ("/settings", "settings"),
                       ("/notice/versions", "versions"), ("/notice/changes", "changes"), ("/transfers", "transfers"),
                       ("/mailbox", "mailbox"), ("/rights", "rights")):  # fmt: skip
        walk.both(path, name)
    walk.go("/?lang=de")
    page.locator("main a[href='/rights']").click()
    walk.reached()
    reference = _asks(walk, "access")
    state = page.url
    walk.look("asked")
    _confirms(walk, reference)
    page.go_back()
    # a link that was used is told so: the browser then notes the status, as it should
    page.locator("main button").click()
    assert "gilt nicht" in page.locator("main").inner_text()
    assert walk.errors == ["Failed to load resource: the server responded with a status of 410 (Gone)"]
    walk.errors.clear()
    walk.look("used")
    shop.work()
    shop.work()
    page.goto(state)
    assert "beantwortet" in page.locator("main").inner_text()
    _downloads(walk)
    walk.go("/rights?lang=de")
    _confirms(walk, _asks(walk, "erasure"))
    shop.work()
    walk.go("/mailbox")
    assert "Entscheidung nötig" in page.locator("main").inner_text(), (
        "a person looks before anything is erased"
    )


def _asks(walk: Walk, kind: str) -> str:
    """Fill in the form as Ben, and see how the request stands; its reference."""
    page = walk.page
    page.locator("#kind").select_option(kind)
    page.locator("#email").fill(BEN)
    page.locator("main form button").click()
    assert "E-Mail geschickt" in page.locator("main").inner_text()
    return page.locator("h1").inner_text().split()[-1]


def _confirms(walk: Walk, reference: str) -> None:
    """By the link in the mail."""
    page = walk.go("/mailbox")
    page.locator("main a", has_text=f"Bitte bestätigen: Anfrage {reference}").click()
    walk.look("mail")
    link = page.locator("main a[href*='/rights/confirm/']").inner_text()
    walk.go(re.sub(r"https?://[^/]+", "", link))
    walk.look("confirm")
    page.locator("main button").click()
    walk.look("confirmed")


def _downloads(walk: Walk) -> None:
    """The data, by the link in the answer."""
    page = walk.go("/mailbox")
    page.locator("main a", has_text="Antwort auf Ihre Anfrage").click()
    walk.look("answer")
    link = page.locator("main a[href*='/rights/download/']")
    path = re.sub(r"https?://[^/]+", "", link.inner_text())
    link.evaluate("(one, href) => { one.href = href }", path)
    with page.expect_download() as got:
        link.click()
    names = zipfile.ZipFile(got.value.path()).namelist()
    assert "data.json" in names


def test_the_officer_works_through_the_day(shop: Shop, walk: Walk) -> None:
    reference, page = _filled(shop), walk.page
    walk.both("/console/login", "login")
    walk.go("/console/login?lang=de")
    for _ in range(4):
        page.keyboard.press("Tab")
    page.locator("#login").focus()
    page.keyboard.type("dpo")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console")
    for path, name in (
        ("/console", "promises"), ("/console/promises/retention/orders/vouchers", "promise"), ("/console/notice", "beside"),
        ("/console/calendar", "calendar"), ("/console/requests", "requests"), (f"/console/requests/{reference}", "request"),
        ("/console/restricted", "blocked"), ("/console/plans", "plans"), ("/console/forecast?days=364", "forecast"),
        ("/console/holds", "holds"), ("/console/drift", "drift"), ("/console/attestations", "attestations"),
        ("/console/assessments", "assessments"), ("/console/assessments/new/impact/health", "assess"),
        ("/console/breaches", "breaches"), ("/console/ledger", "ledger"), ("/console/documents", "documents"),
    ):  # fmt: skip
        walk.both(path, name)
    walk.go("/console/requests/2026-9999?lang=de")
    assert walk.errors == ["Failed to load resource: the server responded with a status of 404 (Not Found)"]
    walk.errors.clear()
    walk.look("problem")
    walk.go("/console/calendar?lang=de")
    walk.reached()
    _decides(shop, walk, reference)
    _approves(walk)
    _assesses(walk)
    _ends_the_breach(walk)


def _decides(shop: Shop, walk: Walk, reference: str) -> None:
    """From the calendar to the request, in two tabs: decided once."""
    walk.page.locator(f"main a[href='/console/requests/{reference}']").click()
    other = walk.page.context.new_page()
    other.goto(walk.page.url)
    for tab in (walk.page, other):
        tab.locator("#decision").select_option("grant")
        tab.locator("form[action$='/decision'] button").click()
    assert "wird ausgeführt" in walk.page.locator("main").inner_text()
    assert other.locator("h1").inner_text() == "Das hat nicht geklappt"
    other.close()
    shop.work()
    walk.page.reload()
    assert "beantwortet" in walk.page.locator("main").inner_text()
    assert shop.count("customer", "id = 1") == 0
    walk.look("answered")


def _approves(walk: Walk) -> None:
    """Nothing is erased by a rule before somebody has seen how much."""
    page = walk.go("/console/plans")
    assert "Freigabe nötig" in page.locator("main").inner_text()
    page.locator("main form button").click()
    assert "freigegeben" in page.locator("main tbody").inner_text()
    walk.look("approved")


def _assesses(walk: Walk) -> None:
    page = walk.go("/console/assessments")
    page.locator("a[href='/console/assessments/new/impact/health']").click()
    for name in ("description", "necessity", "risks", "measures"):
        page.locator(f"#part-{name}").fill(f"Ausführlich: {name}")
    page.locator("main form button").click()
    page.locator("#person").fill("Olga Ordnung")
    page.locator("main form button").click()
    assert "Olga Ordnung (Datenschutzbeauftragte)" in page.locator("main").inner_text()
    assert "noch nicht unterschrieben: Leitung" in page.locator("main").inner_text()
    walk.look("assessment")


def _ends_the_breach(walk: Walk) -> None:
    page = walk.go("/console/breaches")
    page.locator("section a").click()
    walk.look("notification")
    page.go_back()
    page.locator("summary", has_text="anschreiben").click()
    page.locator("summary", has_text="absehen").click()
    walk.look("write")
    page.locator("summary", has_text="bewerten").click()
    assess = page.locator("section form[action$='/assessment']")
    assess.locator("textarea").fill("verschlüsselt, Schlüssel sicher")
    assess.locator("select").select_option("none")
    assess.locator("button").click()
    page.locator("section form[action$='/closing'] button").click()
    assert "abgeschlossen" in page.locator("section h2").inner_text()
    walk.look("closed")
    page.locator("#noticed").fill(f"{clock.now():%Y-%m-%dT00:30}")
    page.locator("#facts").fill("Ein Brief ging an die falsche Adresse")
    page.locator("#measures").fill("zurückgeholt")
    page.locator("main > form button").click()
    assert page.locator("section h2").count() == 2
    page.locator("header form button").click()
    page.wait_for_url("**/console/login")
    walk.go("/console/breaches")
    assert page.url.endswith("/console/login"), "whoever logged out sees nothing any more"
