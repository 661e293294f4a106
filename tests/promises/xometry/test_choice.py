"""The choice itself: how it is asked for, what is stored of it, how long and where it holds.

The notice lists four items of a bought consent tool; the deployment has one in their place, the cookie `zusage`. It holds the
choices and their day (`uc_settings`), being there says that a choice was made (`uc_user_interaction`), the digests in it say which
words it was made on (`uc_ui_version`), and it holds for the controller's whole domain (`uc_cross_domain_data`).
"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from tests.promises.browsing import DEVICES, Scene, Visitor
from tests.promises.xometry.test_cookies import PAGES, PURPOSES
from zusage.registers.consents import EVENTS
from zusage.workspace import open_workspace
from zusage_client.consent import Choice

pytestmark = pytest.mark.browser
PORTAL = "portal.spanwerk.example"


def choice(visitor: Visitor) -> Choice:
    """The stored choice."""
    found = Choice.parse(visitor.cookies()["zusage"].value)
    assert found is not None
    return found


def events(site: Scene) -> int:
    """How many consents and refusals are on record."""
    with open_workspace(site.scenario.folder).state.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(EVENTS)).scalar_one())


@pytest.mark.promise("xometry-010")
def test_scrolling_is_no_consent_and_a_click_is_one_for_its_purpose_only(
    site: Scene, someone: Visitor
) -> None:
    before = events(site)
    someone.visit("/")
    assert someone.banner()
    someone.page.mouse.wheel(0, 4000)
    someone.idle().visit("/preise")
    assert (events(site), someone.cookies(), someone.services()) == (before, {}, set())
    someone.settings()
    assert [box.is_checked() for box in someone.page.locator("dialog input[type=checkbox]").all()].count(
        True
    ) == 0
    someone.choose("statistics")
    assert events(site) == before + 1
    assert choice(someone).agreed.keys() == {"statistics"}
    assert choice(someone).refused.keys() >= set(PURPOSES) - {"statistics"}
    someone.visit_all(PAGES)
    assert someone.services() == {"tag-manager", "amplitude", "segment", "newrelic"}
    # boxes that were ticked beforehand are other words than ours: such a form is refused, and nothing is stored
    answer = someone.page.evaluate(
        """async () => (await fetch('/api/v1/consents', {method: 'POST', headers: {'content-type': 'application/json'},
        body: JSON.stringify({v: 1, id: 'a'.repeat(32), template: 'b'.repeat(32), language: 'de', method: 'accept-all',
        purposes: {statistics: true}, services: {}, signal: '', browser: 'c'.repeat(32)})})).status"""
    )
    assert answer == 409, "words that this site never showed"
    assert events(site) == before + 1


@pytest.mark.promise("xometry-013")
@pytest.mark.parametrize("device", DEVICES)
def test_the_rules_hold_on_every_device(site: Scene, device: str) -> None:
    visitor = site.visitor(device).visit_all(PAGES)
    assert (visitor.names(), visitor.cookies(), visitor.services()) == (set(), {}, set())
    visitor.accept_all().visit("/preise")
    assert {"_ga", "_uetsid"} <= visitor.names(), "what is looked for would be seen on this device"


@pytest.mark.promise("xometry-038")
def test_one_click_gives_and_one_click_takes_back_from_every_page(site: Scene) -> None:
    for path in (*PAGES, "/impressum", "/konto", "/newsletter", "/termin", "/partner"):
        visitor = site.visitor().visit(path)
        assert visitor.page.locator("footer a[data-zs=settings]").count() == 1, path
        assert visitor.page.locator("footer a[data-zs=withdraw]").is_hidden(), "there is nothing to withdraw"
        visitor.accept_all()
        assert choice(visitor).agreed
        visitor.visit(path).forget().withdraw()
        assert visitor.page.url == site.url(path), "it stops where it was taken back"
        assert choice(visitor).agreed == {}
        assert visitor.page.evaluate("() => typeof window.standins") == "undefined"
        assert {hit.path for hit in visitor.reached()} <= {"/opt-out"}
        visitor.context.close()
        site.visitors.remove(visitor)


@pytest.mark.promise("xometry-045")
def test_only_what_the_table_lists_is_stored_without_consent(site: Scene, someone: Visitor) -> None:
    someone.visit_all((*PAGES, "/impressum"))
    assert (someone.cookies(), someone.storage()) == ({}, {})
    someone.visit("/").reject().visit_all(PAGES)
    assert (set(someone.cookies()), someone.storage()) == ({"zusage"}, {})
    clean = site.scan("--state", "before", "--state", "reject", "--page", "/preise")
    assert clean.code == 0, clean.out
    site.edge.cookies.append("__cf_bm=4711; Path=/; Max-Age=1800; HttpOnly; Secure")
    found = site.scan("--state", "before")
    assert found.code == 1
    assert "before/cookie/__cf_bm" in {
        one["place"]["key"] for one in found.json["findings"] if one["code"] == "site/undeclared-item"
    }


@pytest.mark.promise("xometry-046")
def test_the_stored_choice_holds_choice_and_time_only(site: Scene, someone: Visitor) -> None:
    """The day stands in the browser – a minute would tell two visitors who refuse apart – the minute on record."""
    site.at("2022-07-01T10:05")
    someone.visit("/preise?teil=welle").choose("maps")
    stored = choice(someone)
    assert "statistics" in stored.refused
    assert stored.day == date(2022, 7, 1)
    assert stored.format() == someone.cookies()["zusage"].value, "there is nothing else in it"
    who = f"browser:{stored.browser}"
    (proof,) = site.scenario.zusage("2022-07-02", "consent", "proof", "--subject", who, "--json").json
    assert (proof["at"], proof["answers"]["statistics"]) == ("2022-07-01T10:05:00+00:00", False)
    someone.visit_all(PAGES)
    assert someone.cookies()["zusage"].value == stored.format(), "nothing is added by visiting pages"
    someone.clear()
    assert someone.cookies() == {}
    assert someone.visit("/").banner()


@pytest.mark.promise("xometry-047")
def test_who_has_chosen_is_not_asked_again(site: Scene, someone: Visitor) -> None:
    someone.visit("/").choose("statistics")
    site.at("2022-07-02T10:00")
    someone.later(days=1, restart=True).forget().visit_all(PAGES)
    assert not someone.banner()
    assert someone.services() == {"tag-manager", "amplitude", "segment", "newrelic"}
    other = site.visitor().visit("/")
    assert other.banner()
    assert (other.cookies(), other.services()) == ({}, set())
    assert someone.settings().page.locator("dialog input[value=statistics]").is_checked()


@pytest.mark.promise("xometry-049")
def test_the_choice_holds_on_the_controllers_own_domains_only(site: Scene, someone: Visitor) -> None:
    someone.visit("/").choose("statistics")
    someone.forget().visit_all(PAGES, PORTAL)
    assert not someone.banner()
    assert someone.services() == {"tag-manager", "amplitude", "segment", "newrelic"}
    assert someone.cookies()["zusage"].domain == "spanwerk.example"
    stored = someone.cookies()["zusage"]
    someone.forget().page.goto("https://www.drittfirma.example/")
    elsewhere = [hit for hit in someone.reached() if hit.host == "www.drittfirma.example"]
    assert elsewhere
    assert all("zusage" not in hit.cookies for hit in elsewhere)
    assert "drittfirma.example" not in {cookie.domain for cookie in someone.cookies().values()}
    assert someone.cookies()["zusage"] == stored


@pytest.mark.promise("xometry-056")
def test_what_was_cleared_stays_away(someone: Visitor) -> None:
    someone.visit("/").accept_all().visit("/", PORTAL)
    had = choice(someone)
    someone.clear().forget().visit_all(PAGES).visit("/", PORTAL)
    assert (someone.cookies(), someone.storage(), someone.services()) == ({}, {}, set())
    assert someone.banner()
    someone.reject()
    assert choice(someone).agreed == {}
    assert had.browser not in someone.cookies()["zusage"].value


@pytest.mark.promise("xometry-003", "xometry-063")
def test_what_is_written_without_consent_or_reason_is_held_back(site: Scene, someone: Visitor) -> None:
    writes = """() => { document.cookie = 'amplitude_id=1; path=/'; localStorage.setItem('amplitude_unsent', '[1]');
      localStorage['amplitude_unsent_identify'] = '[1]'; document.cookie = 'merkzettel=1; path=/';
      sessionStorage.setItem('merkzettel', '1'); }"""
    someone.visit("/").page.evaluate(writes)
    someone.idle()
    assert (someone.cookies(), someone.storage()) == ({}, {})
    assert site.reports(
        "amplitude_id cookie without-consent",
        "amplitude_unsent local-storage without-consent",
        "amplitude_unsent_identify local-storage without-consent",
        "merkzettel cookie undeclared",
        "merkzettel session-storage undeclared",
    )
    # the stored choice is the one item that is there before any consent: the declaration says why
    someone.reject()
    assert someone.cookies().keys() == {"zusage"}
    written = site.scenario.zusage(
        "2022-07-01", "write", "cookies", "--format", "json", "--language", "en"
    ).json
    table = next(block for block in written["blocks"] if block["block"] == "table")
    necessary = {row[0]: row[2] for row in table["rows"] if "strictly necessary" in row[5]}
    assert necessary["zusage"] == "remembers your choice"
    assert all(necessary.values())
    someone.choose("statistics").page.evaluate(writes)
    assert {"amplitude_id", "amplitude_unsent", "amplitude_unsent_identify"} <= someone.names()
    assert "merkzettel" not in someone.names()
