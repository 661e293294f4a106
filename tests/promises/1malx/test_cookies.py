"""1malx: cookies of the job board, each for what is said of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import inspect

from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, choose, set_cookies, visiting
from zusage.deployments.jobboard.app import create_app

HOST = "https://www.stellenwald.example"
LOGIN = {"email": "anna@bewerberin.example", "password": "Wellenreiter-7", "first_name": "Anna"}
PAGES = ("/", "/search", "/jobs/3", "/films", "/impressum", "/notice")


@pytest.fixture
def site(jobboard: Scenario) -> Iterator[Site]:
    with visiting(jobboard, create_app, HOST, now="2025-03-03T10:00") as made:
        assert made.guest().post("/register", data=LOGIN).status_code == 201
        yield made


def names(guest: TestClient) -> set[str]:
    """The cookies of a visitor."""
    return set(guest.cookies)


@pytest.mark.promise("1malx-103")
def test_the_session_cookie_is_for_the_account_and_ends(site: Site) -> None:
    guest = site.guest()
    for path in PAGES:
        guest.get(path)
    assert names(guest) == set(), "no login, no cookie"
    first = set_cookies(guest.post("/login", data=LOGIN, follow_redirects=False))
    assert set(first) == {"sw_session"}
    session = guest.cookies["sw_session"]
    for path in PAGES:
        guest.get(path)
    assert names(guest) == {"sw_session"}, "being logged in is no yes to analysis or adverts"
    assert site.scenario.count("board", "page_count") == 0
    assert guest.post("/login", data=LOGIN).status_code == 200
    assert guest.cookies["sw_session"] != session, "renewed on login"
    replay = site.guest()
    assert replay.get("/account", headers={"cookie": f"sw_session={session}"}).status_code == 401
    guest.post("/logout")
    assert names(guest) == set()
    assert guest.get("/account").status_code == 401
    guest.post("/login", data=LOGIN)
    site.at("2025-03-03T10:29")
    assert guest.get("/account").status_code == 200
    site.at("2025-03-03T11:00")
    assert guest.get("/account").status_code == 401, "inactivity ends it"


@pytest.mark.promise("1malx-104")
def test_the_settings_cookie_holds_two_choices_and_no_id(site: Site) -> None:
    ben, other = site.guest(), site.guest()
    ben.get("/search")
    assert names(ben) == set(), "without a choice there is none"
    for guest in (ben, other):
        assert guest.post("/display", data={"language": "en", "results": "50"}).status_code == 200
    assert ben.cookies["sw_settings"] == other.cookies["sw_settings"] == "en.50", (
        "the same for everybody who picks it"
    )
    site.at("2025-03-10T10:00")
    again = ben.get("/search").text
    assert '<html lang="en">' in again
    assert again.count('href="/jobs/') > 0
    assert names(ben) == {"sw_settings"}
    for wrong in ({"language": "en<b>", "results": "50"}, {"language": "de", "results": "5000"}):
        assert ben.post("/display", data=wrong).status_code == 422


@pytest.mark.promise("1malx-107")
def test_test_groups_are_a_letter_and_change_no_jobs(site: Site) -> None:
    agreed, declined = [site.guest() for _ in range(24)], site.guest()
    choose(declined, button="reject")
    seen: dict[str, str] = {}
    for guest in agreed:
        choose(guest, "functions")
        answer = guest.get("/search")
        letter = guest.cookies["sw_group"]
        assert letter in {"a", "b"}
        life = re.search(r"max-age=(\d+)", set_cookies(answer)["sw_group"].lower())
        assert life
        assert int(life[1]) <= 30 * 86_400
        assert guest.get("/search").text.count(f'class="version-{letter}"') == 1, "the group stays"
        assert guest.cookies["sw_group"] == letter
        seen[letter] = _jobs(answer.text)
    assert set(seen) == {"a", "b"}, "with so many visitors both versions are tried"
    control = declined.get("/search").text
    assert "version-control" in control
    assert "sw_group" not in names(declined)
    assert {_jobs(control)} == set(seen.values()), "the same jobs for every group"
    measured = {
        row: site.scenario.count("board", "page_count", f"version = '{row}'") for row in ("a", "b", "control")
    }
    assert measured["control"] == 0
    site.at("2025-06-20T10:00")
    late = site.guest()
    choose(late, "functions")
    life = re.search(r"max-age=(\d+)", set_cookies(late.get("/search"))["sw_group"].lower())
    assert life
    assert int(life[1]) < 11 * 86_400, "ends with the test"
    site.at("2025-07-01T10:00")
    after = site.guest()
    choose(after, "functions")
    assert "version-control" in after.get("/search").text
    assert "sw_group" not in names(after)


def _jobs(page: str) -> str:
    return "".join(re.findall(r'<li><a href="/jobs/.*?</li>', page))


@pytest.mark.promise("1malx-105")
def test_analysis_counts_pages_and_follows_nobody(site: Site) -> None:
    ben, other = site.guest(), site.guest()
    choose(ben, "statistics")
    choose(other, button="reject")
    pages = {guest: guest.get("/jobs/3") for guest in (ben, other)}
    for path in ("/", "/jobs/3"):
        ben.get(path)
        other.get(path)
    with site.scenario.writing("board") as connection:
        rows = connection.exec_driver_sql(
            "SELECT page, day, version, views FROM page_count ORDER BY page"
        ).all()
    assert [tuple(row) for row in rows] == [("/", "2025-03-03", "", 1), ("/jobs/3", "2025-03-03", "", 2)]
    columns = {column["name"] for column in _columns(site, "page_count")}
    assert columns == {"id", "page", "day", "version", "views"}, "no visitor, no session, no previous page"
    assert ben.cookies["sw_visits"].isdigit()
    assert "sw_visits" not in names(other)
    assert "b.gif" not in pages[other].text
    main = [pages[guest].text.partition("<main>")[2].partition("</main>")[0] for guest in (ben, other)]
    assert main[0] == main[1], "the page works the same"


def _columns(site: Site, table: str) -> list[dict[str, object]]:
    with site.scenario.writing("board") as connection:
        return [dict(column) for column in inspect(connection).get_columns(table)]


@pytest.mark.promise("1malx-109")
def test_an_objection_in_the_account_holds_on_every_device(site: Site) -> None:
    first, second = site.guest(), site.guest()
    choose(second, "statistics")
    second.get("/jobs/3")
    assert site.scenario.count("board", "page_count", "page = '/jobs/3' AND views = 1") == 1
    first.post("/login", data=LOGIN)
    data = {"purpose": "statistics"}
    assert first.post("/account/consents", data=data | {"agrees": "true"}).status_code == 200
    assert first.post("/account/consents", data=data).status_code == 200
    second.post("/login", data=LOGIN)
    site.at("2025-03-03T10:01")
    for guest in (first, second):
        assert "b.gif" not in guest.get("/jobs/3").text
    assert site.scenario.count("board", "page_count", "page = '/jobs/3' AND views = 1") == 1, (
        "not counted on any device"
    )


@pytest.mark.promise("1malx-109")
def test_an_objection_of_a_browser_goes_with_its_cookies(site: Site) -> None:
    ben = site.guest()
    choose(ben, "statistics")
    choose(ben, button="reject")
    assert "b.gif" not in ben.get("/").text
    assert 'id="zs"' not in ben.get("/").text, "decided: not asked again"
    ben.cookies.clear()
    again = ben.get("/").text
    assert 'id="zs"' in again, "undecided: asked anew"
    assert "b.gif" not in again
    choose(ben, "statistics")
    assert "b.gif" in ben.get("/").text, "measured after the yes only"


@pytest.mark.promise("1malx-113")
def test_declining_takes_the_beacon_off_the_page(site: Site) -> None:
    declined, allowed = site.guest(), site.guest()
    choose(declined, button="reject")
    choose(allowed, "statistics")
    for path in ("/", "/search", "/jobs/3", "/films"):
        assert 'id="beacon"' not in declined.get(path).text
        assert 'id="beacon"' not in site.guest().get(path).text, "undecided, or without cookies at all"
        assert f"&amp;page={path}&amp;at=2025-03-03T" in allowed.get(path).text
    assert site.scenario.count("board", "beacon_event") == 0
    declined.get("/b.gif")
    assert site.scenario.count("board", "beacon_event") == 0
    allowed.get("/b.gif")
    assert site.scenario.count("board", "beacon_event") == 1
