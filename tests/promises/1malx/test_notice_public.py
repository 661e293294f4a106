"""The job board: companies' profiles are public, applicants' only while they agree; search engines see nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.jobboard.app.application import create_app

NOW, ANNA = "2026-02-03T08:00", "anna@example.net"


@pytest.fixture
def site(jobboard: Scenario) -> Iterator[Site]:
    jobboard.put("board", "company", id=9001, name="Muster Maschinenbau GmbH")
    jobboard.put("board", "job", id=9001, company_id=9001, title="Dreherin", posted_at="2026-02-01")
    jobboard.put(
        "board", "account", id=9001, email=ANNA, first_name="Anna", last_name="Beispiel", active=True
    )
    jobboard.put(
        "board", "resume", id=9001, account_id=9001, title="Feinmechanikerin", body="…", visibility="public"
    )
    with visiting(jobboard, create_app, "https://www.stellenwald.example", now=NOW) as made:
        yield made


def _listed(site: Site) -> set[str]:
    answer = site.guest().get("/sitemap.xml")
    assert answer.status_code == 200
    return {
        one.removeprefix("https://www.stellenwald.example")
        for one in re.findall("<loc>([^<]+)</loc>", answer.text)
    }


def bare(page: str) -> str:
    """A page without what is new in every answer."""
    return re.sub(r'nonce="[^"]*"', "", page)


@pytest.mark.promise("1malx-021")
def test_company_profiles_are_for_everybody_and_a_private_person_is_no_one(site: Site) -> None:
    guest = site.guest()
    shown = guest.get("/companies/9001")
    assert shown.status_code == 200
    assert "Muster Maschinenbau GmbH" in shown.text
    # set to public, but never agreed to: as if there were nobody
    hidden, nobody = guest.get("/profiles/9001"), guest.get("/profiles/424242")
    assert hidden.status_code == nobody.status_code == 403
    assert bare(hidden.text) == bare(nobody.text)
    assert site.scenario.zusage(NOW, "consent", "give", ANNA, "public-profile", "--way", "form").code == 0
    public = guest.get("/profiles/9001")
    assert public.status_code == 200
    assert "Feinmechanikerin" in public.text
    assert "Anna" not in public.text
    site.at("2026-02-03T09:00")
    assert site.scenario.zusage("2026-02-03T09:00", "consent", "withdraw", ANNA, "public-profile").code == 0
    site.at("2026-02-03T09:05")
    assert bare(guest.get("/profiles/9001").text) == bare(nobody.text)


@pytest.mark.promise("1malx-022")
def test_search_engines_are_told_of_public_pages_only(site: Site) -> None:
    guest = site.guest()
    assert "/companies/9001" in _listed(site)
    assert "/profiles/9001" not in _listed(site)
    closed = guest.get("/profiles/9001")
    assert closed.status_code == 403
    assert "noindex" in closed.headers["x-robots-tag"]
    for path in _listed(site):
        assert guest.get(path).status_code == 200, path
        assert "x-robots-tag" not in guest.get(path).headers
    site.scenario.change("board", "UPDATE company SET hidden = 1 WHERE id = 9001")
    assert "/companies/9001" not in _listed(site)
    gone = guest.get("/companies/9001")
    assert gone.status_code == 403
    assert "noindex" in gone.headers["x-robots-tag"]
    assert "Muster Maschinenbau" not in gone.text
