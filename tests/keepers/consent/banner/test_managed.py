"""A recognised consent-management service in the browser is one more input of the same state (§ 26 TDDDG, EinwV)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.keepers.consent.banner.conftest import VECTORS
from tests.keepers.consent.banner.sample import sample_spec
from tests.keepers.consent.banner.site import Site, becomes, serving
from zusage.keepers.consent.banner import BannerSpec, build_assets, render_settings
from zusage.text import LANGUAGES, Language
from zusage_client.consent import Visitor

SERVICES = (("Einwilligungshaus", "https://haus.example/"), ("Zustimmer", ""))
#: what the agent of a service does in every page: it hands over what its user has set
_AGENT = """addEventListener('DOMContentLoaded', () => zusage.load(zusage.config.h).then(() => zusage.choose(%s, {}, 'service')),
  { once: true });"""


def managed(port: int = 0) -> BannerSpec:
    return replace(sample_spec(port), consent_services=SERVICES)


@pytest.mark.browser
@pytest.mark.parametrize(("settings", "agreed"), [({}, set()), ({"statistics": True}, {"statistics"})])
def test_stored_settings_are_obeyed_and_no_banner_asks(
    browser_context: BrowserContext, browser_page: Page, settings: dict[str, bool], agreed: set[str]
) -> None:
    """c-30."""
    browser_context.add_init_script(_AGENT % json.dumps(settings))
    with serving(Site(managed)) as site:
        site.pages["/"] = VECTORS.format(port=site.port)
        browser_page.goto(site.url())
        becomes(browser_page, "!localStorage.getItem('zusage-queue') && !document.getElementById('zs')")
        assert {one for one, yes in site.events[0].purposes.items() if yes} == agreed
        assert site.events[0].method == "service"
        if agreed:
            becomes(browser_page, "document.cookie.includes('_zw_1')")
        # what was to load is asked for by now; one more answer of the site, and it would be here
        browser_page.evaluate("fetch('/zwei')")
        while agreed and ("stats.localhost", "/parser.js") not in site.hits:
            browser_page.wait_for_timeout(20)
        assert site.hosts() <= ({"stats.localhost"} if agreed else set()), "nothing else was agreed to"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_visibly_and_none_is_preferred(language: Language) -> None:
    """c-29, c-30, c-31: no note without a service, and all of them in one sentence, by name."""
    said = str(render_settings(managed(), language, Visitor()))
    assert '<a href="https://haus.example/">Einwilligungshaus</a>, Zustimmer' in said
    assert "Einwilligungshaus" not in str(render_settings(sample_spec(), language, Visitor()))


def test_what_must_be_known_before_is_handed_over_as_data() -> None:
    """c-33: parties, what is stored or read, purposes, periods, withdrawal for the future. c-32: beside the own notice."""
    for spec in (managed(), sample_spec()):
        feed = json.loads(build_assets(spec).files["/zusage-information.json"].body)
        assert feed["controller"] == "Nordlicht Laden GmbH"
        assert feed["information"]["notice"] == "/datenschutz"
        assert feed["withdrawal"]["at"] == "/settings"
        assert "Zukunft" in feed["withdrawal"]["effect"]["de"]
        statistics = next(one for one in feed["purposes"] if one["id"] == "statistics")
        assert statistics["text"]["de"].startswith("Wir zählen Seitenaufrufe")
        counted = next(one for one in statistics["stored"] if one["name"] == "_zw_*")
        assert (counted["kind"], counted["keep"], counted["for"]["de"]) == (
            "cookie",
            "P13M",
            "Zählt Besuche.",
        )
        assert [one["name"] for one in statistics["recipients"]] == ["Zählwerk Analyse GmbH"]
