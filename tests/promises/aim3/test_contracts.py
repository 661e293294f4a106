"""The ad server: the notice's reference to the usage contract leads to the version concluded with who reads it."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from tests.promises.publishing import edit, publish
from tests.promises.scenario import Scenario
from tests.promises.sites import served
from tests.promises.visiting import Site, visiting
from zusage.deployments.adserver.app import create_app

WWW = "https://www.windrose.example"
MARA = {"email": "mara@werbekunde.example", "password": "ein-langes-kennwort"}
BEN = {"email": "ben@beta.example", "password": "noch-ein-kennwort-2"}
_LINK = re.compile(r'href="https://www\.windrose\.example(/[^"]*)"[^>]*>Nutzungsvertrag</a>')


def shown_to(guest: TestClient) -> str:
    """What the reference of the notice leads to, for a visitor."""
    (there,) = _LINK.findall(guest.get("/notice").text)
    answer = guest.get(there)
    assert answer.status_code == 200
    return answer.text


def customer(site: Site, who: dict[str, str], name: str, company: str) -> TestClient:
    guest = site.guest(**{"accept-language": "de"})
    assert guest.post("/register", data=who | {"name": name, "company": company}).status_code == 201
    return guest


@pytest.mark.promise("aim3-010")
def test_the_notice_leads_each_customer_to_the_contract_concluded_with_them(adserver: Scenario) -> None:
    for version, body, day in ((2, "Zwei Wochen Frist.", "2026-02-02"), (3, "Vier Wochen Frist.", "2026-03-01"),
                               (4, "Acht Wochen Frist.", "2026-03-04")):  # fmt: skip
        adserver.put("platform", "usage_contract", version=version, body=body, in_force_at=day)
    edit(adserver, 'as_of: "2026-01-12"', 'as_of: "2026-02-10"')
    with visiting(adserver, create_app, WWW, now="2026-02-10T09:00") as site:
        assert publish(adserver, "2026-02-10T08:00") == (0, [])
        ben = customer(site, BEN, "Ben Fremd", "Beta GmbH")
        site.at("2026-03-01T09:00")
        mara = customer(site, MARA, "Mara Beispiel", "Alpha GmbH")
        site.at("2026-03-05T10:00")
        for guest, who in ((mara, MARA), (ben, BEN)):
            assert guest.post("/login", data=who).status_code == 200
        hers, his = shown_to(mara), shown_to(ben)
        assert '<strong id="version">3</strong>' in hers
        assert "Mara Beispiel, Alpha GmbH</strong> am 01.03.2026" in hers
        assert '<p id="contract">Vier Wochen Frist.' in hers
        assert "Ben Fremd" not in hers
        assert '<strong id="version">2</strong>' in his
        assert '<p id="contract">Zwei Wochen Frist.' in his
        assert "Mara" not in his
        # nobody's contract is shown to who is not logged in, whatever the address asks for
        stranger = site.guest(**{"accept-language": "de"})
        for asked in (shown_to(stranger), stranger.get("/account/contract?customer_id=1").text):
            assert 'name="password"' in asked
            assert "Frist." not in asked
        assert mara.post("/account/contract", data={"version": 3}).status_code == 409
        assert mara.post("/account/contract", data={"version": 4}).status_code == 200
        assert '<strong id="version">4</strong>' in shown_to(mara), "only what she concluded herself"
        assert '<strong id="version">2</strong>' in shown_to(ben)
        pages = {f"{WWW}/notice": mara.get("/notice").text, f"{WWW}/account/contract": hers}
    with served(pages, adserver.folder) as sites:

        def dead() -> bool:
            found = sites.scan(adserver, "2026-03-05T11:00", "links").json
            return any(one["code"] == "site/dead-link" and "/account/contract" in str(one) for one in found)

        assert not dead()
        del sites.pages[f"{WWW}/account/contract"]
        assert dead(), "a dead reference is found"
