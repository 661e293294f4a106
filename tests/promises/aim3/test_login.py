"""The ad server: the one cookie of its platform, which only a login sets, and what is left when it goes."""

from __future__ import annotations

import base64
import math
from collections import Counter
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.promises.scenario import Scenario
from tests.promises.visiting import Site, set_cookies, visiting
from zusage.deployments.adserver.app import create_app
from zusage.deployments.sessions import check_value

HOST = "https://www.windrose.example"
LOGIN = {"email": "mara@beispiel-handel.example", "password": "Wellenreiter-7"}


@pytest.fixture
def site(adserver: Scenario) -> Iterator[Site]:
    with visiting(adserver, create_app, HOST, now="2026-04-01T10:00") as made:
        made.scenario.put("platform", "customer", id=48117, company="Beispiel Handel GmbH", name="Mara Beispiel",
                          email=LOGIN["email"], password_check=check_value(LOGIN["password"]))  # fmt: skip
        yield made


def log_in(guest: TestClient) -> str:
    """Logs in; the session's id."""
    answer = guest.post("/login", data=LOGIN, follow_redirects=False)
    assert answer.status_code == 303
    assert guest.get("/account").status_code == 200
    return str(guest.cookies["wr_session"])


@pytest.mark.promise("aim3-038")
def test_the_login_cookie_is_bound_to_the_platforms_host(site: Site) -> None:
    mara = site.guest()
    said = set_cookies(mara.post("/login", data=LOGIN, follow_redirects=False))
    attributes = {part.strip().partition("=")[0].lower() for part in said["wr_session"].split(";")[1:]}
    assert {"secure", "httponly", "samesite"} <= attributes
    assert "domain" not in attributes, "host-only"
    answers = [mara.get(path) for path in ("/", "/prices", "/contact", "/formats", "/impressum", "/notice", "/account", "/ad?site=x.example")]  # fmt: skip
    assert all(answer.status_code == 200 for answer in answers)
    assert {cookie.domain for cookie in mara.cookies.jar} == {"www.windrose.example"}
    # the browser goes to a page of somebody else's, which lies behind the same client here
    elsewhere = mara.get("https://other.example/")
    assert "wr_session" not in elsewhere.request.headers.get("cookie", "")


@pytest.mark.promise("aim3-041")
def test_a_thousand_login_cookies_are_random_and_say_nothing(site: Site) -> None:
    guest, values = site.guest(), []
    for _ in range(1000):
        guest.cookies.clear()
        answer = guest.post("/login", data=LOGIN, follow_redirects=False)
        values.append(set_cookies(answer)["wr_session"].partition(";")[0].partition("=")[2])
    assert len(set(values)) == 1000
    assert len({len(value) for value in values}) == 1
    places = zip(*values, strict=True)
    # each place of the id spreads over its alphabet; the sum over the places bounds what an id can hold
    assert sum(_bits(Counter(place)) for place in places) >= 128
    for value in values:
        assert len(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))) >= 16
        raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        assert not _is_readable(raw)
        assert not any(word in text for word in ("mara", "beispiel", "48117") for text in (value.lower(), raw.decode("latin-1").lower()))  # fmt: skip


def _bits(counted: Counter[str]) -> float:
    total = counted.total()
    return -sum(count / total * math.log2(count / total) for count in counted.values())


def _is_readable(raw: bytes) -> bool:
    return raw.isascii() and raw.decode("ascii").isprintable()


@pytest.mark.promise("aim3-042")
def test_logout_ends_the_session_on_both_sides(site: Site) -> None:
    mara = site.guest()
    session = log_in(mara)
    assert site.scenario.count("platform", "login_session", "person_id = 48117") == 1
    answer = mara.post("/logout", follow_redirects=False)
    assert "max-age=0" in set_cookies(answer)["wr_session"].lower(), "the browser is told to drop it"
    assert "wr_session" not in mara.cookies
    site.at("2026-04-01T10:01")
    replay = site.guest().get("/account", headers={"cookie": f"wr_session={session}"})
    assert replay.status_code == 401
    assert site.scenario.count("platform", "login_session", "person_id = 48117") == 0


@pytest.mark.promise("aim3-042")
def test_a_session_that_nobody_ended_runs_out(site: Site) -> None:
    session = log_in(site.guest())
    other = site.guest()
    site.at("2026-04-01T10:29")
    assert other.get("/account", headers={"cookie": f"wr_session={session}"}).status_code == 200
    site.at("2026-04-01T11:00")
    assert other.get("/account", headers={"cookie": f"wr_session={session}"}).status_code == 401
    assert site.scenario.count("platform", "login_session") == 0


@pytest.mark.promise("aim3-045")
def test_a_deleted_cookie_ends_the_session_for_good(site: Site) -> None:
    mara = site.guest()
    first = log_in(mara)
    page = mara.get("/account")
    assert "etag" not in page.headers, "nothing that a browser would send back"
    assert first not in page.text
    assert first not in str(page.url)
    mara.cookies.clear()
    site.at("2026-04-01T10:05")
    again = mara.get("/account")
    assert again.status_code == 401
    assert 'action="/login"' in again.text
    assert "wr_session" not in mara.cookies, "nothing brings it back"
    assert log_in(mara) != first
