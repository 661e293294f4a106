"""The marketplace's pages for applicants: the warning by the address, what a form says before it is sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.promises.publishing import said_in
from tests.promises.scenario import Scenario
from tests.promises.sites import served
from tests.promises.visiting import Site, visiting
from zusage.deployments.marketplace.app import create_app

NOW = "2026-03-01T10:00"
WWW = "https://www.spanwerk.example"


@pytest.fixture
def site(marketplace: Scenario) -> Iterator[Site]:
    with visiting(marketplace, create_app, WWW, now=NOW) as made:
        yield made


def _scanned(scene: Scenario, page: str, html: str) -> list[dict[str, object]]:
    with served({page: html}, scene.folder) as sites:
        found = sites.scan(scene, NOW, "pages", page, "--limit", "1").json
    return [one for one in found if one["code"] == "site/hint-missing"]


@pytest.mark.promise("xometry-267")
def test_the_warning_stands_beside_the_address_for_applications(site: Site) -> None:
    page = site.guest().get("/karriere").text
    assert "bewerbung@spanwerk.example" in page
    assert site.guest().get("/karriere/initiativ").status_code == 200
    assert _scanned(site.scenario, f"{WWW}/karriere", page) == []
    bare = page.replace("Bitte senden Sie Zeugnisse und Lebensläufe nicht unverschlüsselt per E-Mail.", "")
    assert said_in(
        _scanned(site.scenario, f"{WWW}/karriere", bare), "site/hint-missing", "bewerbung@spanwerk.example"
    )
    alone = page.replace("/karriere/initiativ", "/anderswo")
    assert said_in(
        _scanned(site.scenario, f"{WWW}/karriere", alone), "site/hint-missing", "/karriere/initiativ"
    )


@pytest.mark.promise("xometry-290")
def test_the_form_says_that_nothing_must_be_given_and_what_may_follow(site: Site) -> None:
    page = site.guest().get("/karriere/22-07").text
    inside = page.split('<form method="post">')[1].split("<button>Bewerben")[0]
    assert "Sie müssen keine Daten angeben." in inside
    assert "bleibt die Bewerbung möglicherweise unberücksichtigt." in inside
    assert _scanned(site.scenario, f"{WWW}/karriere/22-07", page) == []
    for changed in (
        page.replace(
            "Können wir Ihre Eignung ohne sie nicht beurteilen, bleibt die Bewerbung möglicherweise unberücksichtigt.",
            "",
        ),
        page.replace("<p>Sie müssen keine", "<button>Bewerben</button><p>Sie müssen keine"),
    ):
        assert said_in(
            _scanned(site.scenario, f"{WWW}/karriere/22-07", changed), "site/hint-missing", "/karriere/22-07"
        )
    # an incomplete application is taken and marked, not dropped
    guest = site.guest()
    assert (
        guest.post(
            "/karriere/22-07", data={"name": "Ada", "email": "ada@example.net", "letter": ""}
        ).status_code
        == 200
    )
    with site.scenario.writing("office") as connection:
        notes = connection.exec_driver_sql(
            "SELECT body FROM applicant_note JOIN applicant ON applicant.id = applicant_id WHERE email = 'ada@example.net'"
        ).scalars().all()  # fmt: skip
    assert notes == ["Eignung nicht beurteilbar: ohne Anschreiben"]
    full = {"name": "Ben", "email": "ben@example.net", "letter": "Ich drehe und fräse."}
    assert guest.post("/karriere/22-07", data=full).status_code == 200
    assert site.scenario.count("office", "applicant_note", "body LIKE 'Eignung%'") == 1
