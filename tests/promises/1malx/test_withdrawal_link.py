"""1malx: the notice itself leads to where a consent ends, in no more steps than giving it took."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.promises.board_scene import HOST
from tests.promises.publishing import checked, edit, refused, said_in
from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, visiting
from zusage.deployments.jobboard.app import create_app
from zusage_client.consent import visitor

OWN = {"origin": HOST, "sec-fetch-site": "same-origin"}
LINK = "  settings: https://www.stellenwald.example/settings\n"


@pytest.fixture
def site(jobboard: Scenario) -> Iterator[Site]:
    with visiting(jobboard, create_app, HOST, now="2025-04-10T09:00") as made:
        yield made


def links(site: Site, language: str) -> list[str]:
    """The links of the section on withdrawing, as a reader of the notice sees it."""
    notice = site.service.get("/notice", params={"lang": language})
    assert notice.status_code == 200
    section = notice.text.partition('id="objection"')[2].partition("<h2")[0]
    return re.findall(r'<a [^>]*href="(https://[^"]+)"', section)


@pytest.mark.promise("1malx-004")
def test_the_notice_leads_to_a_withdrawal_of_one_click(site: Site) -> None:
    guest = site.guest()
    given = guest.post("/settings", data={"a": "accept"}, headers=OWN, follow_redirects=False)
    assert given.status_code == 303, "one click"
    chosen = visitor({"cookie": f"zusage={guest.cookies['zusage']}"}, site.zusage.policy()).choice
    assert chosen is not None
    browser = chosen.browser
    assert site.zusage.may("statistics", browser=browser)
    for language in ("de", "en"):
        assert links(site, language) == [f"{HOST}/settings"]
    page = guest.get(urlsplit(links(site, "de")[0]).path)
    assert page.status_code == 200
    assert str(page.url) == f"{HOST}/settings", "no login in between"
    assert "password" not in page.text
    ended = re.findall(r'<button[^>]*name="a"[^>]*value="reject"', page.text)
    assert ended, "the button that ends everything stands on the page itself"
    site.at("2025-04-10T09:01")
    assert (
        guest.post("/settings", data={"a": "reject"}, headers=OWN, follow_redirects=False).status_code == 303
    )
    assert site.zusage.may("statistics", browser=browser).code == "withdrawn"


@pytest.mark.promise("1malx-004")
@pytest.mark.parametrize(
    "target",
    [
        "",
        "  settings: https://www.stellenwald.example/nirgends\n",
        "  settings: https://anderswo.example/settings\n",
    ],
)
def test_a_notice_without_a_working_target_is_not_published(jobboard: Scenario, target: str) -> None:
    before = checked(str(jobboard.folder), "2025-04-10")
    assert not said_in(before, "declaration/withdrawal-link")
    edit(jobboard, LINK, target)
    assert said_in(refused(jobboard, "2025-04-10"), "declaration/withdrawal-link")
