"""The marketplace's notice in a real browser: which services are used for analysis, what is said before a network opens."""

from __future__ import annotations

import pytest

from tests.promises.browsing import Scene, Visitor
from tests.promises.xometry.test_cookies import PAGES
from zusage.declaration.loading import load

pytestmark = pytest.mark.browser
ANALYSIS = {"tag-manager", "amplitude", "segment", "newrelic"}


@pytest.mark.promise("xometry-076")
def test_analysis_uses_exactly_the_four_services(site: Scene) -> None:
    settings = site.scenario.folder / "workspace.yaml"
    before = settings.read_text("utf-8") if settings.exists() else ""
    settings.write_text(before + "\nwatch: true\n", "utf-8")
    site.restart()
    someone, declared = site.visitor(), load(site.scenario.folder)
    services = {name for name, one in declared.browser.services.items() if one.consent == "statistics"}
    assert services == ANALYSIS
    names = [
        name
        for id in services
        for name in declared.recipients[declared.browser.services[id].recipient].services
    ]
    assert {"Google Analytics", "Amplitude", "Segment", "New Relic"} <= set(names)
    hosts = {host for id in services for host in declared.browser.services[id].hosts}
    someone.visit("/").choose("statistics").visit_all(PAGES)
    assert someone.services() == ANALYSIS
    assert {one.host for one in someone.asked() if one.host.count(".")} <= hosts
    someone.page.evaluate(
        "() => { document.body.append(Object.assign(new Image(), {src: 'https://cdn.hotjar.example/x.gif'})); }"
    )
    someone.idle()
    assert not [hit for hit in someone.reached() if "hotjar" in hit.host], "blocked"
    assert site.reports("cdn.hotjar.example host undeclared")
    settings.write_text(before, "utf-8") if before else settings.unlink()
    site.restart()


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
