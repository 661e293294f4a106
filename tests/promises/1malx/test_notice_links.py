"""The job board: links to others are marked and tell nothing; everything but some functions works without script."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.promises.scenario import Scenario
from tests.promises.sites import served
from tests.promises.visiting import Site, choose, visiting
from zusage.deployments.jobboard.app.application import create_app

NOW = "2026-02-03T08:00"
WWW = "https://www.stellenwald.example"


@pytest.fixture
def site(jobboard: Scenario) -> Iterator[Site]:
    with visiting(jobboard, create_app, WWW, now=NOW) as made:
        yield made


def _career_page(site: Site, address: str) -> str:
    with site.scenario.writing("board") as connection:
        number = connection.exec_driver_sql("SELECT min(id) FROM job").scalar_one()
        connection.exec_driver_sql("UPDATE job SET career_page = ? WHERE id = ?", (address, number))
    return str(site.guest().get(f"/jobs/{number}").text)


@pytest.mark.promise("1malx-009")
def test_a_link_to_another_s_site_is_marked_and_tells_nothing(site: Site) -> None:
    page = _career_page(site, "https://www.example.org/karriere?user=4711&q=dreher")
    (link,) = re.findall(r'<a href="https://www\.example\.org/[^>]*>[^<]*', page)
    assert 'href="https://www.example.org/karriere"' in link
    assert 'rel="external' in link
    assert "für die unsere Erklärung nicht gilt" in link
    own = _career_page(site, f"{WWW}/films")
    (inside,) = re.findall(rf'<a href="{WWW}/films"[^>]*>Mehr[^<]*', own)
    assert "external" not in inside

    def marks(html: str) -> set[str]:
        with served({f"{WWW}/jobs/1": html}, site.scenario.folder) as sites:
            said = sites.scan(site.scenario, NOW, "pages", f"{WWW}/jobs/1", "--limit", "1").json
        return {one["code"] for one in said} & {
            "site/external-unmarked",
            "site/external-tells",
            "site/internal-marked",
        }

    assert marks(page) == marks(own) == set()
    assert marks(page.replace('rel="external', 'rel="')) == {"site/external-unmarked"}
    assert marks(page.replace("/karriere", "/karriere?session=4711")) == {"site/external-tells"}
    assert marks(own.replace(f'<a href="{WWW}/films">', f'<a rel="external" href="{WWW}/films">')) == {
        "site/internal-marked"
    }


@pytest.mark.promise("1malx-114")
def test_without_script_the_site_works_and_names_what_does_not(site: Site) -> None:
    guest = site.guest(**{"accept-language": "de"})
    assert guest.get("/search").status_code == 200
    assert "/jobs/" in guest.get("/").text
    with site.scenario.writing("board") as connection:
        number = connection.exec_driver_sql("SELECT min(id) FROM job").scalar_one()
    assert guest.get(f"/jobs/{number}").status_code == 200
    notice = guest.get("/notice")
    assert notice.status_code == 200
    assert "Ihre Rechte" in notice.text
    # consent and withdrawal by plain forms
    choose(guest, "statistics")
    assert 'value="statistics" aria-describedby="zs-p-statistics" checked' in guest.get("/settings").text
    choose(guest)
    assert "checked" not in guest.get("/settings").text
    # a request by a plain form
    form = guest.get("/rights").text
    assert '<form method="post"' in form
    assert "<noscript" not in form
    films = guest.get("/films").text
    assert "<script" in films
    assert (
        "Ohne JavaScript merkt sich dieser Player keine Lautstärke"
        in films.split("<noscript>")[1].split("</noscript>")[0]
    )
    for path in ("/", "/search", f"/jobs/{number}", "/rights", "/settings"):
        text = guest.get(path).text
        assert "javascript:" not in text
        assert not re.search(r"<(?:form|button|a)[^>]* on\w+=", text), path
