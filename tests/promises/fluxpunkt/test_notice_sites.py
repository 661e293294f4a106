"""The IT provider's sites: each leads to notice and imprint, names the controller, and holds nothing that is not registered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.promises.publishing import edit, page, said_in, section
from tests.promises.scenario import Scenario
from tests.promises.sites import Sites, served
from tests.promises.visiting import visiting
from zusage.declaration.loading import load
from zusage.deployments.itservice.app import create_app

NOW = "2026-05-05T08:00"
NOTICE = "https://privacy.strompfad.example"
IMPRINT = (
    "<p>Strompfad IT-Service GmbH, Werkstraße 12, 70173 Stuttgart, Deutschland. Telefon +49 711 23125 020, "
    "datenschutz@strompfad.example</p>"
)
FOOT = f'<footer><a href="/impressum">Impressum</a> <a href="{NOTICE}">Datenschutz</a></footer>'


@pytest.fixture
def sites(itservice: Scenario) -> Iterator[Sites]:
    """A front page and an imprint on each of the eleven domains."""
    domains = load(itservice.folder).browser.domains
    assert len(domains) == 11
    pages = {f"https://{one}/": f"<h1>{one}</h1>{FOOT}" for one in domains}
    pages |= {f"https://{one}/impressum": f"<h1>Impressum</h1>{IMPRINT}{FOOT}" for one in domains}
    pages[NOTICE] = "<h1>Datenschutzerklärung</h1><p>Stand: 20. Januar 2026</p>"
    with served(pages, itservice.folder) as made:
        yield made


def _fronts(sites: Sites) -> list[str]:
    return [one for one in sites.pages if one.endswith(".example/")]


@pytest.mark.promise("fluxpunkt-027")
def test_every_site_under_a_listed_domain_leads_to_the_notice(itservice: Scenario, sites: Sites) -> None:
    shop = "https://shop.strompfad-cloud.example/"
    sites.pages |= {shop: f"<h1>Shop</h1>{FOOT}", f"{shop}impressum": IMPRINT + FOOT}
    clean = sites.scan(itservice, NOW, "pages", *_fronts(sites))
    assert (clean.code, clean.json) == (0, [])
    sites.pages[shop] = "<h1>Shop</h1><a href='/impressum'>Impressum</a>"
    assert said_in(
        sites.scan(itservice, NOW, "pages", *_fronts(sites)).json, "site/notice-link", shop, NOTICE
    )
    sites.pages[shop] = f"<h1>Shop</h1>{FOOT}"
    own = "https://strompfad-neu.example/"
    sites.pages |= {own: FOOT, f"{own}impressum": IMPRINT + FOOT}
    found = sites.scan(itservice, NOW, "pages", *_fronts(sites))
    assert found.code == 1
    assert said_in(found.json, "site/undeclared-domain", "strompfad-neu.example")


@pytest.mark.promise("fluxpunkt-029")
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Strompfad IT-Service GmbH", "Strompfad AG"),
        ("Werkstraße 12", "Werkstraße 21"),
        ("70173", "70174"),
        ("Stuttgart", "Esslingen"),
    ],
)
def test_the_controller_is_the_same_on_every_domain(
    itservice: Scenario, sites: Sites, right: str, wrong: str
) -> None:
    shown = str(section(itservice, NOW, "controller"))
    for part in ("Strompfad IT-Service GmbH", "Werkstraße 12", "70173", "Stuttgart", "Deutschland"):
        assert part in shown, part
    assert sites.scan(itservice, NOW, "pages", *_fronts(sites)).json == []
    page = "https://strompfad-lab.example/impressum"
    sites.pages[page] = sites.pages[page].replace(right, wrong)
    found = sites.scan(itservice, NOW, "pages", *_fronts(sites)).json
    assert [one["code"] for one in found] == ["site/controller-differs"]
    assert said_in(found, "site/controller-differs", "strompfad-lab.example", right)


@pytest.mark.promise("fluxpunkt-030")
def test_a_domain_without_a_working_imprint_is_reported(itservice: Scenario, sites: Sites) -> None:
    notice = itservice.zusage(NOW, "write", "notice", "--language", "de").out
    assert 'href="https://www.strompfad.example/impressum"' in notice
    assert sites.scan(itservice, NOW, "pages", *_fronts(sites)).json == []
    del sites.pages["https://strompfad-jobs.example/impressum"]
    found = sites.scan(itservice, NOW, "pages", *_fronts(sites)).json
    assert said_in(found, "site/imprint", "strompfad-jobs.example")
    page = "https://strompfad-jobs.example/impressum"
    sites.pages[page] = IMPRINT.replace("Telefon +49 711 23125 020, ", "")
    assert said_in(
        sites.scan(itservice, NOW, "pages", *_fronts(sites)).json, "site/imprint", "strompfad-jobs.example"
    )


_TAG = '<script type="text/plain" data-zusage="analytics" data-src="https://www.googletagmanager.com/gtag/js"></script>'
_FILM = '<figure data-zusage="youtube"><template><iframe src="https://www.youtube-nocookie.com/embed/x"></iframe></template></figure>'


@pytest.mark.promise("fluxpunkt-118")
def test_the_register_of_sites_with_analytics_is_what_is_found(itservice: Scenario, sites: Sites) -> None:
    fronts = _fronts(sites)
    for front in fronts[:8]:
        sites.pages[front] += _TAG
    listed = ", ".join(fronts[:8])
    edit(
        itservice,
        "analytics: {recipient: analytics, kind: script,",
        f"analytics: {{recipient: analytics, kind: script, pages: [{listed}],",
    )
    assert sites.scan(itservice, NOW, "pages", *fronts).json == []
    shown = str(section(itservice, NOW, "cookies"))
    assert [one for one in fronts if one in shown] == fronts[:8]
    assert "Google Ireland Limited" in shown
    sites.pages[fronts[9]] += _TAG
    found = sites.scan(itservice, NOW, "pages", *fronts).json
    assert [one["code"] for one in found] == ["site/unregistered-page"]
    assert said_in(found, "site/unregistered-page", fronts[9], "Google Ireland Limited")


@pytest.mark.promise("fluxpunkt-129")
def test_a_film_on_a_page_that_is_not_registered_is_reported(itservice: Scenario, sites: Sites) -> None:
    www = "https://strompfad.example"
    films = [f"{www}/filme", f"{www}/netze", f"{www}/server"]
    menu = "".join(f'<a href="{one}">Film</a>' for one in films)
    sites.pages[f"{www}/"] += menu
    sites.pages |= dict.fromkeys(films, f"<h1>Film</h1>{_FILM}{FOOT}")
    edit(
        itservice,
        "youtube: {recipient: analytics, kind: embed,",
        f"youtube: {{recipient: analytics, kind: embed, pages: [{', '.join(films)}],",
    )
    assert sites.scan(itservice, NOW, "pages", *_fronts(sites)).json == []
    shown = str(section(itservice, NOW, "cookies"))
    assert all(one in shown for one in films)
    fourth = f"{www}/neu"
    sites.pages[f"{www}/"] += f'<a href="{fourth}">Neu</a>'
    sites.pages[fourth] = f"<h1>Neu</h1>{_FILM}{FOOT}"
    found = sites.scan(itservice, "2026-05-06T07:59", "pages", *_fronts(sites)).json
    assert said_in(found, "site/unregistered-page", fourth, "youtube")


@pytest.mark.promise("fluxpunkt-092")
def test_links_to_the_provider_lead_to_privacy_information(itservice: Scenario, sites: Sites) -> None:
    links = {
        one["href"]
        for language in ("de", "en")
        for block in itservice.zusage(NOW, "write", "notice", "--json", "--language", language).json["blocks"]
        for item in (block.get("items") or [block.get("text")])
        for one in (item if isinstance(item, list) else [])
        if isinstance(one, dict) and one.get("href", "").startswith("https://")
    }
    google = {one for one in links if "google" in one}
    assert google == {"https://policies.google.com/privacy", "https://tools.google.com/dlpage/gaoptout"}
    sites.pages |= {
        one.partition("#")[0].partition("?")[0]: "Datenschutz, Stand: 20. Januar 2026" for one in links
    }
    clean = sites.scan(itservice, NOW, "links")
    assert (clean.code, clean.json) == (0, [])
    assert google <= set(sites.asked)
    for wrong, code in (
        ("->https://www.doodles.example/today", "site/led-elsewhere"),
        (None, "site/dead-link"),
    ):
        if wrong is None:
            del sites.pages["https://policies.google.com/privacy"]
        else:
            sites.pages |= {
                "https://policies.google.com/privacy": wrong,
                "https://www.doodles.example/today": "Doodle",
            }
        found = sites.scan(itservice, NOW, "links")
        assert found.code == 1
        hit = [one for one in found.json if one["code"] == code]
        assert hit[0]["place"]["line"] > 1
        assert "policies.google.com" in hit[0]["place"]["quote"]
        if wrong is None:
            sites.pages["https://policies.google.com/privacy"] = "back"


@pytest.mark.promise("fluxpunkt-026")
def test_the_page_with_the_measures_is_there_in_its_current_version(
    itservice: Scenario, sites: Sites
) -> None:
    assert '<a href="https://privacy.strompfad.example/measures">' in page(itservice, NOW, "/notice")[1]
    status, measures = page(itservice, NOW, "/measures")
    assert status == 200
    assert "20. Januar 2026" in measures
    sites.pages |= {
        f"{NOTICE}/measures": measures,
        f"{NOTICE}/processors": page(itservice, NOW, "/processors")[1],
    }

    def about(code: str) -> bool:
        return said_in(sites.scan(itservice, NOW, "links").json, code, "/measures")

    assert not about("site/old-version")
    assert not about("site/dead-link")
    sites.pages[f"{NOTICE}/measures"] = measures.replace("20. Januar 2026", "15. Januar 2025")
    assert about("site/old-version")
    del sites.pages[f"{NOTICE}/measures"]
    assert about("site/dead-link")


@pytest.mark.promise("fluxpunkt-023")
def test_every_form_log_and_script_of_the_site_has_its_section(itservice: Scenario) -> None:
    www = "https://www.strompfad.example"
    with visiting(itservice, create_app, www, now="2026-05-05T10:00") as site:
        guest = site.guest()
        paths = ("/", "/contact", "/cart", "/login", "/jobs", "/jobs/1", "/films")
        pages = {f"{www}{one}": guest.get(one).text for one in paths}
    pages[f"{www}/impressum"] = IMPRINT

    def found(pages: dict[str, str]) -> list[dict[str, object]]:
        with served(pages, itservice.folder) as sites:
            said = sites.scan(
                itservice, NOW, "pages", *(one for one in pages if "impressum" not in one), "--limit", "1"
            ).json
        return [one for one in said if one["code"] in ("site/undeclared-form", "site/undeclared-host")]

    assert found(pages) == []
    tag = '<script src="https://conversions.klickzahl.example/track.js"></script>'
    assert said_in(
        found(pages | {f"{www}/contact": pages[f"{www}/contact"] + tag}),
        "site/undeclared-host",
        "conversions.klickzahl.example",
    )
    callback = '<form method="post" action="/callback"><button>Rückruf</button></form>'
    assert said_in(
        found(pages | {f"{www}/jobs": pages[f"{www}/jobs"] + callback}), "site/undeclared-form", "/callback"
    )
    # each described with what it collects
    shown = str(section(itservice, NOW, "contact-forms"))
    assert "Name, E-Mail-Adresse, Inhalt der Mitteilung" in shown
    assert "IP-Adresse, Zeit, URL, Status" in str(section(itservice, NOW, "webserver-logs"))
    assert "Google Analytics" in str(section(itservice, NOW, "cookies"))
    # and a log that no section describes is named
    place = itservice.folder / "logs.yaml"
    place.write_text(
        place.read_text("utf-8").replace(
            "activities:\n",
            "activities:\n  proxy-logs:\n    sources: [{path: weblogs/proxy.log, site: www.strompfad.example, customer: own}]\n    vault: proxy\n",
            1,
        ),
        "utf-8",
    )
    refused = itservice.zusage(NOW, "logs", "ingest", "--activity", "webserver-logs")
    assert refused.code == 2
    assert "proxy-logs" in refused.err
