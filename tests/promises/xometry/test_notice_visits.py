"""The marketplace's notice in a real browser: which services are used for analysis, what is said before a network opens."""

from __future__ import annotations

import pytest

from tests.promises.browsing import Scene, Visitor
from tests.promises.publishing import checked, said_in
from tests.promises.scenario import Scenario
from tests.promises.xometry.conftest import START
from tests.promises.xometry.test_cookies import PAGES
from zusage.declaration import Declaration
from zusage.declaration.loading import load

pytestmark = pytest.mark.browser
ANALYSIS = {"tag-manager", "amplitude", "segment", "newrelic"}
#: the twelve services of the notice's list → as what they are embedded
ADVERTISING = {
    "ActiveCampaign": "activecampaign", "Baidu Ads": "baidu", "Baidu Advertising": "baidu", "Bing Ads": "bing",
    "DoubleClick": "google-ads", "Meta Pixel": "meta-pixel", "Google AdServices": "google-ads",
    "Google Ads": "google-ads", "Google Ads Remarketing": "google-ads", "Lead Forensics": "leadforensics",
    "LinkedIn Insight Tag": "linkedin", "getsitecontrol": "getsitecontrol",
}  # fmt: skip


@pytest.fixture(scope="module")
def watched(running_site: Scene) -> Scene:
    """The site, whose browsers report what others want."""
    settings = running_site.scenario.folder / "workspace.yaml"
    before = settings.read_text("utf-8") if settings.exists() else ""
    settings.write_text(before + "\nwatch: true\n", "utf-8")
    running_site.at(START)
    running_site.restart()
    return running_site


def names_of(declared: Declaration, service: str) -> set[str]:
    """What a service of the declaration is called."""
    return set(declared.recipients[declared.browser.services[service].recipient].services)


def is_blocked(visitor: Visitor, host: str) -> bool:
    """Whether a picture of this host, put into the page, never leaves the browser and is reported."""
    address = f"https://{host}/x.gif"
    visitor.page.evaluate(
        "address => { document.body.append(Object.assign(new Image(), {src: address})); }", address
    )
    visitor.idle()
    return host not in {hit.host for hit in visitor.reached()} and visitor.scene.reports(
        f"{host} host undeclared"
    )


@pytest.mark.promise("xometry-076")
def test_analysis_uses_exactly_the_four_services(watched: Scene, site: Scene) -> None:
    someone, declared = site.visitor(), load(site.scenario.folder)
    services = {name for name, one in declared.browser.services.items() if one.consent == "statistics"}
    assert services == ANALYSIS
    names = {name for id in services for name in names_of(declared, id)}
    assert {"Google Analytics", "Amplitude", "Segment", "New Relic"} <= names
    hosts = {host for id in services for host in declared.browser.services[id].hosts}
    someone.visit("/").choose("statistics").visit_all(PAGES)
    assert someone.services() == ANALYSIS
    assert {one.host for one in someone.asked() if one.host.count(".")} <= hosts
    assert is_blocked(someone, "cdn.hotjar.example")


@pytest.mark.promise("xometry-135")
def test_advertising_uses_exactly_the_twelve_services(
    watched: Scene, site: Scene, marketplace: Scenario
) -> None:
    declared, wanted = load(site.scenario.folder), ("marketing", "marketing-china")
    services = {name for name, one in declared.browser.services.items() if one.consent in wanted}
    assert services == set(ADVERTISING.values())
    assert all(name in names_of(declared, id) for name, id in ADVERTISING.items())
    stored = {one.provider for one in declared.browser.items.values() if one.consent in wanted}
    assert stored == {declared.browser.services[id].recipient for id in services}, "each tells what it stores"
    someone = site.visitor().visit("/").reject().visit_all(PAGES)
    assert someone.services() == set(), "refused"
    someone.choose(*wanted).visit_all(PAGES)
    assert someone.services() == services
    hosts = {host for id in services for host in declared.browser.services[id].hosts}
    assert {one.host for one in someone.asked() if one.host.count(".")} <= hosts
    assert is_blocked(someone, "analytics.tiktok.com")
    path = marketplace.folder / "declaration.yaml"
    whole = path.read_text("utf-8")
    assert not said_in(checked(str(marketplace.folder), "2026-03-01"), "declaration/not-in-banner")
    for id in ("leadforensics", "getsitecontrol", "linkedin"):
        kept = [
            one for one in whole.splitlines(keepends=True) if f"    {id}: {{recipient: {id}, kind" not in one
        ]
        path.write_text("".join(kept), "utf-8")
        called = declared.recipients[declared.browser.services[id].recipient].name
        found = checked(str(marketplace.folder), "2026-03-01")
        assert said_in(found, "declaration/not-in-banner", called, '"severity": "error"')


@pytest.mark.promise("xometry-303")
@pytest.mark.parametrize("network", ["Facebook", "LinkedIn"])
def test_the_hint_is_there_before_a_network_is_opened(someone: Visitor, network: str) -> None:
    someone.visit("/").reject()
    link = someone.page.get_by_role("link", name=network, exact=True)
    hint = someone.page.locator(f"#{link.get_attribute('aria-describedby')}")
    for attend in (link.hover, link.focus):
        attend()
        assert hint.is_visible()
        assert "außerhalb der Europäischen Union" in hint.inner_text()
        assert "Durchsetzung Ihrer Rechte erschweren" in hint.inner_text()
        assert not [one for one in someone.asked() if network.lower() in one.host]
    link.click()
    someone.page.wait_for_url(f"**{network.lower()}.com/**")
    assert [one for one in someone.asked() if network.lower() in one.host]
