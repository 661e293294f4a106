"""The ad server's notice: every route of the platform leads to it, and it can always be read, saved and printed."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator

import pypdf
import pytest
from playwright.sync_api import Page

from tests.promises.publishing import edit, page, publish, said_in
from tests.promises.scenario import Scenario
from tests.promises.sites import served
from tests.promises.visiting import Site, visiting
from zusage.deployments.adserver.app.application import create_app

NOW = "2026-05-05T08:00"
WWW = "https://www.windrose.example"


@pytest.fixture
def site(adserver: Scenario) -> Iterator[Site]:
    edit(adserver, 'as_of: "2026-01-12"', 'as_of: "2026-05-05"')
    with visiting(adserver, create_app, WWW, now=NOW) as made:
        yield made


@pytest.mark.promise("aim3-001")
def test_each_route_of_the_platform_leads_to_the_version_in_force(site: Site) -> None:
    scene, guest = site.scenario, site.guest(**{"accept-language": "de"})
    assert publish(scene, NOW)[0] == 0
    routes = ("/", "/formats", "/login", "/ad?site=zeitung.example")
    pages = {f"{WWW}{one.partition('?')[0]}": guest.get(one).text for one in routes}
    pages[f"{WWW}/notice"] = page(scene, NOW, "/notice?on=2026-05-05")[1]
    pages[f"{WWW}/impressum"] = (
        "Windrose Media GmbH & Co. KG, Speicherstieg 3, 20095 Hamburg, +49 40 23125 030, info@windrose.example"
    )
    starts = [one for one in pages if one != f"{WWW}/notice"]
    with served(pages, scene.folder) as sites:
        clean = sites.scan(scene, NOW, "pages", *starts[:4], "--limit", "1").json
        assert [one for one in clean if one["code"] != "site/imprint"] == []
        assert {f"{WWW}/", f"{WWW}/formats", f"{WWW}/login", f"{WWW}/ad"} <= set(sites.asked)
        sites.pages[f"{WWW}/notice"] = sites.pages[f"{WWW}/notice"].replace("5. Mai 2026", "12. Januar 2026")
        assert said_in(
            sites.scan(scene, NOW, "pages", f"{WWW}/ad", "--limit", "1").json, "site/old-version", "/ad"
        )
        beta = f"{WWW}/beta"
        sites.pages |= {beta: sites.pages[f"{WWW}/formats"]}
        sites.pages[f"{WWW}/"] += f'<a href="{beta}">neu</a>'
        assert said_in(sites.scan(scene, NOW, "pages", f"{WWW}/").json, "site/route-out-of-scope", "/beta")
    # nor does a notice go out that leaves a deployed route aside
    scene.file("inventory.yaml", "routes: [/, /formats, /login, /ad, /beta]\n")
    edit(scene, 'as_of: "2026-05-05"', 'as_of: "2026-05-06"')
    found = scene.zusage("2026-05-06T08:00", "publish", "--by", "Dora", "--no-stores", "--json")
    assert found.code == 1
    assert said_in(found.json, "deployment/route-out-of-scope", "/beta")


@pytest.mark.promise("aim3-005")
def test_the_notice_is_there_for_everybody_and_prints_whole(site: Site, browser_page: Page) -> None:
    guest = site.guest(**{"accept-language": "de"})
    answer = guest.get("/notice")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers or "lang" not in answer.headers.get("set-cookie", "")
    heads = [one["text"] for one in site.scenario.zusage(NOW, "write", "notice", "--json", "--language", "de").json["blocks"]
             if one["block"] == "heading" and one["level"] == 2]  # fmt: skip
    assert len(heads) > 10
    for head in heads:
        assert f">{head}</h2>" in answer.text.replace("&amp;", "&"), head
    # the login area is out of order: its data are gone
    data = site.scenario.folder / "data" / "platform.db"
    data.rename(data.with_suffix(".away"))
    assert guest.get("/notice").status_code == 200
    data.with_suffix(".away").rename(data)
    # saved and printed as a visitor without scripts does
    assert publish(site.scenario, NOW)[0] == 0
    browser_page.set_content(page(site.scenario, NOW, "/notice?on=2026-05-05")[1])
    browser_page.emulate_media(media="print")
    printed = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(browser_page.pdf())).pages)
    squeezed = "".join(unicodedata.normalize("NFKC", printed).split())
    for head in heads:
        assert "".join(head.split()) in squeezed, head
    assert "Stand:5.Mai2026" in squeezed
