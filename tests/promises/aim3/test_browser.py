"""The ad server in a real browser: no cookie without a login, and what works where none is taken."""

from __future__ import annotations

import pytest

from tests.promises.blocking import assert_no_substitute, opened, sent
from tests.promises.browsing import Visitor, browsing
from tests.promises.scenario import Scenario
from zusage.deployments.adserver.app import create_app
from zusage.deployments.sessions import check_value

pytestmark = pytest.mark.browser
HOST = "www.windrose.example"
PAGES = (
    "/",
    "/prices",
    "/formats",
    "/contact",
    "/login",
    "/impressum",
    "/notice",
    "/ad?site=nachrichten.example&topic=Luxus",
)
LOGIN = {"email": "mara@example.org", "password": "Wellenreiter-7"}


@pytest.fixture
def with_mara(adserver: Scenario) -> Scenario:
    adserver.put("platform", "customer", id=48117, company="Beispiel Handel GmbH", name="Mara Beispiel", email=LOGIN["email"],
                 password_check=check_value(LOGIN["password"]))  # fmt: skip
    return adserver


def log_in(visitor: Visitor) -> None:
    """By the form."""
    visitor.visit("/login")
    for field, value in LOGIN.items():
        visitor.page.fill(f"main [name={field}]", value)
    visitor.page.click("main form button")
    visitor.idle()


@pytest.mark.promise("aim3-038", "aim3-039", "aim3-045")
def test_a_login_sets_one_cookie_of_the_own_host_and_nothing_brings_it_back(with_mara: Scenario) -> None:
    with browsing(with_mara, create_app, (HOST,), now="2026-04-01T10:00") as scene:
        mara = scene.visitor().visit_all(PAGES)
        assert mara.context.cookies() == [], "who does not log in gets none"
        assert mara.storage() == {}
        log_in(mara)
        (cookie,) = mara.context.cookies()
        assert (cookie["name"], cookie["domain"]) == ("wr_session", HOST)
        assert cookie["secure"]
        assert cookie["httpOnly"]
        assert cookie["sameSite"] in ("Lax", "Strict")
        assert cookie["expires"] == -1
        mara.visit_all(PAGES)
        assert [one["domain"] for one in mara.context.cookies()] == [HOST], (
            "every page once: no cookie of anybody else"
        )
        first = cookie["value"]
        mara.page.goto("https://other.example/")
        sent_there = [hit for hit in mara.reached() if hit.host == "other.example"]
        assert sent_there
        assert not [hit for hit in sent_there if first in hit.cookies]
        # the cookie is deleted in the browser: nothing else knows the session
        mara.visit("/account")
        assert "Beispiel Handel" in mara.page.locator("main").inner_text()
        assert_storage_free(mara, first)
        mara.context.clear_cookies()
        scene.at("2026-04-01T10:05")
        mara.page.reload()
        mara.idle()
        assert mara.page.locator("form[action='/login']").count() == 1
        assert mara.context.cookies() == []
        log_in(mara)
        assert mara.cookies()["wr_session"].value != first


def assert_storage_free(visitor: Visitor, session: str) -> None:
    """The session's id lies nowhere but in its cookie."""
    assert visitor.storage() == {}
    assert session not in visitor.page.content()
    assert session not in visitor.page.url


@pytest.mark.promise("aim3-044")
def test_with_cookies_blocked_only_the_login_is_missing(with_mara: Scenario) -> None:
    with browsing(with_mara, create_app, (HOST,), now="2026-05-05T10:00", cookies=False) as scene:
        mara = scene.visitor()
        for path in PAGES:
            assert opened(mara, path) == 200, path
        message = {"name": "Mara", "email": LOGIN["email"], "body": "Was kostet eine Kampagne?"}
        assert sent(mara, "/contact", message) == 201
        assert with_mara.count("platform", "enquiry", "email = 'mara@example.org'") == 1
        assert sent(mara, "/login", LOGIN) == 401
        assert "braucht ein Cookie" in mara.page.locator("#why").inner_text()
        assert_no_substitute(mara, ["from=login"])
