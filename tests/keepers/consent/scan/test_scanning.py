"""The look at reality, on sites whose truth is known."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.keepers.consent.banner.conftest import VECTORS
from tests.keepers.consent.banner.sample import sample_spec
from tests.keepers.consent.banner.site import Site, serving
from tests.keepers.consent.scan.known import ENDPOINTS, STORED, known_site
from tests.support.browser import chromium
from zusage.findings import Severity
from zusage.keepers.consent.banner import BannerSpec
from zusage.keepers.consent.scan import DeclaredSite, ScanReport, scan_site
from zusage.keepers.consent.scan.declared import declared_site
from zusage_client.consent import BrowserPolicy

pytestmark = pytest.mark.browser
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def _codes(report: ScanReport) -> set[tuple[str, str]]:
    return {
        (finding.code, finding.place.key) for finding in report.findings if finding.severity is Severity.ERROR
    }


@pytest.fixture(scope="module")
def known() -> ScanReport:
    """One scan of the page with known truth, before any choice."""
    with known_site() as port:
        declared = DeclaredSite(BrowserPolicy(), asks=False)
        url = f"http://known.localhost:{port}/"
        return scan_site(url, declared, ["before"], now=NOW, pages=["/unten"], program=chromium())


def test_thirteen_of_thirteen_items_are_found(known: ScanReport) -> None:
    stored = known.observed("before").stored
    assert {(item.kind, item.name) for item in stored} == STORED
    by_name = {item.name: item for item in stored}
    assert by_name["hidden"].http_only
    assert (by_name["foreign"].kept, by_name["foreign"].host) == (False, "pixel.localhost")
    assert by_name["script"].by.startswith("http://known.localhost")
    ends = by_name["plain"].ends
    assert ends is not None
    assert abs(ends - NOW - timedelta(days=365)) < timedelta(minutes=2)
    assert by_name["late"].ends is None


def test_seven_of_seven_endpoints_are_found_with_their_initiators(known: ScanReport) -> None:
    requests = known.observed("before").requests
    third = {
        request.host.partition(".")[0]: request
        for request in requests
        if not request.host.startswith("known")
    }
    assert third.keys() == ENDPOINTS
    assert all(request.by.startswith("http://known.localhost") for request in third.values())
    assert third["beacon"].kind == "beacon"
    assert not any("?" in request.url for request in requests)


def test_device_recognition_and_embeds_are_noted(known: ScanReport) -> None:
    assert [call.api for call in known.observed("before").calls] == ["canvas"]
    assert len(known.observed("before").embeds) == 1
    assert ("site/device-recognition", "before/fingerprint/canvas") in _codes(known)


def test_a_page_takes_at_most_eight_seconds(known: ScanReport) -> None:
    """The stricter figure is measured alone in benchmarks/scan.py; here the machine is shared."""
    assert known.observed("before").seconds / 2 <= 12


def _spec(port: int) -> BannerSpec:
    return replace(sample_spec(port), origins=(f"http://shop.localhost:{port}",))


@pytest.fixture
def shop() -> Site:
    """The banner's own test site; it is served by each test."""
    return Site(_spec, {"/": "", "/zwei": ""})


def _scan(site: Site, **options: object) -> ScanReport:
    values = {"now": NOW, "settle": 900, "pages": ["/zwei"], "program": chromium()} | options
    return scan_site(site.url(), declared_site(site.spec), **values)  # type: ignore[arg-type]


def test_an_honest_site_has_no_error_in_four_states(shop: Site, tmp_path: Path) -> None:
    with serving(shop):
        shop.third = {"/parser.js": ("text/javascript", b""), "/frame": ("text/html", b"<p>Film")}
        shop.pages["/"] = shop.pages["/zwei"] = VECTORS.format(port=shop.port)
        report = _scan(shop, folder=tmp_path)
    assert _codes(report) == set()
    assert [seen.state for seen in report.observations] == ["before", "reject", "accept", "withdraw"]
    assert all(not seen.missed for seen in report.observations)
    assert {item.name for item in report.observed("accept").stored} >= {
        "_zw_1",
        "zw-cache",
        "zw-tab",
        "zw-db",
    }
    assert {item.name for item in report.observed("withdraw").stored} == {"zusage"}
    banner = report.observed("before").banner
    assert banner is not None
    assert (banner.accept, banner.reject, banner.differences, banner.imprint) == (
        "Alle akzeptieren", "Alle ablehnen", (), True,
    )  # fmt: skip
    report.write(tmp_path)
    assert json.loads((tmp_path / "report.json").read_text())["url"] == shop.url()
    assert {path.suffix for path in tmp_path.iterdir()} == {".har", ".png", ".json"}
    assert report.exit_code == 0


def test_a_careless_site_is_found_out(shop: Site) -> None:
    with serving(shop):
        shop.pages["/"] = f"""<script>document.cookie = '_zw_7=1; max-age=99999999; path=/';
          document.cookie = '_ga=1; max-age=600; path=/';</script>
          <img src="http://pixel.localhost:{shop.port}/p.gif" alt="">
          <img src="http://rogue.localhost:{shop.port}/r.gif" alt="">"""
        report = _scan(shop, states=["before"], pages=[])
    codes = _codes(report)
    assert ("site/without-consent", "before/cookie/_zw_7") in codes
    assert ("site/longer-lifetime", "before/cookie/_zw_7") in codes
    assert ("site/undeclared-item", "before/cookie/_ga") in codes
    assert ("site/without-consent", "before/request/pixel.localhost") in codes
    assert ("site/undeclared-host", "before/request/rogue.localhost") in codes
    assert ("site/undeclared-host", "before/request/pixel.localhost") not in codes
    assert any("Google" in str(finding.message) for finding in report.findings)
    assert report.exit_code == 1


_UNFAIR = """<div id="consent-box"><p>Wir lieben Kekse</p><label><input type="checkbox" name="werbung" checked> Werbung</label>
<button style="background:green;color:white">Alle akzeptieren</button>
<a href="#" style="opacity:.6">Einstellungen</a></div>"""
_UNEQUAL = """<div id="consent-box"><button style="background:green;color:white">Ich stimme zu</button>
<button style="opacity:.5;border:0">Ich lehne ab</button></div>"""


def test_unfair_banners_of_others_are_found_out(shop: Site) -> None:
    shop.render, shop.pages["/"] = False, _UNEQUAL
    with serving(shop):
        shop.assets = replace(shop.assets, files={})
        shop.spec = replace(shop.spec, imprint="")
        report = _scan(shop, states=["before", "reject"], pages=[])
        codes = {code for code, _ in _codes(report)}
        assert "site/unequal-buttons" in codes
        assert "site/no-reject-button" not in codes
        shop.pages["/"] = _UNFAIR
        codes = {code for code, _ in _codes(_scan(shop, states=["before", "reject"], pages=[]))}
    assert {"site/no-reject-button", "site/ticked-beforehand", "site/no-reject"} <= codes


def test_a_site_without_a_question_or_a_way_back(shop: Site) -> None:
    shop.render = False
    with serving(shop):
        shop.assets = replace(shop.assets, files={})
        declared = declared_site(shop.spec)
        shop.language = "en"
        site = scan_site(shop.url(), declared, ["before"], now=NOW, settle=300, program=chromium())
    assert ("site/no-banner", "no-banner") in _codes(site)


def test_links_are_followed_on_the_own_site_only(shop: Site) -> None:
    shop.pages |= {"/drei": '<a href="http://rogue.localhost/">fort</a>', "/zwei": '<a href="/drei">drei</a>'}
    with serving(shop):
        report = _scan(shop, states=["before"], pages=[], depth=2, settle=100)
    paths = [page.rpartition(str(shop.port))[2] for page in report.observed("before").pages]
    assert {"/", "/zwei", "/drei", "/settings"} <= set(paths)
    assert not any("rogue" in page for page in report.observed("before").pages)
